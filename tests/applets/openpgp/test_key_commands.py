"""Making, importing and using keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils, x25519
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.shared.key_kinds import public_objects, public_parts
from tests.kits.openpgp.host import Host, header_list, made_key
from vcard.tlv import Tlv, tlv

DIGEST = bytes(range(32))
INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST
SIGN, AUTHENTICATE, DECIPHER = (0x2A, 0x9E, 0x9A), (0x88, 0, 0), (0x2A, 0x80, 0x86)


def point(data: bytes) -> bytes:
    return tlv(0xA6, tlv(0x7F49, tlv(0x86, data)))


def rsa_host() -> Host:
    key = made_key("RSA-2048")
    slots = (SIGNATURE, DECRYPTION, AUTHENTICATION)
    return Host(OpenPgp(keys=dict.fromkeys(slots, key)))


def test_a_key_is_made_read_and_counted_anew(host: Host) -> None:
    assert str(host.generate(SIGNATURE).sw) == "6982"
    host.user()
    host.send(*SIGN, DIGEST)
    assert host.get(0x93) == b"\0\0\1"
    host.administer()
    made = host.generate(SIGNATURE)
    assert host.send(0x47, 0x81, 0, bytes((SIGNATURE.crt, 0))).data == made.data
    assert Tlv.parse(made.data).find(0x86) is not None
    assert (host.get(0x93), host.get(0xDE)[1]) == (bytes(3), 1)


def test_a_missing_key_has_the_persona_s_word(blank: Host, yubikey: Host) -> None:
    for host, word in ((blank, "6A88"), (yubikey, "6581")):
        assert host.word(0x47, 0x81, 0, b"\xb6\0") == word
    assert blank.word(0x47, 0x82, 0, b"\xb6\0") == "6A86"
    assert blank.word(0x47, 0x81, 0, b"\xb7\0") == "6A80"
    blank.user()
    assert blank.word(*SIGN, DIGEST) == "6A88"


def test_keys_are_imported_and_deleted(host: Host) -> None:
    secret = b"\x5a" * 32
    assert host.import_key(SIGNATURE, (0x92, secret)) == "6982"
    host.administer()
    assert host.import_key(SIGNATURE, (0x92, secret)) == "9000"
    public = ed25519.Ed25519PrivateKey.from_private_bytes(secret).public_key()
    read = host.send(0x47, 0x81, 0, b"\xb6\0").data
    assert read == tlv(0x7F49, public_objects(public))
    assert host.import_key(SIGNATURE, (0x92, b"short")) == "6A80"
    for _ in range(2):
        assert host.word(0xDB, 0x3F, 0xFF, header_list(b"\xb6\0")) == "9000"
    assert host.get(0xDE)[1] == 0
    assert host.word(0xDB, 0x3F, 0xFE, b"") == "6A81"


def test_a_signature_wants_pw1_for_signatures_each_time(host: Host) -> None:
    assert host.word(*SIGN, DIGEST) == "6982"
    host.user()
    key = made_key("Ed25519")
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    key.public_key().verify(host.send(*SIGN, DIGEST).data, DIGEST)
    assert host.word(*SIGN, DIGEST) == "6982"
    assert host.word(*AUTHENTICATE, DIGEST) == "9000"


def test_pw1_for_several_signatures_lasts(host: Host) -> None:
    host.administer()
    assert host.put(0xC4, b"\1") == "9000"
    host.user()
    assert [host.word(*SIGN, DIGEST) for _ in range(2)] == ["9000", "9000"]


@pytest.mark.parametrize("name", ["P-256", "P-384", "P-521", "brainpoolP512r1", "secp256k1"])
def test_an_ecdsa_signature_is_r_and_s(name: str) -> None:
    key = made_key(name)
    host = Host(OpenPgp(keys={AUTHENTICATION: key}))
    host.user()
    found = host.send(*AUTHENTICATE, bytes(range(64))).data
    size = (key.key_size + 7) // 8
    r, s = (int.from_bytes(part, "big") for part in (found[:size], found[size:]))
    assert len(found) == 2 * size
    digest = {32: SHA256()}.get(size, SHA512())
    message = bytes(range(64))[: digest.digest_size]
    if size != 48:
        how = ec.ECDSA(utils.Prehashed(digest))
        key.public_key().verify(utils.encode_dss_signature(r, s), message, how)


def test_rsa_signs_what_it_is_given_padded() -> None:
    host, key = rsa_host(), made_key("RSA-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    host.user()
    signature = host.send(*SIGN, INFO).data
    key.public_key().verify(signature, DIGEST, padding.PKCS1v15(), utils.Prehashed(SHA256()))
    host.user()
    assert host.word(*SIGN, bytes(103)) == "6700"
    assert host.word(*SIGN) == "6700"
    sealed = key.public_key().encrypt(b"secret", padding.PKCS1v15())
    assert host.send(*DECIPHER, b"\0" + sealed).data == b"secret"
    assert host.word(*DECIPHER, b"\1" + sealed) == "6A80"
    assert host.word(*DECIPHER, b"\0" + sealed[1:]) == "6A80"


@pytest.mark.parametrize("prefix", [b"", b"\x40"])
def test_a_secret_is_agreed_on(host: Host, prefix: bytes) -> None:
    other = x25519.X25519PrivateKey.generate()
    public = public_parts(other.public_key())[0x86]
    assert host.word(*DECIPHER, point(public)) == "6982"
    host.user()
    own = made_key("X25519").public_key()
    assert isinstance(own, x25519.X25519PublicKey)
    assert host.send(*DECIPHER, point(prefix + public)).data == other.exchange(own)
    counted = host.send(*DECIPHER, point(public) + b"\0")  # johnnycanencrypt counts Le as data
    assert counted.data == other.exchange(own)
    for wrong in (b"", b"\x99", point(bytes(31)), tlv(0xA6, b""), point(public)[2:]):
        assert host.word(*DECIPHER, wrong) == "6A80"


def test_a_key_that_cannot_sign_says_so(host: Host) -> None:
    host.user()
    assert host.word(0x22, 0x41, 0xA4, bytes.fromhex("830102")) == "9000"
    assert host.word(*AUTHENTICATE, DIGEST) == "6A80"


def test_the_environment_chooses_the_keys(host: Host, yubikey: Host) -> None:
    rsa_card = rsa_host()
    rsa_card.user()
    for p2, number in ((0xB8, 3), (0xA4, 2), (0xB8, 2), (0xA4, 3)):
        assert rsa_card.word(0x22, 0x41, p2, bytes((0x83, 1, number))) == "9000"
    assert host.word(0x22, 0x41, 0xB6, bytes.fromhex("830102")) == "6A86"
    assert host.word(0x22, 0x41, 0xB8, bytes.fromhex("830101")) == "6A80"
    assert yubikey.word(0x22, 0x41, 0xB8, bytes.fromhex("830102")) == "6D00"


def test_aes_encrypts_and_decrypts_blocks(blank: Host, yubikey: Host) -> None:
    assert blank.word(0x2A, 0x86, 0x80, bytes(16)) == "6982"
    blank.user()
    assert blank.word(0x2A, 0x86, 0x80, bytes(16)) == "6A88"
    blank.administer()
    assert blank.put(0xD5, bytes(16)) == "9000"
    sealed = blank.send(0x2A, 0x86, 0x80, bytes(32)).data
    assert sealed[:17].hex().upper() == "0266E94BD4EF8A2C3B884CFA59CA342B2E"
    assert blank.send(*DECIPHER, sealed).data == bytes(32)
    assert blank.word(0x2A, 0x86, 0x80, bytes(15)) == "6700"
    yubikey.user()
    assert yubikey.word(0x2A, 0x86, 0x80, bytes(16)) == "6A86"


def test_random_numbers_have_the_length_that_is_asked_for(blank: Host) -> None:
    assert len(blank.send(0x84, 0, 0, le=100).data) == 100
    assert [blank.word(0x84, 0, 0, le=le) for le in (None, 0x801)] == ["6700", "6700"]
