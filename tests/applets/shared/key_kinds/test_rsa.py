import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from applets.shared.key_kinds import Rsa

KIND = Rsa(1024)
SHA256 = bytes.fromhex("3031300D060960864801650304020105000420")


@pytest.fixture(scope="module")
def key():
    return KIND.generate()


def number(value):
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def test_a_digest_info_is_padded_and_signed(key):
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"text")
    signature = KIND.sign(key, SHA256 + digest.finalize())
    key.public_key().verify(signature, b"text", padding.PKCS1v15(), hashes.SHA256())


def test_any_data_up_to_11_bytes_less_than_the_modulus_are_signed(key):
    numbers = key.public_key().public_numbers()
    block = pow(int.from_bytes(KIND.sign(key, bytes(117)), "big"), numbers.e, numbers.n)
    assert block.to_bytes(128, "big") == b"\0\1" + b"\xff" * 8 + bytes(118)
    with pytest.raises(ValueError, match="RSA-1024 signs at most 117 bytes, not 118"):
        KIND.sign(key, bytes(118))


def test_a_cryptogram_is_deciphered_without_its_padding(key):
    cryptogram = key.public_key().encrypt(b"a session key", padding.PKCS1v15())
    assert KIND.decipher(key, cryptogram) == b"a session key"
    with pytest.raises(ValueError, match=r"\w"):
        KIND.decipher(key, cryptogram[1:])


def test_a_key_is_imported_from_its_primes(key):
    one = key.private_numbers()
    crt = {"dp": number(one.dmp1), "dq": number(one.dmq1), "qinv": number(one.iqmp)}
    for given in (None, {"dp": crt["dp"]}, crt):
        built = KIND.build(number(one.p), number(one.q), crt=given)
        assert built.public_key() == key.public_key()
        assert KIND.sign(built, b"info") == KIND.sign(key, b"info")
    with pytest.raises(ValueError, match="CRT"):
        KIND.build(number(one.p), number(one.q), crt={"dq": crt["dp"]})
    with pytest.raises(ValueError, match="2048 bits"):
        Rsa(2048).build(number(one.p), number(one.q))


def test_another_exponent_can_be_imported(key):
    one = key.private_numbers()
    try:
        built = KIND.build(number(one.p), number(one.q), exponent=257)
    except ValueError:  # 257 divides p - 1 or q - 1: no such key
        pytest.skip("no key with this exponent has these primes")
    assert built.public_key().public_numbers().e == 257


def test_rsa_agrees_on_nothing(key):
    with pytest.raises(ValueError, match="RSA-1024 agrees on no keys"):
        KIND.agree(key, bytes(128))
