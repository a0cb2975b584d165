"""The card's end of T=0, alone and with the host's end."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kits import golden
from tests.kits.conversation import COMMANDS, answer, short
from vcard import Busy
from vcard.transmission.steps import Done, drive
from vcard.transmission.t0_card import T0Card
from vcard.transmission.t0_host import T0Host
from vcard.transmission.wire import Wire

ATR = bytes.fromhex("3B00")


class Fake:
    """Answers from a function, and remembers what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def power_up(self):
        return ATR

    def power_down(self):
        pass

    def exchange(self, command, port=None):
        self.asked.append(command.hex())
        return self.answer(command) if callable(self.answer) else self.answer


def card(answer=b"\x90\x00", **kwargs) -> T0Card:
    made = T0Card(Fake(answer), **kwargs)
    made.power_up()
    return made


def tpdu(made: T0Card, raw: str, *, known: bool = True) -> str | None:
    """A host's answer to a TPDU, in hex; `known`: the card knows the direction."""
    wire = Wire(made.contact, ATR)
    wire.end = made
    data = bytes.fromhex(raw)
    wire.outgoing = len(data) <= 5 if known else None
    engine = T0Host()
    step = drive(
        engine, engine.start(data), lambda send: now(wire.characters(send.data, send.want))
    )
    return step.response.hex() if isinstance(step, Done) else None


def now(answer):
    while isinstance(answer, Busy):
        answer = answer.finish()
    return answer


def test_data_to_the_card_come_after_its_ack():
    made = card()
    assert made.exchange(bytes.fromhex("00D6000002")) == b"\xd6"
    assert made.exchange(b"A") == b""
    assert made.exchange(b"B") == b"\x90\x00"
    assert made.contact.asked == ["00d60000024142"]


def test_a_header_may_come_in_pieces():
    made = card(b"AB\x90\x00")
    assert made.exchange(b"\x00\xb0\x00") == b""
    assert made.exchange(b"\x00\x02") == b"\xb0AB\x90\x00"


def test_a_card_may_take_data_byte_by_byte():
    made = card(one_by_one=True)
    assert tpdu(made, "00D6000003414243") == "9000"
    assert made.contact.asked == ["00d6000003414243"]


def test_data_of_the_right_length_follow_the_ack():
    assert tpdu(card(b"AB\x90\x00"), "00B0000002") == "41429000"
    assert tpdu(card(bytes(256) + b"\x90\x00"), "00B0000000") == "00" * 256 + "9000"


def test_a_wrong_le_gets_6cxx_and_the_command_is_not_done_again():
    made = card(b"Hello\x90\x00")
    assert tpdu(made, "0010000000") == "6c05"
    assert tpdu(made, "0010000005") == "48656c6c6f9000"
    assert made.contact.asked == ["0010000000"]
    assert tpdu(made, "0010000005") == "48656c6c6f9000"
    assert made.contact.asked == ["0010000000", "0010000005"]


def test_more_data_than_le_are_announced_with_61xx():
    made = card(b"Hello\x90\x00")
    assert tpdu(made, "00B0000002") == "48656103"
    assert tpdu(made, "00C0000003") == "6c6c6f9000"


def test_data_after_data_are_fetched_with_get_response():
    made = card(b"Hello\x90\x00")
    assert tpdu(made, "00A4040001AA") == "6105"
    assert tpdu(made, "00C0000009") == "6c05"
    assert tpdu(made, "00C0000002") == "48656103"
    assert tpdu(made, "00C0000003") == "6c6c6f9000"
    assert made.contact.asked == ["00a4040001aa"]


def test_a_warning_with_data_comes_after_the_data():
    made = card(b"A\x62\x82")
    assert tpdu(made, "00A4040001AA") == "6101"
    assert tpdu(made, "00C0000001") == "416282"


def test_another_command_drops_what_waits():
    made = card(b"Hello\x90\x00")
    tpdu(made, "00A4040001AA")
    assert tpdu(made, "00B0000005") == "48656c6c6f9000"
    assert tpdu(made, "00C0000005") == "48656c6c6f9000"  # the card's own GET RESPONSE
    assert made.contact.asked[-1] == "00c0000005"


def test_long_data_are_fetched_in_pieces_of_256():
    made = card(bytes(600) + b"\x90\x00")
    assert tpdu(made, "00A4040001AA") == "6100"
    assert tpdu(made, "00C0000000") == "00" * 256 + "6100"
    assert tpdu(made, "00C0000000") == "00" * 256 + "6158"
    assert tpdu(made, "00C0000058") == "00" * 88 + "9000"


def test_status_words_alone_end_the_command_in_place_of_ack():
    assert tpdu(card(b"\x6a\x82"), "00B0000002") == "6a82"
    assert tpdu(card(b"\x6a\x82"), "00100000") == "6a82"


def test_a_mute_card_is_mute():
    assert tpdu(card(None), "00B0000002") is None


def test_an_extended_command_comes_in_envelopes():
    made = card(b"A\x90\x00")
    apdu = bytes.fromhex("0010000000012C") + bytes(300) + b"\0\0"
    assert tpdu(made, "00C20000FF" + apdu[:255].hex()) == "9000"
    assert tpdu(made, "00C2000036" + apdu[255:].hex()) == "6101"
    assert tpdu(made, "00C0000001") == "419000"
    assert made.contact.asked == [apdu.hex()]


