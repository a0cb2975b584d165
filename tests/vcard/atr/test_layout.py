"""An ATR is split into its characters, and assembled from groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.atr.layout import Group, checksum, compose, inverted, read

byte = st.one_of(st.none(), st.integers(0, 255))


def test_the_other_convention_turns_3f_into_03_and_back():
    assert inverted(b"\x3f\x00") == b"\x03\xff"
    assert inverted(inverted(bytes(range(256)))) == bytes(range(256))


def test_every_character_has_its_name():
    layout = read(bytes.fromhex("3B8281317643C002C5"))
    names = [c.name for c in layout.characters()]
    assert names == ["TS", "T0", "TD1", "TD2", "TA3", "TB3", "T1", "T2", "TCK"]
    assert layout.group(3) == Group(1, 0x76, 0x43)
    assert layout.group(7) == Group()
    assert layout.first_value(1, "A") == 0x76
    assert layout.first(15, "A") is None


def test_what_is_missing_and_what_is_too_much_is_counted():
    for raw, missing, surplus in [
        ("3B", 1, 0),
        ("3BF1", 5, 0),
        ("3B0112", 0, 0),
        ("3B8001", 1, 0),
        ("3B80018100FF", 0, 2),
    ]:
        layout = read(bytes.fromhex(raw))
        assert (layout.missing, len(layout.surplus)) == (missing, surplus)


@given(
    st.lists(st.builds(Group, st.integers(0, 15), byte, byte, byte), min_size=1, max_size=5),
    st.binary(max_size=10),
)
def test_what_is_composed_is_read_back(groups, historical):
    layout = read(compose(groups, historical))
    assert layout.historical == historical
    assert layout.missing == 0
    assert [(g.ta, g.tb, g.tc) for g in layout.groups] == [(g.ta, g.tb, g.tc) for g in groups]
    assert [g.protocol for g in layout.groups[1:]] == [g.protocol for g in groups[1:]]
    if layout.tck is not None:
        assert checksum(compose(groups, historical)[1:]) == 0


def test_an_atr_that_gets_too_long_is_refused():
    with pytest.raises(ValueError, match="at most 33 bytes"):
        compose([Group(1, 1, 1, 1)] * 5, bytes(15))
