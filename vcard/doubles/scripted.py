"""Cards defined by a list of commands and answers, in Python or as text.

The text has one rule a line (`#` starts a comment):

    atr 3B 81 80 01 80 80
    uid 04 A1 B2 C3                                     # for contactless readers (FF CA)
    00 A4 04 00 ...      => 90 00
    00 20 00 80 [9]      => 63 C1 | 63 C0 | 69 83       # in turn, the last one stays
    00 20 00 80 08 31 32 33 34 ... => 90 00 ; state=open
    [open]                                              # the rules below hold in this state
    00 B0 ?? ?? 04       => 01 02 03 04 90 00 ; delay=0.5 ; repeat=2
    00 C0 ...            => mute
    80 AA P1 P2 ...      => {p1} {p2} {data} 90 00      # parts of the command

A rule that begins with FF answers even where the reader would answer for itself (FF CA at a
contactless reader).

Rules are tried from the narrowest state to the widest and in the order written, so the special
ones stand first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from ..card import DEFAULT_ATR
from ..command import Command
from ..contact import Busy
from ..secret import without_pin
from ..sw import SW
from .numbers import checked_seconds, seconds, whole
from .pattern import Pattern
from .reach import Reach
from .t0_forms import forms, speaks_t0

log = logging.getLogger("vcard.scripted")

ANY_STATE = ""
MOST_UNMATCHED = 1000
"""The number of unmatched commands that are kept: the first ones."""
MOST_PARTS = 16
SHOWN = 64
"""Bytes of such a command in the log."""
Answer = str | bytes | SW | Callable[[Command], bytes] | None

_PARTS: dict[str, Callable[[Command], bytes]] = {
    "{cla}": lambda command: bytes((command.cla,)),
    "{ins}": lambda command: bytes((command.ins,)),
    "{p1}": lambda command: bytes((command.p1,)),
    "{p2}": lambda command: bytes((command.p2,)),
    "{lc}": lambda command: bytes((len(command.data) & 0xFF,)),
    "{data}": lambda command: command.data,
}


@dataclass(slots=True)
class Rule:
    """One pattern and what it answers; built by `ScriptedCard.on`."""

    pattern: Pattern
    state: str = ANY_STATE
    replies: tuple[Answer, ...] = (SW.OK,)
    next_state: str | None = None
    delay_s: float = 0
    repeat: int | None = None
    used: int = field(default=0)

    def answers(self, *replies: Answer) -> Self:
        """The answers in turn, the last one stays: hex, bytes, a SW, a function, None (mute)."""
        if not replies:
            raise ValueError("a rule needs an answer")
        for reply in replies:
            if isinstance(reply, str):
                _check(reply)
        self.replies = replies
        return self

    def then(self, state: str) -> Self:
        """Go to `state` after answering."""
        self.next_state = state
        return self

    def after(self, seconds: float) -> Self:
        """Answer only after `seconds` (0..86,400) of the card's time."""
        self.delay_s = checked_seconds("delay", seconds)
        return self

    def times(self, count: int) -> Self:
        """Apply this rule to `count` commands only."""
        self.repeat = count
        return self

    def fits(self, raw: bytes, state: str) -> bool:
        """True if this rule answers `raw` now."""
        spent = self.repeat is not None and self.used >= self.repeat
        return not spent and self.state in (ANY_STATE, state) and self.pattern.matches(raw)

    def reply(self, raw: bytes) -> bytes | None:
        """The next answer, as bytes; None for mute."""
        answer = self.replies[min(self.used, len(self.replies) - 1)]
        self.used += 1
        return _render(answer, raw)


