"""Protocol and parameters selection."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vcard.atr.atr import Atr
from vcard.atr.values import SpecificMode
from vcard.transmission.pps import Pps, respond

VECTORS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parents[2] / "vectors/pps.txt").read_text().splitlines()
    if not line.startswith("#")
]


def words(raw: bytes) -> str:
    try:
        pps = Pps.parse(raw)
    except ValueError:
        return "wrong"
    return f"T={pps.protocol}" + ("" if pps.pps1 is None else f" PPS1={pps.pps1:02X}")


def test_requests_are_read():
    for raw, meaning, _ in VECTORS:
        assert words(bytes.fromhex(raw.replace(" ", ""))) == meaning


@given(st.binary(max_size=8) | st.binary(min_size=2, max_size=6).map(lambda b: b"\xff" + b))
def test_any_bytes_are_a_pps_or_a_value_error(raw):
    try:
        pps = Pps.parse(raw)
    except ValueError:
        return
    assert bytes(pps) == raw


def optional():
    return st.none() | st.integers(0, 255)


@given(st.integers(0, 15), optional(), optional(), optional())
def test_what_was_written_is_read_again(protocol, pps1, pps2, pps3):
    pps = Pps(protocol, pps1, pps2, pps3)
    assert Pps.parse(bytes(pps)) == pps


def test_a_card_agrees_to_what_its_atr_offers():
    cases = [
        (Pps(0, 0x96), Pps(0, 0x96)),
        (Pps(1, 0x94), Pps(1, 0x94)),  # a slower Di with the card's own Fi
        (Pps(1, 0x11), Pps(1, 0x11)),
        (Pps(1, 0x97), Pps(1)),  # faster than the card can
        (Pps(1, 0x13), Pps(1)),
        (Pps(1, None, 0x01), Pps(1)),
        (Pps(2), None),
    ]
    for asked, answer in cases:
        atr = Atr.build((0, 1), fi=512, di=32)
        assert respond(asked, atr) == answer


def test_a_card_with_logical_interfaces_agrees_to_pps2():
    assert respond(Pps(0, None, 1), Atr.build((0, 1), uicc=0x83)) == Pps(0, None, 1)
    assert respond(Pps(0, None, 1), Atr.build((0, 1), uicc=0x82)) == Pps(0)


def test_a_card_in_specific_mode_does_not_answer():
    assert respond(Pps(1), Atr.build((1,), specific=SpecificMode(1))) is None
