"""The card's end of T=1."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kits import golden
from tests.kits.conversation import short
from tests.kits.t1_pair import AID, POOLS, SELECT, Echo, Pair, blocks, echo, leads_to
from vcard import Busy, Card
from vcard.applet import Applet, handles
from vcard.atr.values import Edc
from vcard.contact import nads_of_ports
from vcard.transmission.steps import Done
from vcard.transmission.t1_block import (
    Block,
    Complaint,
    Supervision,
    i_block,
    r_block,
    s_request,
    s_response,
)
from vcard.transmission.t1_card import CARD_ROWS, CardState, T1Card


def card(**kwargs) -> T1Card:
    made = T1Card(Card(Echo()), **kwargs)
    made.power_up()
    return made


def told(made: T1Card, block: Block) -> Block | Busy | None:
    answer = made.exchange(bytes(block))
    return Block.parse(answer, made.edc) if isinstance(answer, bytes) else answer


def selected(**kwargs) -> T1Card:
    made = card(**kwargs)
    assert told(made, i_block(0, 0, SELECT)) == i_block(0, 0, b"\x90\x00")
    return made


def test_a_slow_card_asks_for_time_with_an_s_block():
    pair = Pair()
    pair.transmit(SELECT)
    pair.trace.clear()
    assert pair.transmit(bytes.fromhex("0020030000")) == b"late\x90\x00"
    kinds = [f"{Block.parse(raw).pcb:02X}" for _, raw in pair.trace]
    assert kinds == ["40", "C3", "E3", "40"]
    assert pair.card_s == 3.0


def test_work_that_fits_into_the_waiting_time_needs_no_extension():
    pair = Pair()
    pair.transmit(SELECT)
    pair.trace.clear()
    assert pair.transmit(bytes.fromhex("0020010000")) == b"late\x90\x00"
    assert len(pair.trace) == 2


def test_work_beyond_the_longest_extension_asks_more_than_once():
    pair = Pair(card=T1Card(Card(Echo()), bwt_s=0.01))
    pair.transmit(SELECT)
    pair.trace.clear()
    assert pair.transmit(bytes.fromhex("0020050000")) == b"late\x90\x00"
    pcbs = [raw[1] for _, raw in pair.trace]
    assert pcbs == [0x40, 0xC3, 0xE3, 0xC3, 0xE3, 0xC3, 0xE3, 0x40]
    assert pair.card_s == pytest.approx(5.0)


def waiting_for_time() -> tuple[T1Card, Block]:
    made = selected()
    asked = told(made, i_block(0, 1, bytes.fromhex("0020030000")))
    assert asked == s_request(0, Supervision.WTX, b"\x03")
    return made, asked


def test_a_request_is_repeated_twice_until_its_response_comes():
    cases = [
        s_response(0, Supervision.WTX, b"\x04"),
        s_response(0, Supervision.IFS, b"\x03"),
        r_block(0, 1, Complaint.OTHER),
        i_block(0, 0, bytes(5)),
        s_request(0, Supervision.ABORT),
        s_request(0, Supervision.IFS, b"\x20"),
    ]
    for block in cases:
        made, asked = waiting_for_time()
        assert [told(made, block) for _ in range(3)] == [asked, asked, None]
        busy = told(made, s_response(0, Supervision.WTX, b"\x03"))
        assert isinstance(busy, Busy)
        assert Block.parse(busy.finish()).inf == b"late\x90\x00"


def test_a_card_that_works_on_asks_for_time_after_each_piece():
    made = selected()
    made.contact.exchange = lambda *_: Busy(0.1, lambda: Busy(0.1, lambda: b"late\x90\x00"))
    busy = told(made, i_block(0, 1, SELECT))
    assert isinstance(busy, Busy)
    asked = Block.parse(busy.finish())
    assert asked == s_request(0, Supervision.WTX, b"\x01")
    busy = told(made, s_response(0, Supervision.WTX, b"\x01"))
    assert isinstance(busy, Busy)
    assert Block.parse(busy.finish()).inf == b"late\x90\x00"


def test_work_that_was_overtaken_by_a_resynchronisation_or_a_reset_says_nothing():
    for overtake in (
        lambda made: told(made, s_request(0, Supervision.RESYNCH)),
        T1Card.power_up,
        T1Card.power_down,
    ):
        made, _ = waiting_for_time()
        busy = told(made, s_response(0, Supervision.WTX, b"\x03"))
        overtake(made)
        assert busy.finish() is None


def test_both_ends_agree_to_an_ifsd():
    pair = Pair()
    assert pair.run(pair.host.negotiate(254)) == Done(b"")
    assert pair.card.ifsd == 254


def test_a_card_may_ask_for_another_ifsc_before_it_takes_the_first_command():
    for first in (SELECT, echo(300)):
        pair = Pair(card=T1Card(Card(Echo()), asks_ifsc=100))
        pair.transmit(first)
        assert [raw[1] for _, raw in pair.trace][1:3] == [0xC1, 0xE1]
        assert pair.host.ifsc == pair.card.ifsc == 100
        assert pair.transmit(SELECT) == b"\x90\x00"


def test_another_answer_to_the_wish_for_an_ifsc_is_not_taken():
    made = card(asks_ifsc=100)
    asked = told(made, i_block(0, 0, SELECT))
    assert asked == s_request(0, Supervision.IFS, b"\x64")
    assert told(made, s_response(0, Supervision.IFS, b"\x20")) == asked
    assert told(made, s_response(0, Supervision.IFS, b"\x64")) == i_block(0, 0, b"\x90\x00")


def test_a_block_larger_than_the_ifsc_is_refused():
    assert told(card(ifsc=8), i_block(0, 0, bytes(9))) == r_block(0, 0, Complaint.OTHER)


def test_a_wrong_code_and_a_wrong_length_are_complained_about_differently():
    good = bytes(i_block(0, 0, SELECT))
    made = card()
    assert made.exchange(good[:-1] + b"\xff") == bytes(r_block(0, 0, Complaint.EDC_OR_PARITY))
    assert made.exchange(good[:-1]) == bytes(r_block(0, 0, Complaint.OTHER))
    assert made.exchange(b"") is None
    assert made.exchange(good) == bytes(i_block(0, 0, b"\x90\x00"))  # an error-free block


def test_a_repeated_command_is_not_done_twice():
    made = selected()
    command = i_block(0, 1, bytes.fromhex("001000000141"))
    assert told(made, command) == i_block(0, 1, b"A\x90\x00")
    assert told(made, command) == r_block(0, 0, Complaint.OTHER)
    assert told(made, r_block(0, 1, Complaint.NONE)) == i_block(0, 1, b"A\x90\x00")
    assert made.contact.applets[0].count == 1


def test_a_chained_response_goes_on_and_back_as_asked():
    made = selected(ifsc=254)
    first = told(made, i_block(0, 1, bytes.fromhex("0010000028") + bytes(40)))
    assert first == i_block(0, 1, bytes(32), more=True)
    assert told(made, r_block(0, 1, Complaint.OTHER)) == first
    last = told(made, r_block(0, 0, Complaint.NONE))
    assert last == i_block(0, 0, bytes(8) + b"\x90\x00")
    assert told(made, r_block(0, 1, Complaint.NONE)) == last  # nothing is next
    assert made.state is CardState.LISTENING


def test_the_host_may_abort_its_chain_or_ours():
    made = selected(ifsc=254)
    told(made, i_block(0, 1, b"\xff" * 8, more=True))
    assert told(made, s_request(0, Supervision.ABORT)) == s_response(0, Supervision.ABORT)
    told(made, i_block(0, 0, bytes.fromhex("0010000028") + bytes(40)))
    assert made.state is CardState.ANSWERING
    assert told(made, s_request(0, Supervision.ABORT)) == s_response(0, Supervision.ABORT)
    assert told(made, i_block(0, 1, bytes.fromhex("001000000141"))).inf == b"A\x90\x00"


def test_a_command_without_end_is_aborted_and_answered_with_wrong_length():
    pair = Pair(card=T1Card(Card(Echo()), ifsc=254))
    pair.host.ifsc = 254
    assert pair.transmit(bytes(70000)) == b"\x67\x00"
    assert [raw[1] for _, raw in pair.trace][-3:-1] == [0xC2, 0xE2]
    assert pair.transmit(SELECT) == b"\x90\x00"


@pytest.mark.parametrize("inf", [b"\x00", b"\xff"])
def test_a_reserved_size_is_not_agreed_to(inf):
    assert told(card(), s_request(0, Supervision.IFS, inf)) == r_block(0, 0, Complaint.OTHER)


def test_an_r_block_before_anything_was_sent_is_complained_about():
    assert told(card(), r_block(0, 0, Complaint.NONE)) == r_block(0, 0, Complaint.OTHER)


def test_a_mute_card_is_mute_in_blocks_too():
    made = T1Card(Card(Echo()))
    assert made.exchange(bytes(i_block(0, 0, SELECT))) is None


class Where(Applet):
    aid = AID

    @handles(ins=0x10)
    def where(self, command):
        return bytes((self.channel.port,))


def test_a_nad_selects_a_port_and_all_share_one_pair_of_numbers():
    pair = Pair(card=T1Card(Card(Where(), ports=3), nads=nads_of_ports(3)))
    for nad, port in ((0x00, 0), (0x10, 1), (0x10, 1), (0x20, 2), (0x00, 0), (0x10, 1)):
        pair.host.nad = nad
        assert pair.transmit(SELECT) == b"\x90\x00"
        assert pair.transmit(bytes.fromhex("0010000000")) == bytes((port,)) + b"\x90\x00"
    assert {raw[1] for _, raw in pair.trace} == {0x00, 0x40}
    pair.host.nad = 0x40
    assert pair.transmit(SELECT) is None


def test_a_chain_stays_with_its_nad():
    made = card(nads=nads_of_ports(2))
    told(made, i_block(0x10, 0, bytes(8), more=True))
    assert told(made, i_block(0x00, 1, bytes(8))) == r_block(0x01, 1, Complaint.OTHER)


def test_another_table_of_nads_can_be_given():
    pair = Pair(card=T1Card(Card(Where(), ports=2), nads={0x21: 1}))
    pair.host.nad = 0x21
    pair.transmit(SELECT)
    assert pair.transmit(bytes.fromhex("0010000000")) == b"\x01\x90\x00"


def tell(edc: Edc, ports: int | None, sent: list[bytes | None]) -> None:
    made = card(edc=edc, nads=ports and nads_of_ports(ports))
    for raw in sent:
        before = made.state
        answer = made.exchange(raw or b"")
        assert made.state is before or made.state in leads_to(CARD_ROWS, before)
        if isinstance(answer, Busy):
            answer = answer.finish()
        assert answer is None or Block.parse(answer, edc)
    made.power_up()
    assert told(made, Block(0, 0, SELECT, edc)).inf == b"\x90\x00"


@given(blocks(Edc.LRC), blocks(Edc.CRC), st.sampled_from([None, 2]))
def test_any_blocks_are_answered_by_a_block_or_by_silence(plain, checked, ports):
    tell(Edc.LRC, ports, plain)
    tell(Edc.CRC, ports, checked)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(blocks(Edc.LRC), st.sampled_from([None, 2]))
def test_ten_thousand_times_any_blocks_are_answered(sent, ports):
    tell(Edc.LRC, ports, sent)


def before_any_host(seed):
    """A card's end before a host that sends anything."""
    dice = Random(seed)
    edc = dice.choice(list(Edc))
    card = T1Card(Card(Echo()))
    card.edc = edc
    card.power_up()
    yield f"card {seed} {edc.name}"
    for _ in range(40):
        block = dice.choice(POOLS[edc])
        if dice.random() < 0.3:
            block = bytes(
                Block(0, dice.choice((0x00, 0x40)), dice.choice((SELECT, echo(60)[:30])), edc)
            )
        yield f"  > {short(block)}"
        answer = card.exchange(block)
        while isinstance(answer, Busy):
            yield f"  busy {answer.seconds:.3f}"
            answer = answer.finish()
        yield f"  < {None if answer is None else short(answer)}"


def test_a_card_before_any_host_goes_on_as_it_always_did():
    golden.check("t1-card", (line for seed in range(12) for line in before_any_host(seed)))
