"""The card's end of T=1."""

from __future__ import annotations

from tests.vcard.t1_pair import SELECT, Pair
from vcard.steps import Done
from vcard.t1 import Block


def test_a_slow_card_asks_for_time_with_an_s_block():
    pair = Pair()
    pair.transmit(SELECT)
    pair.trace.clear()
    assert pair.transmit(bytes.fromhex("0020030000")) == b"late\x90\x00"
    kinds = [f"{Block.parse(raw).pcb:02X}" for _, raw in pair.trace]
    assert kinds == ["40", "C3", "E3", "40"]
    assert pair.card_s == 3.0


def test_both_ends_agree_to_an_ifsd():
    pair = Pair()
    assert pair.run(pair.host.negotiate(254)) == Done(b"")
    assert pair.card.ifsd == 254
