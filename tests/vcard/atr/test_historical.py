"""Historical bytes are explained by the standard, and shown as they are otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.atr.historical import explain, life_cycle


def told(raw: str) -> list[tuple[int, str, str]]:
    return [(line.offset, line.name, line.text) for line in explain(bytes.fromhex(raw))]


@given(st.binary(max_size=15))
def test_any_bytes_are_shown_once_each(raw):
    assert b"".join(line.raw for line in explain(raw, 7)) == raw
    assert all(line.text for line in explain(raw))


def test_no_bytes_say_nothing():
    assert explain(b"") == []


def test_a_card_with_all_objects_is_explained():
    raw = "8031E173FED5FD83019000F1A0"
    assert told(raw) == [
        (0, "category", "compact TLV, with a status indicator if there is one"),
        (1, "card service data", "selection by full AID, selection by partial AID, data objects "
         "in EF.DIR, EF.DIR and EF.ATR/INFO by READ RECORD, no MF"),
        (3, "card capabilities", "DF selection by full DF name, partial DF name, path, "
         "file identifier, implicit, short EF identifiers, record numbers, EFs of TLV structure, "
         "writing is write OR, FF is valid as a tag's first byte, data units of 32 quartets, "
         "command chaining, extended Lc and Le, extended lengths told in EF.ATR/INFO, "
         "6 logical channels, channel numbers assigned by the interface device or the card"),
        (7, "status indicator", "life cycle: creation, 9000 (OK)"),
        (11, "application identifier", "A0"),
    ]  # fmt: skip


def test_each_object_is_explained():
    cases = [
        ("00 65766361 7264 059000", (7, "status", "life cycle: operational, activated, 9000 (OK)")),
        ("00 9000", (1, "status", "9000 (OK)")),
        ("00 050000", (1, "status", "life cycle: operational, activated, no status word")),
        ("00 07", (1, "status", "life cycle: operational, activated")),
        ("10 4142", (1, "DIR data reference", '"AB"')),
        ("C0 02", (1, "proprietary", '"."')),
        ("80 67 41", (1, "pre-issuing data", '7 bytes announced, 1 there: "A"')),
        ("80 60", (1, "pre-issuing data", "empty")),
        ("80 91 41", (1, "tag 9", '"A"')),
        ("80 11 49", (1, "country code", "49")),
        ("80 7100", (1, "card capabilities", "DF selection by nothing")),
        ("80 73000100", (1, "card capabilities", "DF selection by nothing, writing is one-time "
         "write, FF is not valid as a tag's first byte, data units of 2 quartets, "
         "no logical channels")),
        ("80 730000 0F", (1, "card capabilities", "DF selection by nothing, writing is one-time "
         "write, FF is not valid as a tag's first byte, data units of 1 quartets, "
         "8 or more logical channels, channel numbers assigned by the card")),
        ("80 84 01020304", (1, "status indicator", "01020304")),
        ("80 3106", (1, "card service data", "EF.DIR and EF.ATR/INFO by a reserved way, with MF")),
    ]  # fmt: skip
    for raw, line in cases:
        assert line in told(raw)


@pytest.mark.parametrize(
    ("category", "text"), [("85", "reserved"), ("21", "proprietary"), ("90", "proprietary")]
)
def test_other_categories_are_named(category, text):
    assert told(category) == [(0, "category", text)]


def test_life_cycles_are_named():
    cases = [
        (0, "no information"),
        (2, "reserved"),
        (5, "operational, activated"),
        (0x0D, "terminated"),
        (0x10, "proprietary"),
    ]
    for value, text in cases:
        assert life_cycle(value) == text
