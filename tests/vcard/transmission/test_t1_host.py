"""The host's end of T=1, and both ends together on a faulty line."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from tests.kits import golden
from tests.kits.conversation import short
from tests.kits.t1_pair import POOLS, SELECT, TO_CARD, TO_HOST, Echo, Pair, blocks, echo, leads_to
from vcard import Card
from vcard.atr.values import Edc
from vcard.transmission.steps import Dead, Done, Send
from vcard.transmission.t1_block import (
    Block,
    Complaint,
    Supervision,
    i_block,
    r_block,
    s_request,
    s_response,
)
from vcard.transmission.t1_card import T1Card
from vcard.transmission.t1_host import HOST_ROWS, HostEnd, HostState
from vcard.transmission.t1_retries import Rules


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


# Faults: every block of a command of 2,000 bytes and its response of 2,000 bytes


def whole(response: bytes | None) -> bool:
    return response == echo(2000)[7:-2] + b"\x90\x00"


def after_a_fault(ifs: int, way: str, first: int, kind: str, times: int) -> tuple[str, int]:
    """Return the result of an exchange, and the number of executions of the command."""
    made = pair(ifs)
    made.faults = {(way, first + k): kind for k in range(times)}
    response = made.transmit(echo(2000))
    count = made.applet.count
    made.faults = {}
    if response is None:
        made.reset()
        assert made.transmit(SELECT) == b"\x90\x00"
    assert made.transmit(echo(40)) == echo(40)[7:-2] + b"\x90\x00"
    assert response is None or whole(response)
    return ("dead" if response is None else "ok"), count


def expected(way: str, kind: str, times: int) -> set[tuple[str, int]]:
    if kind in ("lost", "late"):  # silence: libccid gives up at once
        return {("dead", 0), ("dead", 1)}
    if kind == "twice" or times <= 2:  # rules 7.1 and 7.2: asked for again, done once
        return {("ok", 1)}
    if way == TO_CARD:  # rule 7.4.3: the card complains twice, then it is silent
        return {("dead", 0), ("dead", 1)}
    return {("ok", 1), ("ok", 2)}  # rule 6: restarted, so the command may be done again


KINDS = ("edc", "parity", "cut", "twice", "lost", "late")
BLOCKS = {254: 15, 16: 251}


def survive(ifs: int, way: str, kind: str, times: int) -> None:
    seen = {after_a_fault(ifs, way, first, kind, times) for first in range(BLOCKS[ifs])}
    assert seen <= expected(way, kind, times)


def test_the_exchange_has_as_many_blocks_as_are_made_faulty():
    for ifs, number in BLOCKS.items():
        made = pair(ifs)
        assert whole(made.transmit(echo(2000)))
        assert made.counts == {TO_CARD: number, TO_HOST: number}


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow), 3])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [TO_CARD, TO_HOST])
def test_a_fault_in_any_large_block_ends_as_the_rules_say(way, kind, times):
    survive(254, way, kind, times)


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [TO_CARD, TO_HOST])
def test_a_fault_in_any_small_block_ends_as_the_rules_say(way, kind, times):
    survive(16, way, kind, times)


@pytest.mark.parametrize("kind", ["edc", "parity", "cut"])
def test_a_line_that_never_works_again_ends_with_three_resynchronisations(kind):
    made = pair(254)
    made.faults = {(TO_HOST, number): kind for number in range(1000)}
    assert made.transmit(echo(2000)) is None
    sent = [raw[1] for way, raw in made.trace if way == TO_CARD]
    assert sent[0] & 0x80 == 0
    assert sent[1:] == [0x91, 0x91, 0xC0, 0xC0, 0xC0]


@pytest.mark.parametrize("first", range(15))
@pytest.mark.parametrize("way", [TO_CARD, TO_HOST])
def test_a_reader_that_does_not_flush_gives_no_wrong_bytes_in_that_exchange(way, first):
    made = pair(254, flushes=False)
    made.faults = {(way, first): "twice"}
    response = made.transmit(echo(2000))
    assert response is None or whole(response)


# Single steps that no card of ours takes


def started(ifsc: int = 32, rules: Rules | None = None, apdu: bytes = bytes(5)) -> HostEnd:
    host = HostEnd(ifsc, rules=rules)
    assert host.start(apdu) == Send(bytes(i_block(0, 0, apdu[:ifsc], more=len(apdu) > ifsc)))
    return host


def test_supervision_requests_are_answered_with_their_own_byte():
    host = started()
    for what, inf in (
        (Supervision.IFS, b"\x10"),
        (Supervision.WTX, b"\x05"),
        (Supervision.ABORT, b""),
    ):
        answer = bytes(s_response(0, what, inf))
        wtx = 5 if what is Supervision.WTX else 0
        assert host.receive(bytes(s_request(0, what, inf))) == Send(answer, wtx=wtx)
    assert host.ifsc == 16


def test_a_new_ifsc_counts_from_the_next_block_on():
    host = started(apdu=bytes(40))
    host.receive(bytes(s_request(0, Supervision.IFS, b"\x04")))
    assert host.receive(bytes(r_block(0, 1, Complaint.NONE))) == Send(
        bytes(i_block(0, 1, bytes(4), more=True))
    )


@pytest.mark.parametrize(
    "block",
    [
        s_request(0, Supervision.RESYNCH),  # the card is not allowed to
        s_request(0, Supervision.IFS, b"\0"),
        Block(0, 0xC7),  # no such S-block
    ],
)
def test_what_a_card_may_not_send_makes_the_host_resynchronise(block):
    assert started().receive(bytes(block)) == Send(bytes(s_request(0, Supervision.RESYNCH)))


def test_an_invalid_block_is_asked_for_again():
    cases = [
        "000300",
        "008001 00 81",
        "00A000A0",
        "0090 0090",
        "00E3 0101 E3",
        "00C3 00C3",
        "0000FF00",
        "0040 0040",
        "00",
    ]
    for raw in cases:
        step = started().receive(bytes.fromhex(raw))
        assert isinstance(step, Send)
        assert step.data[1] & 0xEF in (0x81, 0x82)


def test_a_card_that_goes_on_with_nothing_is_cut_short():
    host = started(rules=Rules(patience=10))
    step = None
    for _ in range(11):
        step = host.receive(bytes(s_request(0, Supervision.WTX, b"\1")))
    assert step == Dead("too many blocks without progress")


def test_a_response_without_end_is_cut_short():
    host = started()
    step, number = None, 0
    while not isinstance(step, Dead):
        step = host.receive(bytes(i_block(0, number & 1, bytes(254), more=True)))
        number += 1
    assert step == Dead("the response is too long")
    assert number == 65538 // 254 + 1


def test_a_wish_for_blocks_that_do_not_exist_makes_the_host_resynchronise():
    host = started()
    host.receive(bytes(i_block(0, 0, b"a", more=True)))
    step = host.receive(bytes(r_block(0, 1, Complaint.NONE)))
    assert step == Send(bytes(r_block(0, 1, Complaint.NONE)))  # rule 7.2


def test_a_resynchronised_card_hears_the_whole_command_unless_the_rules_say_otherwise():
    for rules, rest in ((Rules(), bytes(40)), (Rules(whole=False), bytes(8))):
        host = started(rules=rules, apdu=bytes(40))
        host.receive(bytes(r_block(0, 1, Complaint.NONE)))
        host.receive(bytes(s_request(0, Supervision.RESYNCH)))
        step = host.receive(bytes(s_response(0, Supervision.RESYNCH)))
        assert step == Send(bytes(i_block(0, 0, rest[:32], more=len(rest) > 32)))


def test_a_negotiation_is_tried_three_times_with_nad_00():
    host = HostEnd()
    host.nad = 0x10
    asked = Send(bytes(s_request(0, Supervision.IFS, b"\xfe")))
    assert host.negotiate(254) == asked
    assert host.receive(bytes(s_response(0, Supervision.IFS, b"\x20"))) == asked
    assert host.receive(None, parity=True) == asked
    assert host.receive(bytes(4)) == Dead("the card does not agree to an IFSD")


def test_a_negotiation_with_a_mute_card_fails_at_once():
    host = HostEnd()
    host.negotiate(254)
    assert host.receive(None) == Dead("the card is mute")


@pytest.mark.parametrize("ifsd", [0, 255])
def test_reserved_sizes_cannot_be_negotiated(ifsd):
    with pytest.raises(ValueError, match="IFSD is"):
        HostEnd().negotiate(ifsd)


def test_an_empty_command_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least one byte"):
        HostEnd().start(b"")


def test_the_prologue_of_a_pin_block_uses_up_a_sequence_number():
    host = HostEnd()
    assert host.secure_prologue(13) == bytes.fromhex("00000D")
    assert host.secure_prologue(13) == bytes.fromhex("00400D")
    host.secure_undone()
    assert host.secure_prologue(13) == bytes.fromhex("00400D")


def test_a_card_that_asks_twice_for_the_same_gets_it_twice():
    host = started(apdu=bytes(40))
    again = Send(bytes(i_block(0, 0, bytes(32), more=True)))
    assert host.receive(bytes(r_block(0, 0, Complaint.OTHER))) == again
    assert host.receive(bytes(r_block(0, 0, Complaint.OTHER))) == again


def test_a_card_that_asks_for_more_than_there_is_is_resynchronised():
    """The card answers a command before it has all of it, and then requests the rest."""
    host = started(apdu=bytes(33))
    host.receive(bytes(r_block(0, 1, Complaint.NONE)))
    host.receive(bytes(i_block(0, 0, b"a", more=True)))
    host.receive(bytes(s_request(0, Supervision.WTX, b"\1")))
    step = host.receive(bytes(r_block(0, 0, Complaint.NONE)))
    assert step == Send(bytes(r_block(0, 1, Complaint.NONE)))


def test_an_empty_piece_is_no_progress():
    host = started(rules=Rules(patience=5))
    steps = [host.receive(bytes(i_block(0, n & 1, b"", more=True))) for n in range(7)]
    assert steps[-1] == Dead("too many blocks without progress")


def test_a_card_that_makes_the_host_begin_again_and_again_is_left():
    host = started(rules=Rules(patience=20))
    step, rounds = Send(b""), 0
    while isinstance(step, Send):
        for block in (
            i_block(0, 0, b"a", more=True),
            s_request(0, Supervision.RESYNCH),
            s_response(0, Supervision.RESYNCH),
        ):
            step = host.receive(bytes(block))
        rounds += 1
    assert rounds == 8


def test_a_resynchronised_card_that_asks_for_a_block_it_had_is_asked_to_resynchronise():
    host = started()
    host.receive(bytes(i_block(0, 0, b"a", more=True)))
    resynch = Send(bytes(s_request(0, Supervision.RESYNCH)))
    assert host.receive(bytes(s_request(0, Supervision.RESYNCH))) == resynch
    assert host.receive(bytes(r_block(0, 0, Complaint.NONE))) == resynch


def hear(edc: Edc, answers: list[bytes | None]) -> None:
    host = HostEnd(16, edc)
    step = host.start(bytes(40))
    for answer in answers:
        if not isinstance(step, Send):
            break
        Block.parse(step.data, edc)
        before = host.state
        step = host.receive(answer)
        assert host.state is before or host.state in leads_to(HOST_ROWS, before)
    assert isinstance(step, Send | Done | Dead)


@given(blocks(Edc.LRC), blocks(Edc.CRC))
def test_any_blocks_get_an_answer_or_end_the_exchange(plain, checked):
    hear(Edc.LRC, plain)
    hear(Edc.CRC, checked)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(blocks(Edc.LRC))
def test_ten_thousand_times_any_blocks_get_an_answer(answers):
    hear(Edc.LRC, answers)


DISTURBANCES = ("edc", "lost", "twice", "cut", "late", "parity")


def in_words(step):
    """A step of the host's end as text."""
    if isinstance(step, Send):
        return f"send {short(step.data)} want {step.want}"
    return f"done {short(step.response)}" if isinstance(step, Done) else f"dead: {step.reason}"


