"""The host's end of T=1, and both ends together on a faulty line."""

from __future__ import annotations

import pytest

from tests.vcard.t1_pair import SELECT, TO_CARD, TO_HOST, Echo, Pair, echo
from vcard import Card
from vcard.atr_values import Edc
from vcard.steps import Dead, Done
from vcard.t1_card import T1Card
from vcard.t1_host import HostEnd, HostState


def pair(ifs: int = 32, edc: Edc = Edc.LRC, **kwargs) -> Pair:
    made = Pair(host=HostEnd(ifs, edc), **kwargs)
    made.applet = Echo()
    made.card = T1Card(Card(made.applet), ifsc=ifs, edc=edc)
    made.card.power_up()
    assert made.run(made.host.negotiate(ifs)) == Done(b"")
    assert made.transmit(SELECT) == b"\x90\x00"
    made.trace.clear()
    made.counts = {TO_CARD: 0, TO_HOST: 0}
    return made


def on_the_wire(made: Pair) -> list[str]:
    return [("> " if way == TO_CARD else "< ") + raw.hex(" ") for way, raw in made.trace]


@pytest.mark.parametrize("edc", Edc)
@pytest.mark.parametrize("ifs", [1, 16, 32, 254])
def test_commands_and_responses_of_any_length_pass(ifs, edc):
    made = pair(ifs, edc)
    for size in (1, ifs, ifs + 1, 255, 600):
        assert made.transmit(echo(size)) == echo(size)[7:-2] + b"\x90\x00"
    assert made.applet.count == 5


def test_a_card_that_does_not_know_the_nad_answers_twice_and_goes_mute():
    """The session of a log of 2024, block by block."""
    made = pair()
    made.host.nad = 0x2A
    assert made.transmit(bytes(4)) is None
    assert on_the_wire(made) == [
        "> 2a 40 04 00 00 00 00 6e",
        "< 00 92 00 92",
        "> 2a 92 00 b8",
        "< 00 92 00 92",
        "> 2a 92 00 b8",
    ]
    assert made.host.state is HostState.DEAD
    assert made.host.start(SELECT) == Dead("the card must be reset first")
    made.reset()
    assert made.transmit(SELECT) == b"\x90\x00"


def test_the_pictures_states_are_left_only_by_a_reset():
    host = HostEnd()
    host.start(bytes(4))
    assert host.receive(None) == Dead("the card is mute")
    assert isinstance(host.receive(b"\0\0\2\x90\0\x92"), Dead)
    assert isinstance(host.negotiate(254), Dead)
