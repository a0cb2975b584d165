"""Cards are found in the list of pcsc-tools; all of the list can be explained."""

import pytest
from smartcard.ATR import ATR

from ifd_bridge.explain.atr_list import LIST, Entry, known_cards, parse, read
from vcard.atr.atr import Atr
from vcard.atr.text import explain
from vcard.atr.values import FI

SMALL = """\
# comment
\tlost
3B 02 10 50
\tone card
\tanother card

3b 02 .. 50
\tone of several
3B 02 (
3B0211 51
"""


def test_a_list_is_read_entry_by_entry():
    assert list(parse(SMALL.splitlines(keepends=True))) == [
        Entry("3B 02 10 50", ("one card", "another card")),
        Entry("3B 02 .. 50", ("one of several",)),
        Entry("3B 02 ("),
        Entry("3B0211 51"),
    ]
    assert list(parse([])) == []


def test_exact_entries_come_before_patterns(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(SMALL)
    entries = read(path)
    found = known_cards(bytes.fromhex("3B021050"), reversed(entries))
    assert found == ["one card", "another card", "one of several"]
    assert known_cards(bytes.fromhex("3B021150"), entries) == ["one of several"]
    assert known_cards(b"\x3b", entries) == []


def test_no_list_names_no_card(tmp_path):
    assert read(tmp_path / "absent.txt") == []


needs_list = pytest.mark.skipif(not LIST.exists(), reason="pcsc-tools' list is not installed")


def known_atrs() -> list[bytes]:
    return [entry.raw for entry in read() if entry.raw is not None]


@needs_list
@pytest.mark.slow
def test_every_atr_of_the_installed_list_is_explained():
    atrs = known_atrs()
    assert len(atrs) > 3000
    for raw in atrs:
        atr = Atr.parse(raw)
        assert b"".join(line.raw for line in explain(atr)) == raw
        assert all(str(problem) for problem in atr.problems)


def differences(raw: bytes, ours: Atr, theirs: ATR) -> set[str]:
    """The fields that pyscard knows and that differ, by name."""
    layout = ours.layout
    pairs = {
        "interface bytes": (
            [(g.ta, g.tb, g.tc, g.td) for g in layout.groups],
            list(zip(theirs.TA, theirs.TB, theirs.TC, theirs.TD, strict=True)),
        ),
        "historical": (list(ours.historical), theirs.getHistoricalBytes()),
        "checksum": (layout.tck, theirs.getChecksum()),
        "checksum right": (
            layout.tck is not None and not any("TCK" in p.text for p in ours.problems),
            bool(theirs.checksumOK),
        ),
        "F": (ours.fi, theirs.getClockRateConversion()),
        "D": (ours.di, theirs.getBitRateFactor()),
        "N": (layout.group(1).tc, theirs.getGuardTime()),
        "protocols": (
            {f"T={t}" for t in layout.announced},
            set(theirs.getSupportedProtocols()),
        ),
    }
    return {
        name for name, (one, other) in pairs.items() if one != (None if other == "RFU" else other)
    }


@needs_list
@pytest.mark.slow
def test_pyscard_agrees_but_where_the_standard_is_on_our_side():
    """The reasons for which pyscard may differ, each bound to the ATRs that have it."""
    seen = set()
    for raw in known_atrs():
        ours = Atr.parse(raw)
        theirs = ATR(list(raw))
        reasons = set()
        if ours.layout.surplus:
            # pyscard sees no TCK where anything follows it.
            reasons |= {"checksum", "checksum right"}
        if ours.layout.tck is not None and not ours.layout.tck_needed:
            # pyscard takes any last byte for TCK, also where T=0 alone forbids one.
            reasons |= {"checksum", "checksum right"}
        found = differences(raw, ours, theirs)
        assert found <= reasons, raw.hex(" ")
        seen |= found
    assert seen == {"checksum", "checksum right"}
    assert [ATR.clockrateconversion[code] for code in FI] == [fi for fi, _ in FI.values()]


def test_a_pattern_that_is_none_fits_nothing():
    assert not Entry("3B (00").matches(bytes.fromhex("3B00"))
