from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from applets.esim.download.bsp import shared_secret
from tests.kits.esim.smdp import Bsp

ROWS = [
    line.split(" | ")
    for line in (Path(__file__).parents[3] / "vectors/bsp.txt").read_text().splitlines()[1:]
]
RAW = [bytes.fromhex(row[0]) for row in ROWS]
SECRET, HOST, EID, S_ENC, S_MAC, CHAIN, CONFIGURE, METADATA, ELEMENT = RAW


def derived() -> Bsp:
    return Bsp.derive(SECRET, HOST, EID)


def test_keys_are_those_of_another_implementation():
    bsp = derived()
    assert (bsp.s_enc, bsp.s_mac, bsp.chain) == (S_ENC, S_MAC, CHAIN)


def test_segments_are_those_of_another_implementation():
    bsp = derived()
    assert bsp.protect(0x87, bytes.fromhex("BF2400")) == CONFIGURE
    assert bsp.protect(0x88, bytes(range(40)), encrypt=False) == METADATA
    assert bsp.protect(0x86, bytes(range(64))) == ELEMENT


def test_segments_of_another_implementation_open():
    bsp = derived()
    assert bsp.open(CONFIGURE) == bytes.fromhex("BF2400")
    assert bsp.open(METADATA, encrypted=False) == bytes(range(40))
    assert bsp.open(ELEMENT) == bytes(range(64))


@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_a_flipped_bit_anywhere_is_a_value_error(position):
    raw = bytearray(CONFIGURE)
    raw[position] ^= 1
    with pytest.raises(ValueError, match=r"MAC|offset"):
        derived().open(bytes(raw))


def test_a_segment_without_room_for_its_mac_is_a_value_error():
    with pytest.raises(ValueError, match="no room"):
        derived().open(bytes.fromhex("8703010203"))


def test_data_that_are_not_whole_blocks_are_a_value_error():
    segment = derived().protect(0x87, bytes(5), encrypt=False)
    with pytest.raises(ValueError, match="whole cipher blocks"):
        derived().open(segment)


def test_wrong_padding_is_a_value_error():
    left, right = derived(), derived()
    left.counter += 1  # another initial vector: the block decrypts to noise
    with pytest.raises(ValueError, match="padding"):
        right.open(left.protect(0x87, bytes(15)))


@given(st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=5))
def test_what_one_side_protects_the_other_opens(parts):
    left, right = derived(), derived()
    for plain, encrypted in parts:
        segment = left.protect(0x86, plain, encrypt=encrypted)
        assert right.open(segment, encrypted=encrypted) == plain


def test_both_sides_share_the_secret():
    a, b = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    points = [
        key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        for key in (a, b)
    ]
    assert shared_secret(a, points[1]) == shared_secret(b, points[0])


def test_a_point_that_is_not_on_the_curve_is_a_value_error():
    with pytest.raises(ValueError, match=r"curve|point|key"):
        shared_secret(ec.generate_private_key(ec.SECP256R1()), b"\x04" + bytes(range(64)))
