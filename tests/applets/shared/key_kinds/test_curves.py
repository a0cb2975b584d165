import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from applets.shared.key_kinds import CURVES, KINDS, public_parts

POINT = 0x86
each_curve = pytest.mark.parametrize("kind", CURVES, ids=lambda kind: kind.name)


@each_curve
@pytest.mark.parametrize("size", [1, 20, 32, 48, 64])
def test_digests_of_any_length_are_signed_as_ecdsa_says(kind, size):
    key = kind.generate()
    challenge = bytes(range(1, size + 1))
    signature = kind.sign(key, challenge)
    expected = challenge[: kind.digest.digest_size].rjust(kind.digest.digest_size, b"\0")
    key.public_key().verify(signature, expected, ec.ECDSA(Prehashed(kind.digest)))


@each_curve
def test_a_signature_of_fixed_length_is_r_and_s(kind):
    key = kind.generate()
    fixed = kind.fixed(kind.sign(key, bytes(32)))
    assert len(fixed) == 2 * kind.size
    r, s = (int.from_bytes(half, "big") for half in (fixed[: kind.size], fixed[kind.size :]))
    digest = bytes(kind.digest.digest_size)
    key.public_key().verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(kind.digest)))


@each_curve
def test_two_keys_agree_on_one_secret_which_also_deciphers(kind):
    one, other = kind.generate(), kind.generate()
    secret = kind.agree(one, public_parts(other.public_key())[POINT])
    assert secret == kind.decipher(other, public_parts(one.public_key())[POINT])
    assert len(secret) == kind.size


@each_curve
def test_a_key_is_imported_from_its_number(kind):
    key = kind.generate()
    number = key.private_numbers().private_value
    assert kind.build(number.to_bytes(kind.size, "big")).private_numbers() == key.private_numbers()
    for wrong in (b"", b"\xff" * 80):
        with pytest.raises(ValueError, match=r"\w"):
            kind.build(wrong)


def test_a_point_beside_the_curve_is_refused():
    kind = KINDS["P-256"]
    key = kind.generate()
    point = public_parts(key.public_key())[POINT]
    for wrong in (b"", point[:-1], point[:-1] + bytes((point[-1] ^ 1,))):
        with pytest.raises(ValueError, match=r"\w"):
            kind.agree(key, wrong)


@pytest.mark.parametrize("size", [0, 65])
def test_what_is_no_digest_is_not_signed(size):
    kind = KINDS["P-256"]
    with pytest.raises(ValueError, match=r"1\.\.64 bytes"):
        kind.sign(kind.generate(), bytes(size))


def test_ed25519_signs_the_message_of_rfc_8032():
    # RFC 8032, 7.1, test 2
    kind = KINDS["Ed25519"]
    seed = "4CCD089B28FF96DA9DB6C346EC114E0F5B8A319F35ABA624DA8CF6ED4FB8A6FB"
    signature = kind.sign(kind.build(bytes.fromhex(seed)), b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    for action in (kind.agree, kind.decipher):
        with pytest.raises(ValueError, match="signs only"):
            action(kind.generate(), bytes(32))


def test_x25519_agrees_as_rfc_7748_says():
    # RFC 7748, 6.1
    kind = KINDS["X25519"]
    alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    bob_public = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    imported = kind.build(bytes.fromhex(alice))
    assert kind.agree(imported, bytes.fromhex(bob_public)).hex() == shared
    key, other = kind.generate(), kind.generate()
    secret = kind.agree(key, public_parts(other.public_key())[POINT])
    assert secret == kind.decipher(other, public_parts(key.public_key())[POINT])
    with pytest.raises(ValueError, match="only agrees"):
        kind.sign(key, b"a message")
    with pytest.raises(ValueError, match=r"\w"):
        kind.agree(key, bytes(32))  # a point of small order