class ScriptedCard:
    """A Contact that answers by rules; what no rule fits gets 6D00 and is kept in `unmatched`."""

    def __init__(self, atr: bytes = DEFAULT_ATR, start: str = "start") -> None:
        self.atr = atr
        self.start = start
        self.state = start
        self.rules: list[Rule] = []
        self.unmatched: list[bytes] = []
        self.uid: bytes | None = None
        self.unreachable: list[tuple[int, int]] = []
        """Lines whose rules never answer, each with the line that answers in its place."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a script; ValueError names the line."""
        card = cls()
        state, reach = ANY_STATE, Reach()
        for number, line in enumerate(text.splitlines(), 1):
            words = line.partition("#")[0].strip()
            try:
                known = len(card.rules)
                state = card._read_line(words, state)
                if len(card.rules) > known:
                    card._check_reach(reach, number)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
        return card

    def _check_reach(self, reach: Reach, line: int) -> None:
        """Warn of the last rule if it never answers."""
        rule = self.rules[-1]
        hidden = reach.hidden_by(rule.pattern, rule.state)
        if hidden is not None:
            self.unreachable.append((line, hidden))
            log.warning("line %d is never reached: line %d answers its commands", line, hidden)
        elif rule.repeat is None:
            reach.add(rule.pattern, rule.state, line)

    def on(self, pattern: str, state: str = ANY_STATE) -> Rule:
        """Add a rule for commands that fit `pattern` (see vcard.pattern) while in `state`."""
        rule = Rule(Pattern.parse(pattern.replace("P1", "??").replace("P2", "??")), state)
        self.rules.append(rule)
        return rule

    def power_up(self) -> bytes | None:
        """Return to the first state. Answers in turn continue, since they stand for counters."""
        self.state = self.start
        return self.atr

    def power_down(self) -> None:
        """Do nothing: there is no volatile state."""

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:  # noqa: ARG002 - as in Contact
        """Answer by the first rule that fits, those of the current state before the others."""
        rule = self._rule(command)
        if rule is None:
            self._missed(command)
            return SW.INS_NOT_SUPPORTED.raw
        answer = rule.reply(command)
        if rule.next_state is not None:
            self.state = rule.next_state
        return Busy(rule.delay_s, lambda: answer) if rule.delay_s else answer

    def _rule(self, command: bytes) -> Rule | None:
        """The rule that answers; over T=0 one that has the command with its Le will do."""
        for form in forms(command, over_t0=speaks_t0(self.atr)):
            fitting = [rule for rule in self.rules if rule.fits(form, self.state)]
            if fitting:
                return min(fitting, key=lambda candidate: candidate.state == ANY_STATE)
        return None

    def _missed(self, command: bytes) -> None:
        """Keep a command that no rule fits, and tell it."""
        if len(self.unmatched) < MOST_UNMATCHED:
            self.unmatched.append(command)
        shown = without_pin(command[:SHOWN]).hex(" ").upper()
        more = f" and {len(command) - SHOWN} bytes" if len(command) > SHOWN else ""
        log.warning("state %s: no rule for %s%s", self.state, shown, more)

    def answers_reader_apdu(self, command: bytes) -> bool:
        """True if a rule is for this command of class FF, which a reader could answer itself."""
        return any(
            rule.pattern.text.upper().startswith("FF") and rule.fits(command, self.state)
            for rule in self.rules
        )

    def _read_line(self, words: str, state: str) -> str:
        """Take in one line; the state that holds for the next."""
        if not words:
            return state
        if words.startswith("[") and words.endswith("]"):
            return words[1:-1].strip().replace("*", ANY_STATE)
        if words.lower() == "atr" or words.lower().startswith("atr "):
            self.atr = bytes.fromhex(words[4:])  # none: the card does not answer
            return state
        if words.lower().startswith("uid "):
            self.uid = _uid(words[4:])
            return state
        pattern, arrow, right = words.partition("=>")
        if not arrow:
            raise ValueError(
                "a rule is `pattern => answer`, the ATR is `atr 3B ...`, the UID `uid 04 ...`"
            )
        replies, *options = right.split(";")
        rule = self.on(pattern, state).answers(*(_reply(text) for text in replies.split("|")))
        for option in options:
            _set_option(rule, option)
        return state


def _uid(text: str) -> bytes:
    """Spec: ISO/IEC 14443-3, 6.5.4 (single, double, triple size)."""
    uid = bytes.fromhex(text)
    if len(uid) not in (4, 7, 10):
        raise ValueError(f"a UID has 4, 7 or 10 bytes, not {len(uid)}")
    return uid


def _reply(text: str) -> str | None:
    return None if text.strip() == "mute" else text.strip()


def _set_option(rule: Rule, option: str) -> None:
    name, _, value = (part.strip() for part in option.partition("="))
    if name == "state":
        rule.then(value)
    elif name == "delay":
        rule.after(seconds("delay", value))
    elif name == "repeat":
        rule.times(whole("repeat", value, 0))
    else:
        raise ValueError(f"option {name!r} is not state, delay or repeat")


def _check(text: str) -> None:
    """ValueError unless `text` is hex and known parts, ending with a status word."""
    plain = text
    for part in _PARTS:
        plain = plain.replace(part, "")
    if text.count("{") > MOST_PARTS:
        raise ValueError(f"an answer has at most {MOST_PARTS} parts of the command")
    if re.fullmatch(r"\s*([0-9A-Fa-f]{2}\s*)*", plain) is None:
        raise ValueError(f"{text!r} is not hex and {' '.join(_PARTS)}")
    if len(bytes.fromhex(plain)) < 2:
        raise ValueError(f"{text!r} does not end with a status word")


def _render(answer: Answer, raw: bytes) -> bytes | None:
    if answer is None or isinstance(answer, bytes):
        return answer
    if isinstance(answer, SW):
        return answer.raw
    try:
        command = Command.parse(raw)
    except ValueError:
        command = Command(*raw[:4].ljust(4, b"\0"))
    if callable(answer):
        return answer(command)
    for part, value in _PARTS.items():
        if part in answer:
            answer = answer.replace(part, value(command).hex())
    return bytes.fromhex(answer)
