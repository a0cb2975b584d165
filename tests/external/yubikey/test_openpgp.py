"""OpenPGP on a token: ykman's commands, GnuPG, OpenSC."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from applets.openpgp import AUTHENTICATION, SIGNATURE
from applets.openpgp.codes import Origin
from applets.piv.issuing import Issuer
from tests.external.yubikey.conftest import SERIAL, Token, needs

pytestmark = pytest.mark.pcsc
ADMIN = ("-a", "12345678")


@pytest.fixture
def ykman(token: Token) -> Token:
    needs("ykman", "pip install yubikey-manager")
    return token


@pytest.fixture
def gpg(token: Token) -> Token:
    needs("gpg", "apt install gnupg scdaemon")
    return token


def test_ykman_lists_one_token_with_its_serial_number(ykman: Token) -> None:
    assert ykman.ykman("list").strip() == f"YubiKey 5A (5.7.2) [OTP+FIDO+CCID] Serial: {SERIAL}"


def test_ykman_shows_openpgp_and_sets_its_pins(ykman: Token) -> None:
    assert "OpenPGP version:            3.4" in ykman.ykman("openpgp", "info")
    access = "openpgp", "access"
    ykman.ykman(*access, "change-pin", "-P", "123456", "-n", "654321")
    ykman.ykman(*access, "change-admin-pin", *ADMIN, "-n", "87654321")
    ykman.ykman(*access, "change-reset-code", "-a", "87654321", "-r", "11112222")
    ykman.ykman(*access, "unblock-pin", "-r", "11112222", "-n", "123456")
    ykman.ykman(*access, "set-signature-policy", "-a", "87654321", "always")
    assert "Require PIN for signature:  Always" in ykman.ykman("openpgp", "info")
    ykman.ykman(*access, "set-retries", "-f", "-a", "87654321", "5", "6", "7")
    info = ykman.ykman("openpgp", "info")
    assert "PIN tries remaining:        5" in info
    assert "Admin PIN tries remaining:  7" in info
    ykman.ykman("openpgp", "reset", "-f")
    assert ykman.card.openpgp.origin(SIGNATURE) is Origin.NONE


def test_ykman_imports_attests_and_certifies_keys(ykman: Token) -> None:
    ykman.ykman("openpgp", "keys", "set-touch", "-f", *ADMIN, "att", "on")
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ykman.ykman("openpgp", "keys", "import", *ADMIN, "att", ykman.file("att.pem", pem))
    card = ykman.card.openpgp
    card.put_key(SIGNATURE, ec.generate_private_key(ec.SECP256R1()), Origin.GENERATED)
    ykman.ykman("openpgp", "keys", "attest", "-P", "123456", "sig", "-")
    out = ykman.home / "attested.pem"
    ykman.ykman("openpgp", "certificates", "export", "sig", out)
    attested = x509.load_pem_x509_certificate(out.read_bytes())
    key.public_key().verify(
        attested.signature,
        attested.tbs_certificate_bytes,
        ec.ECDSA(attested.signature_hash_algorithm),  # type: ignore[arg-type] # it has one
    )
    issuer = Issuer.create()
    made = issuer.certificate.public_bytes(Encoding.PEM)
    ykman.ykman("openpgp", "certificates", "import", *ADMIN, "aut", ykman.file("aut.pem", made))
    ykman.ykman("openpgp", "certificates", "export", "aut", "-")
    ykman.ykman("openpgp", "certificates", "delete", *ADMIN, "aut")
    assert "GENERATED" in ykman.ykman("openpgp", "keys", "info", "sig")
    assert card.origin(AUTHENTICATION) is Origin.IMPORTED


def test_gnupg_signs_with_the_tokens_key(gpg: Token) -> None:
    shown = gpg.say("gpg", "--card-status")
    assert "Manufacturer .....: Yubico" in shown
    assert f"Serial number ....: {SERIAL}" in shown
    how = ("--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase")
    user = "Alice Example", "a@example.org", ""
    answers = ("admin", "generate", "n", "y", "0", "y", *user, "O", "quit")
    edit = ("--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback", "--passphrase")
    gpg.card.openpgp.passwords["pw1"].renew(b"12345678")  # one passphrase for both, as batch wants
    said = gpg.attempt(
        "gpg", *edit, "12345678", "--status-fd", "2", "--card-edit", text="\n".join((*answers, ""))
    )
    assert "KEY_CREATED" in said.stderr, said.stderr
    message = gpg.file("message", b"to whom it may concern")
    gpg.say("gpg", *how, "12345678", "--sign", "-o", "signed", message)
    assert "Good signature" in gpg.say("gpg", "--verify", "signed")


def test_opensc_tests_itself_with_the_tokens_openpgp(token: Token) -> None:
    needs("pkcs11-tool", "apt install opensc")
    token.environ["OPENSC_DRIVER"] = "openpgp"
    assert "Alice" in token.say("openpgp-tool", "--user-info")
    assert "Signature key" in token.say("pkcs15-tool", "--dump")


def test_opensc_tests_itself_with_the_tokens_piv(token: Token) -> None:
    """All but random numbers, for which OpenSC uses the challenge of a TDES key."""
    needs("pkcs11-tool", "apt install opensc")
    said = token.attempt("pkcs11-tool", "--test", "--login", "--pin", "123456")
    assert "all 4 signature functions seem to work" in said.stdout
    assert said.stdout.count(": OK") == 19
    complaints = [line for line in (said.stdout + said.stderr).splitlines() if "ERR:" in line]
    assert all("C_GenerateRandom" in line for line in complaints)
