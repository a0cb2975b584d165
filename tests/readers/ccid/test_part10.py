import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.part10 import PinModify, PinVerify

VERIFY = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")
MODIFY = bytes.fromhex("1E1E82000000080804030203090400010200000015000000 0024008010" + "FF" * 16)


def test_a_verify_structure_is_read_field_by_field():
    pin = PinVerify.parse(VERIFY)
    assert (pin.timeout, pin.format_string, pin.max_digits, pin.min_digits) == (30, 0x82, 8, 4)
    assert (pin.validation, pin.number_message, pin.language) == (2, 1, 0x0409)
    assert pin.apdu == VERIFY[19:]
    assert bytes(pin) == VERIFY


def test_the_verify_message_is_what_the_genuine_driver_sends():
    pin = PinVerify.parse(VERIFY)
    sent = "001e820000080402010904000000000020008008" + "ff" * 8
    assert pin.secure.hex() == sent


def test_the_modify_message_is_what_the_genuine_driver_sends():
    pin = PinModify.parse(MODIFY)
    assert bytes(pin) == MODIFY
    assert (pin.max_digits, pin.min_digits, pin.confirm_pin, pin.number_message) == (8, 4, 3, 3)
    sent = "011e820000000808040302030904000102000000" + "0024008010" + "ff" * 16
    assert pin.secure().hex() == sent


def test_indexes_without_a_message_are_left_out():
    for messages, left_out in [(0, 2), (1, 1), (2, 1), (3, 0), (0xFF, 0)]:
        raw = bytearray(MODIFY)
        raw[11] = messages
        pin = PinModify.parse(bytes(raw))
        assert len(pin.secure()) == len(pin.secure(indexes=3)) - left_out
        assert pin.secure()[11] == messages


def test_lengths_that_do_not_agree_are_refused():
    cases = [
        (PinVerify, VERIFY[:22], "offset 22: at least 23 bytes"),
        (PinModify, MODIFY[:27], "offset 27: at least 28 bytes"),
        (PinVerify, VERIFY + b"\0", "offset 15: ulDataLength is 13, not 14"),
        (PinModify, MODIFY[:-1], "offset 20: ulDataLength is 21, not 20"),
        (PinVerify, VERIFY[:15] + b"\0\0\0\x0d" + VERIFY[19:], "ulDataLength is 218103808"),
    ]
    for kind, raw, message in cases:
        with pytest.raises(ValueError, match=message):
            kind.parse(raw)


@pytest.mark.parametrize("kind", [PinVerify, PinModify])
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_read_and_written_back_or_refused(kind, raw):
    try:
        pin = kind.parse(raw)
    except ValueError:
        return
    assert bytes(pin) == raw


@given(apdu=st.binary(min_size=4, max_size=40), fixed=st.binary(min_size=20, max_size=20))
def test_whatever_the_fields_are_the_structures_survive(apdu, fixed):
    length = len(apdu).to_bytes(4, "little")
    for kind, size in ((PinVerify, 15), (PinModify, 20)):
        raw = fixed[:size] + length + apdu
        assert bytes(kind.parse(raw)) == raw