def test_an_extended_command_of_whole_envelopes_ends_with_its_length_or_an_empty_one():
    made = card()
    for lc in (255 - 9, 255 - 7):
        apdu = bytes.fromhex("0010000000") + lc.to_bytes(2, "big") + bytes(lc)
        whole = (apdu + b"\0\0")[:255]
        answers = [tpdu(made, "00C20000FF" + whole.hex())]
        if lc == 255 - 7:
            assert answers == ["9000"]
            answers = [tpdu(made, "00C2000000")]
        assert answers == ["9000"]
        assert made.contact.asked.pop() == whole.hex()


@pytest.mark.parametrize("command", ["80C2000002D600", "00C20000020102", "00C2000107" + "00" * 7])
def test_other_envelopes_are_commands_like_any_other(command):
    made = card()
    assert tpdu(made, command) == "9000"
    assert made.contact.asked == [command.lower()]


@pytest.mark.parametrize("raw", ["00B0000002", "00CA000002", "0084000002"])
def test_known_instructions_send_data_without_being_told(raw):
    assert tpdu(card(b"AB\x90\x00"), raw, known=False) == "41429000"


def test_unknown_instructions_find_out_by_waiting():
    assert tpdu(card(b"AB\x90\x00"), "8010000002", known=False) == "41429000"
    made = card()
    assert tpdu(made, "80100000024142", known=False) == "9000"
    assert made.contact.asked == ["80100000024142"]


def test_after_an_ack_too_few_data_break_the_protocol():
    assert tpdu(card(b"\x6a\x82"), "8010000002", known=False) is None


def test_a_slow_card_sends_null_before_its_waiting_time_is_over():
    made = card(lambda _: Busy(2.5, lambda: b"AB\x90\x00"), wt_s=1.0)
    made.outgoing = True
    nulls, seconds = [], 0.0
    answer = made.exchange(bytes.fromhex("00B0000002"))
    while True:
        seconds += answer.seconds
        heard = answer.finish()
        if heard != b"\x60":
            break
        nulls.append(heard)
        answer = made.exchange(b"")
    assert heard == b"\xb0AB\x90\x00"
    assert len(nulls) == 3
    assert seconds == pytest.approx(2.5)
    assert tpdu(made, "00B0000002") == "41429000"


def test_a_card_that_works_on_sends_null_after_each_piece():
    answers = [Busy(0.5, lambda: answers[1]), Busy(0.5, lambda: b"AB\x90\x00")]
    made = card(lambda _: answers[0], wt_s=1.0)
    made.outgoing = True
    assert made.exchange(bytes.fromhex("00B0000002")).finish() == b"\x60"
    assert made.exchange(b"").finish() == b"\xb0AB\x90\x00"


def test_a_command_in_place_of_patience_ends_the_work():
    made = card(lambda _: Busy(2.5, lambda: b"AB\x90\x00"), wt_s=1.0)
    assert made.exchange(bytes.fromhex("00B0000002")).finish() == b"\x60"
    made.contact.answer = b"C\x90\x00"
    assert made.exchange(bytes.fromhex("00B0000001")) == b"\xb0C\x90\x00"
    made.power_down()
    assert made.exchange(b"") == b""


@given(
    st.lists(st.binary(max_size=9), max_size=12),
    st.sampled_from([b"\x90\x00", b"AB\x90\x00", bytes(300) + b"\x90\x00", None]),
    st.sampled_from([None, True, False]),
)
def test_any_characters_are_answered(sent, answer, outgoing):
    made = card(answer)
    made.outgoing = outgoing
    for raw in sent:
        assert isinstance(made.exchange(raw), bytes | None)
    made.power_up()
    made.outgoing = None
    assert made.exchange(bytes.fromhex("00D6000001")) == b"\xd6"


TPDUS = (
    *COMMANDS, bytes.fromhex("00C20000 07 00D60000000001"), bytes.fromhex("00C2000001AA"),
    bytes.fromhex("00C2000000"), b"\0\xc2\0\0\xff\0\xd6\0\0\0\1\2" + bytes(248),
    bytes.fromhex("00C00000FF"), bytes.fromhex("8012000000"), bytes.fromhex("0084000008"),
    bytes.fromhex("00100000 03 010203"), bytes.fromhex("00700000 01"),
)  # fmt: skip


def characters(seed):
    """A card's end of T=0 before a host that sends anything, in pieces of any length."""
    dice = Random(seed)
    made = card(answer, one_by_one=dice.random() < 0.3)
    yield f"card {seed}"
    for _ in range(40):
        raw = dice.choice(TPDUS)
        made.outgoing = dice.choice((None, None, True, False))
        cut = dice.choice((5, 5, 5, len(raw), dice.randrange(1, 9)))
        for piece in (raw[:cut], raw[cut:]):
            if not piece:
                continue
            yield f"  > {short(piece)} {made.outgoing}"
            said = made.exchange(piece)
            while isinstance(said, Busy):
                yield f"  busy {said.seconds:.3f}"
                said = said.finish()
            yield f"  < {None if said is None else short(said)}"


def test_a_card_before_any_host_goes_on_as_it_always_did():
    golden.check("t0-card", (line for seed in range(8) for line in characters(seed)))


def tpdus(seed):
    """Whole TPDUs through both ends."""
    dice = Random(seed)
    made = card(answer, one_by_one=dice.random() < 0.3)
    yield f"ends {seed}"
    for _ in range(30):
        raw = dice.choice(TPDUS)
        if len(raw) >= 4:
            said = tpdu(made, raw.hex(), known=dice.random() < 0.6)
            yield f"  {short(raw)} {None if said is None else short(bytes.fromhex(said))}"


def test_both_ends_go_on_as_they_always_did():
    golden.check("t0-ends", (line for seed in range(16) for line in tpdus(seed)))
