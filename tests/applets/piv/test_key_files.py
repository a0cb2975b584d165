import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from applets.piv import Issuer, Slot
from applets.piv.key_files import own_key
from applets.piv.key_options import NamedFile

ISSUER = Issuer.create()
KEY = ec.generate_private_key(ec.SECP256R1())
CERTIFICATE = ISSUER.issue("Alice", KEY.public_key(), Slot.AUTHENTICATION)
CURVE = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
PLAIN, SEALED = NoEncryption(), BestAvailableEncryption(b"open")


def key(encoding, form=PrivateFormat.PKCS8, sealed=PLAIN):
    return KEY.private_bytes(encoding, form, sealed)


def certificate(encoding, of=CERTIFICATE):
    return of.public_bytes(encoding)


def store(sealed=PLAIN, own=KEY, others=(ISSUER.certificate,)):
    return pkcs12.serialize_key_and_certificates(b"Alice", own, CERTIFICATE, others, sealed)


def read(*contents, passphrase=""):
    files = [NamedFile(f"file{number}", content) for number, content in enumerate(contents, 1)]
    return own_key(files, passphrase)


def indefinite(content):
    """The same PFX with an indefinite length, as NSS writes it."""
    start = {0x81: 3, 0x82: 4}[content[1]]
    return b"\x30\x80" + content[start:] + bytes(2)


def test_a_key_comes_in_every_form_that_tools_write():
    pem, der = Encoding.PEM, Encoding.DER
    forms = [
        key(pem), key(der), key(pem, PrivateFormat.TraditionalOpenSSL),
        key(der, PrivateFormat.TraditionalOpenSSL), key(pem, PrivateFormat.OpenSSH),
        key(pem, sealed=SEALED), key(der, sealed=SEALED),
        key(pem, PrivateFormat.TraditionalOpenSSL, SEALED),
        CURVE + key(pem),
    ]  # fmt: skip
    for form in forms:
        found = read(form, passphrase="open")
        assert found.key.private_numbers() == KEY.private_numbers()
        assert found.certificate is None
        assert "private_value" not in repr(found)


def test_its_certificate_may_be_in_the_same_file_or_in_another():
    pem, der = Encoding.PEM, Encoding.DER
    chain = certificate(pem, ISSUER.certificate) + certificate(pem)
    cases = [
        (chain + key(pem),), (key(pem), chain), (key(der), certificate(der)),
        (certificate(der), key(pem)), (store(),), (store(SEALED),),
    ]  # fmt: skip
    for case in cases:
        assert read(*case, passphrase="open").certificate == CERTIFICATE


def test_a_store_may_have_no_passphrase_or_no_definite_length():
    assert read(store()).certificate == CERTIFICATE
    with pytest.warns(UserWarning, match="BER"):
        assert read(indefinite(store(SEALED)), passphrase="open").certificate == CERTIFICATE


def test_what_is_wrong_is_told_with_the_file():
    pem = Encoding.PEM
    other = ec.generate_private_key(ec.SECP256R1())
    odd = rsa.generate_private_key(65537, 1536)
    unknown = dsa.generate_private_key(1024)
    koblitz = ec.generate_private_key(ec.SECP256K1())

    def written(made):
        return made.private_bytes(pem, PrivateFormat.PKCS8, PLAIN)

    needed = "file1: a passphrase is needed: key-passphrase-file=FILE or key-passphrase-env=NAME"
    wrong = "file1: the passphrase is wrong, or the file is damaged"
    unreadable = "neither a private key nor a certificate that can be read"
    cases = [
        ((key(pem, sealed=SEALED),), "", needed),
        ((store(SEALED),), "", needed),
        ((key(pem, sealed=SEALED),), "shut", wrong),
        ((key(Encoding.DER, sealed=SEALED),), "shut", wrong),
        ((store(SEALED),), "shut", wrong),
        ((key(pem), b"junk"), "", f"file2: {unreadable}"),
        ((b"",), "open", f"file1: {unreadable}"),
        ((certificate(pem),), "", "file1: no private keys, where one is needed"),
        ((key(pem), written(other)), "", "file1, file2: 2 private keys, where one is needed"),
        ((written(other) + certificate(pem),), "", "file1: no certificate is for the private key"),
        ((written(odd),), "", "file1: PIV has no algorithm for RSA-1536 keys"),
        ((written(unknown),), "", "file1: PIV has no algorithm for this key"),
        ((written(koblitz),), "", "file1: PIV has no algorithm for secp256k1 keys"),
    ]
    for contents, passphrase, sentence in cases:
        with pytest.raises(ValueError, match=sentence.replace("(", r"\(")) as told:
            read(*contents, passphrase=passphrase)
        assert str(told.value).startswith(sentence)


def test_curves_that_only_agree_or_sign_are_taken():
    made = ed25519.Ed25519PrivateKey.generate()
    form = made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN)
    assert read(form).key.private_bytes_raw() == made.private_bytes_raw()
