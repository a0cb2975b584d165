import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.parameters import T0Parameters, T1Parameters, WrongField, default_parameters


def test_the_defaults_come_from_the_atr():
    cases = [
        ("", 0, "11 00 00 0A 00"),
        ("3B00", 0, "11 00 00 0A 00"),
        ("3F00", 0, "11 02 00 0A 00"),
        ("3B8480010000900095", 0, "11 00 00 0A 00"),
        ("3B8181014140", 1, "11 10 00 4D 00 20 00"),
        ("3B8081 21 11 31", 1, "11 10 00 11 00 20 00"),
        ("3B8081 11 FE 6E", 1, "11 10 00 4D 00 FE 00"),
        ("3B8081 41 01 41", 1, "11 11 00 4D 00 20 00"),
    ]
    for atr, protocol, data in cases:
        parameters = default_parameters(bytes.fromhex(atr))
        assert parameters.protocol == protocol
        assert bytes(parameters) == bytes.fromhex(data)


def test_a_reserved_value_is_named_by_its_offset():
    cases = [
        (T0Parameters(fi_di=0x71), 0x0A),
        (T0Parameters(fi_di=0x10), 0x0A),
        (T0Parameters(tccks=0x10), 0x0B),
        (T0Parameters(clock_stop=4), 0x0E),
        (T1Parameters(tccks=0x00), 0x0B),
        (T1Parameters(tccks=0x14), 0x0B),
        (T1Parameters(ifsc=0), 0x0F),
        (T1Parameters(ifsc=255), 0x0F),
    ]
    for parameters, offset in cases:
        with pytest.raises(WrongField) as caught:
            parameters.check()
        assert caught.value.offset == offset


@pytest.mark.parametrize("parameters", [T0Parameters(tccks=2), T1Parameters(tccks=0x13)])
def test_both_conventions_and_checksums_are_right(parameters):
    parameters.check()


@given(st.binary(max_size=40))
def test_any_atr_gives_parameters(atr):
    assert len(bytes(default_parameters(atr))) in (5, 7)
