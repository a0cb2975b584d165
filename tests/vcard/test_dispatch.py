"""The path of a command, as users of a card see it; each step has its test in test_card.py."""

from __future__ import annotations

import logging
import traceback

import pytest

from vcard import SW, Applet, Busy, Card, Command, Later, PowerLost, Reply, handles
from vcard.channel import Channel
from vcard.dispatch import Dispatcher

SELECTED = bytes(5)


class One(Applet):
    aid = b"one applet"

    @handles(ins=0x00)
    def done(self) -> None:
        self.memory["done"] = True

    @handles(ins=0x02)
    def wrong(self) -> str:
        return "neither bytes nor a status word"

    @handles(ins=0x04)
    def broken(self) -> bytes:
        return b"" + None  # type: ignore[operator] # a bug of an author

    @handles(ins=0x06)
    def slow(self) -> Reply:
        return Later(2, lambda: b"late")


def card(kind: type[Card] = Card) -> Card:
    applet = One()
    made = kind(applet, default=applet)
    made.power_up()
    return made


def test_a_card_takes_attributes_and_methods_of_its_own():
    own = card()
    own.uid = b"4711"  # type: ignore[attr-defined] # anybody's
    own.exchange = lambda command, port=None: command  # type: ignore[method-assign]
    assert own.exchange(b"echo") == b"echo"
    assert (own.uid, isinstance(own, Dispatcher)) == (b"4711", True)  # type: ignore[attr-defined]


def test_a_subclass_looks_at_a_command_before_the_card_does():
    seen: list[Command] = []

    class Curious(Card):
        data_need_le = True
        has_channels = False

        def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
            return super().exchange(command[:5], port)

        def _dispatch(self, channel: Channel, command: Command) -> object:
            seen.append(command)
            return super()._dispatch(channel, command)

    curious = card(Curious)
    assert curious.exchange(SELECTED + b"more") == SW.OK.raw
    assert [command.ins for command in seen] == [0]
    assert curious.exchange(bytes.fromhex("0070000001")) == SW.INS_NOT_SUPPORTED.raw


def test_what_a_command_wrote_is_there_when_it_has_answered_and_no_transaction_is_open():
    made = card()
    assert made.exchange(SELECTED) == SW.OK.raw
    assert dict(made.memory) == {"One/done": True}
    assert (made.memory.depth, made.memory.changed) == (0, {})
    made.exchange(bytes.fromhex("00020000"))
    assert (made.memory.depth, made.memory.changed) == (0, {})


def test_a_handlers_mistake_is_told_with_the_line_that_made_it(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, "vcard.card"):
        assert card().exchange(bytes.fromhex("00040000")) == SW.NO_PRECISE_DIAGNOSIS.raw
        assert card().exchange(bytes.fromhex("00020000")) == SW.NO_PRECISE_DIAGNOSIS.raw
    broken, wrong = (record.exc_info for record in caplog.records)
    assert broken
    assert wrong
    assert 'return b"" + None' in "".join(traceback.format_exception(broken[1]))
    assert "a handler returns bytes, SW, Response, Later or None, not str" in str(wrong[1])


def test_a_busy_card_that_was_reset_has_forgotten_its_command():
    made = card()
    answer = made.exchange(bytes.fromhex("00060000"))
    assert isinstance(answer, Busy)
    assert (answer.seconds, answer.finish()) == (2, b"late\x90\0")
    made.power_up()
    assert answer.finish() is None


def test_a_card_whose_power_fails_in_a_write_is_mute():
    made = card()

    class Failing:
        def load(self) -> dict[str, object]:
            return {}

        def commit(self, changes: object) -> None:
            raise PowerLost

    made.memory.store = Failing()  # type: ignore[assignment]
    assert made.exchange(SELECTED) is None
    assert not made.powered
    assert made.memory.depth == 0
