"""Programs that find the card by themselves: p11-kit, mail through NSS, a login through SSSD."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.external.piv.conftest import OPENSC

pytestmark = pytest.mark.pcsc

P11_CHILD = Path("/usr/libexec/sssd/p11_child")
BY_P11_KIT = Path(OPENSC).parent / "pkcs11/opensc-pkcs11.so"
PIN = "123456"
SIGNER = "Alice Example:Certificate for Digital Signature"


@pytest.fixture
def authority(desk, alice):
    """The issuer's certificate in a file."""
    return desk.path("ca.pem", alice.issuer.certificate.public_bytes(Encoding.PEM))


@pytest.fixture
def nss(desk, authority):
    """An NSS database that knows OpenSC and trusts the issuer."""
    desk.need("certutil")
    desk.path("nss").mkdir(exist_ok=True)
    database = "sql:nss"
    desk.run("certutil", "-N", "-d", database, "--empty-password")
    desk.run("modutil", "-force", "-dbdir", database, "-add", "opensc", "-libfile", OPENSC)
    desk.run("certutil", "-A", "-d", database, "-n", "ca", "-t", ",C,", "-i", authority)
    return database


def test_p11_kit_lists_the_card_among_its_tokens(desk, alice):
    desk.need("p11-kit")
    said = desk.run("p11-kit", "list-modules")
    assert "token: Alice Example" in said
    assert "login-required" in said


def test_nss_signs_a_mail_that_openssl_believes(desk, nss, authority):
    desk.need("cmsutil")
    pin, signed = desk.path("pin", PIN.encode()), desk.path("mail.cms")
    desk.path("mail", b"hello\n")
    what = ("-N", SIGNER, "-f", pin, "-i", "mail", "-o", signed)
    desk.run("cmsutil", "-S", "-d", nss, *what)
    trust = ("-CAfile", authority)
    said = desk.run("openssl", "cms", "-verify", "-inform", "DER", "-in", signed, *trust)
    assert "hello" in said


def p11_child(desk, authority, *how, pin=""):
    """SSSD's helper: one line for each certificate that may log in."""
    if not P11_CHILD.exists():
        pytest.skip("SSSD is not installed")
    trust = (f"--ca_db={authority}", "--verify=no_ocsp")
    return desk.attempt(P11_CHILD, *how, *trust, text=pin).stdout.splitlines()


def login(desk, authority, pin):
    token = (f"--module_name={BY_P11_KIT}", "--token_name=Alice Example", "--key_id=01")
    return p11_child(desk, authority, "--auth", "--pin", *token, pin=pin)


OFFERED = "Certificate for PIV Authentication"


def test_sssd_offers_the_card_for_a_login(desk, alice, authority):
    said = p11_child(desk, authority, "--pre")
    assert "Alice Example" in said
    assert OFFERED in said


def test_sssd_lets_in_who_knows_the_pin_and_nobody_else(desk, alice, authority):
    assert OFFERED in login(desk, authority, PIN)
    assert OFFERED not in login(desk, authority, "654321")
    assert OFFERED in login(desk, authority, PIN)