def disturbed(seed):
    """Exchanges over a line with some faults, block by block."""
    dice = Random(seed)
    pair = Pair(host=HostEnd(rules=Rules(patience=60, whole=dice.random() < 0.7)))
    pair.faults = {
        (dice.choice((TO_CARD, TO_HOST)), dice.randrange(14)): dice.choice(DISTURBANCES)
        for _ in range(dice.choice((0, 1, 2, 4, 6)))
    }
    yield f"line {seed}: {sorted((way, n, fault) for (way, n), fault in pair.faults.items())}"
    for apdu in (
        SELECT,
        echo(dice.choice((0, 1, 20))),
        echo(dice.choice((31, 60, 300))),
        b"\0\x20\3\0",
    ):
        answer = pair.transmit(apdu)
        yield from (
            f"  {'>' if way == TO_CARD else '<'} {short(block)}" for way, block in pair.trace
        )
        yield f"  {None if answer is None else short(answer)} {pair.host.state.name}"
        pair.trace.clear()


def test_exchanges_over_a_disturbed_line_go_as_they_always_went():
    golden.check("t1-line", (line for seed in range(20) for line in disturbed(seed)))


def alone(seed):
    """The host's end before a card that sends anything."""
    dice = Random(seed)
    edc = dice.choice(list(Edc))
    host = HostEnd(dice.choice((1, 32, 254)), edc, Rules(whole=dice.random() < 0.5))
    yield f"host {seed} {edc.name} {host.ifsc}"
    step = host.negotiate(254) if dice.random() < 0.3 else host.start(echo(40))
    for _ in range(25):
        yield f"  {in_words(step)} {host.state.name}"
        if not isinstance(step, Send):
            step = host.start(SELECT)
            continue
        block = dice.choice(POOLS[edc]) if dice.random() < 0.9 else None
        yield f"  < {'silence' if block is None else short(block)}"
        step = host.receive(block, parity=dice.random() < 0.05)


def test_a_host_before_any_card_goes_on_as_it_always_did():
    golden.check("t1-host", (line for seed in range(16) for line in alone(seed)))
