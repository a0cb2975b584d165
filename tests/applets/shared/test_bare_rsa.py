import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from applets.shared import bare_rsa as rsa
from applets.shared.bare_rsa import private_operation
from applets.shared.key_kinds import KINDS


@pytest.fixture(scope="module")
def key():
    return KINDS["RSA-1024"].generate()


def raw_public(key, block):
    numbers = key.public_key().public_numbers()
    return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(128, "big")


def padded(info):
    return b"\0\1" + b"\xff" * (125 - len(info)) + b"\0" + info


def digest_info(name, size):
    prefix = next(p for p, a in rsa._DIGEST_INFO.items() if a.name == name)
    return prefix + bytes(range(size))


@pytest.mark.parametrize(
    ("name", "size"), [("sha1", 20), ("sha224", 28), ("sha256", 32), ("sha384", 48), ("sha512", 64)]
)
def test_a_padded_signature_takes_the_library_and_is_the_bare_operation(
    key, monkeypatch, name, size
):
    block = padded(digest_info(name, size))
    bare = rsa._blinded(key.private_numbers(), int.from_bytes(block, "big")).to_bytes(128, "big")
    monkeypatch.delattr(rsa, "_blinded")
    assert private_operation(key, block) == bare


@pytest.mark.parametrize(
    "block",
    [
        padded(b"no digest info"),
        padded(digest_info("sha256", 31)),
        b"\0\1" + b"\xff" * 7 + b"\0" + bytes(118),
        b"\0\2" + b"\x55" * 100 + b"\0" + bytes(25),
        b"\x01" * 128,
        bytes(128),
    ],
)
def test_any_other_block_is_the_bare_operation(key, block):
    assert raw_public(key, private_operation(key, block)) == block


def test_a_cryptogram_is_deciphered(key):
    cryptogram = key.public_key().encrypt(b"a session key", padding.PKCS1v15())
    assert private_operation(key, cryptogram).endswith(b"\0a session key")


def test_a_pss_signature_made_outside_is_accepted(key):
    # The host pads: take the padded block out of the library's signature, and sign it again.
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    block = raw_public(key, key.sign(b"text", pss, hashes.SHA256()))
    signature = private_operation(key, block)
    key.public_key().verify(signature, b"text", pss, hashes.SHA256())


@pytest.mark.parametrize("block", [b"", bytes(127), bytes(129), b"\xff" * 128])
def test_a_block_that_does_not_fit_is_refused(key, block):
    with pytest.raises(ValueError, match="block"):
        private_operation(key, block)


def test_a_key_that_does_not_fit_gives_no_faulty_signature_away(key):
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers

    good = key.private_numbers()
    fault = RSAPrivateNumbers(
        good.p, good.q, good.d, good.dmp1 + 2, good.dmq1, good.iqmp, good.public_numbers
    )
    with pytest.raises(ArithmeticError):
        rsa._blinded(fault, 12345)
