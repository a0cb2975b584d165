import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from applets.shared.key_kinds import KINDS, Rsa, kind_of

FAST = [name for name in KINDS if name not in ("RSA-3072", "RSA-4096")]


@pytest.mark.parametrize("name", FAST)
def test_a_key_and_its_public_half_are_of_its_kind(name):
    key = KINDS[name].generate()
    assert kind_of(key) == kind_of(key.public_key()) == KINDS[name]
    assert KINDS[name].name == name


def test_rsa_keys_of_other_lengths_have_a_kind():
    assert kind_of(rsa.generate_private_key(65537, 1152)) == Rsa(1152)


def test_other_keys_are_named():
    for key, name in [
        (ec.generate_private_key(ec.SECP224R1()), "secp224r1"),
        (dsa.generate_private_key(1024), "DSAPrivateKey is no key of a card"),
        ("a string", "str"),
    ]:
        with pytest.raises(ValueError, match=name):
            kind_of(key)
