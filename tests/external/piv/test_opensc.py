"""OpenSC's own programs: they list the card's contents, and use its keys."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.piv import Piv, Slot
from vcard import SW

pytestmark = pytest.mark.pcsc

PIN = ("--login", "--pin", "123456")


def signed(desk, alice, slot, *how, check=()):
    data = desk.path("data", b"to be signed")
    signature = desk.path("signature")
    desk.run("pkcs11-tool", *PIN, "--sign", *how, "-i", data, "-o", signature)
    public = desk.path("public.pem", alice.public_pem(slot))
    return desk.run(
        "openssl", "dgst", "-sha256", *check, "-verify", public, "-signature", signature, data
    )


def test_the_dump_shows_pins_keys_and_certificates(desk, alice):
    said = desk.run("pkcs15-tool", "--dump")
    assert "PKCS#15 Card [Alice Example]" in said
    for name in ("PIV AUTH key", "SIGN key", "KEY MAN key", "CARD AUTH key"):
        assert f"Key [{name}]" in said
    assert said.count("X.509 Certificate [") == 4


def test_keys_and_certificates_are_read(desk, alice):
    public = alice.keys[Slot.AUTHENTICATION].public_key()
    ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert ssh in desk.run("pkcs15-tool", "--read-ssh-key", "01")
    for number, slot in enumerate(alice.certificates, 1):
        pem = alice.certificates[slot].public_bytes(Encoding.PEM).decode()
        assert pem in desk.run("pkcs15-tool", "--read-certificate", f"{number:02}")


def test_an_rsa_signature_is_what_openssl_expects(desk, alice):
    how = ("-m", "SHA256-RSA-PKCS", "--id", "01")
    assert "Verified OK" in signed(desk, alice, Slot.AUTHENTICATION, *how)


def test_a_pss_signature_is_what_openssl_expects(desk, alice):
    how = ("-m", "SHA256-RSA-PKCS-PSS", "--id", "01")
    check = ("-sigopt", "rsa_padding_mode:pss")
    assert "Verified OK" in signed(desk, alice, Slot.AUTHENTICATION, *how, check=check)


def test_the_signature_key_gets_its_pin_each_time(desk, alice):
    how = ("-m", "ECDSA-SHA256", "--signature-format", "openssl", "--id", "02")
    for _ in range(2):
        assert "Verified OK" in signed(desk, alice, Slot.SIGNATURE, *how)


def test_a_message_is_deciphered(desk, alice):
    public = alice.keys[Slot.KEY_MANAGEMENT].public_key()
    secret = desk.path("secret", public.encrypt(b"for Alice", padding.PKCS1v15()))
    clear = desk.path("clear")
    how = ("--decrypt", "-m", "RSA-PKCS", "--id", "03", "-i", secret, "-o", clear)
    desk.run("pkcs11-tool", *PIN, *how)
    assert clear.read_bytes() == b"for Alice"


def test_a_secret_is_agreed_on(desk, alice):
    alice.piv.keys.add(Slot.KEY_MANAGEMENT, alice.keys[Slot.SIGNATURE])
    certificate = alice.issuer.issue(
        "Alice", alice.keys[Slot.SIGNATURE].public_key(), Slot.KEY_MANAGEMENT
    )
    from applets.piv.objects import certificate_object

    alice.piv.objects["5FC10B"] = certificate_object(certificate.public_bytes(Encoding.DER))
    mine = ec.generate_private_key(ec.SECP256R1())
    der = mine.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point, shared = desk.path("point.der", der), desk.path("shared")
    how = ("--derive", "-m", "ECDH1-COFACTOR-DERIVE", "--id", "03", "-i", point, "-o", shared)
    desk.run("pkcs11-tool", *PIN, *how)
    public = alice.keys[Slot.SIGNATURE].public_key()
    assert shared.read_bytes() == mine.exchange(ec.ECDH(), public)


def test_opensc_tests_itself_with_the_card(desk, alice):
    said = desk.run("pkcs11-tool", "--test", *PIN)
    assert "No errors" in said
    assert "all 4 signature functions seem to work" in said


def test_pins_are_changed_blocked_and_unblocked(desk, alice):
    change = ("--change-pin", "--pin", "123456", "--new-pin", "654321")
    desk.run("pkcs15-tool", *change)
    for _ in range(3):
        done = desk.attempt("pkcs11-tool", "--login", "--pin", "111111", "-O")
        assert "CKR_PIN_INCORRECT" in done.stderr or "CKR_PIN_LOCKED" in done.stderr
    assert "CKR_PIN_LOCKED" in desk.attempt("pkcs11-tool", *PIN, "-O").stderr
    desk.run("pkcs15-tool", "--unblock-pin", "--puk", "12345678", "--new-pin", "123456")
    desk.run("pkcs15-tool", "--verify-pin", "--pin", "123456")


def test_a_pin_of_wrong_length_reaches_no_counter(desk, alice):
    for pin in ("123", "123456789"):
        done = desk.attempt("pkcs11-tool", "--login", "--pin", pin, "-O")
        assert "CKR_PIN_LEN_RANGE" in done.stderr
    assert alice.piv.pins[0x80].status == SW.tries_left(3)


def test_a_key_that_is_missing_is_a_failure_and_no_hang(desk, alice):
    alice.piv.keys.delete(Slot.AUTHENTICATION)
    data = desk.path("data", b"to be signed")
    how = ("--sign", "-m", "SHA256-RSA-PKCS", "--id", "01", "-i", data)
    assert desk.attempt("pkcs11-tool", *PIN, *how).returncode != 0


def test_the_administrator_generates_a_key(desk, alice):
    key = desk.path("management", b":".join([b"01:02:03:04:05:06:07:08"] * 3))
    new = desk.path("new.pem")
    # OpenSC 0.23 with OpenSSL 3 cannot write the public key down; the card has made it.
    desk.attempt(
        *("piv-tool", "-A", "M:9B:03", "-G", "9A:07", "-o", new), PIV_EXT_AUTH_KEY=str(key)
    )
    assert alice.piv.keys.get(Slot.AUTHENTICATION).origin.name == "GENERATED"


def test_retired_keys_decipher_what_is_old(desk, alice):
    desk.reader.eject()
    key, slot = alice.keys[Slot.KEY_MANAGEMENT], Slot.RETIRED_1
    certificate = alice.issuer.issue("Alice as she was", key.public_key(), slot)
    desk.insert(
        Piv(
            keys={**alice.keys, slot: key}, certificates={**alice.certificates, slot: certificate}
        ).on_card()
    )
    secret = desk.path("secret", key.public_key().encrypt(b"an old letter", padding.PKCS1v15()))
    clear = desk.path("clear")
    how = ("--decrypt", "-m", "RSA-PKCS", "--id", "05", "-i", secret, "-o", clear)
    desk.run("pkcs11-tool", *PIN, *how)
    assert clear.read_bytes() == b"an old letter"
