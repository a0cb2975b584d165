import pytest

from applets.shared.key_kinds import KINDS, public_objects, public_parts
from vcard.tlv import parse_all

SIZES = {
    "RSA-1024": {0x81: 128, 0x82: 3},
    "P-256": {0x86: 65},
    "P-521": {0x86: 133},
    "brainpoolP512r1": {0x86: 129},
    "secp256k1": {0x86: 65},
    "Ed25519": {0x86: 32},
    "X25519": {0x86: 32},
}


@pytest.mark.parametrize("name", SIZES)
def test_a_public_key_is_shown_as_the_data_objects_of_iso_7816_8(name):
    public = KINDS[name].generate().public_key()
    parts = public_parts(public)
    assert {tag: len(value) for tag, value in parts.items()} == SIZES[name]
    objects = parse_all(public_objects(public))
    assert {item.tag: item.value for item in objects} == parts


def test_a_point_is_uncompressed_and_an_exponent_short():
    assert public_parts(KINDS["P-256"].generate().public_key())[0x86][0] == 4
    assert public_parts(KINDS["RSA-1024"].generate().public_key())[0x82] == b"\1\0\1"
