"""The card's end of the toolkit: the proactive commands of each port, and their responses.

Spec: ETSI TS 102 223, 6 and 7; ETSI TS 102 221, 7.4.2 (91xx, FETCH), 11.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from vcard import SW, Reply, Response
from vcard.tlv import Tlv, parse_all

from .codes import SMS_DOWNLOAD, UNDERSTAND, Result, Tag
from .commands import ProactiveCommand, read_command, refresh
from .envelopes import Envelope
from .texts import read_text

REFRESH = bytes(refresh())
"""UICC to terminal: REFRESH, UICC reset."""
_LONGEST = 0xFF


@dataclass(frozen=True, slots=True)
class Answer:
    """A TERMINAL RESPONSE: the general result, and the data objects by tag."""

    result: int
    parts: dict[int, bytes]

    @classmethod
    def read(cls, data: bytes) -> Answer:
        """Parse a response; ValueError if it is malformed or has no result."""
        parts: dict[int, bytes] = {}
        for part in parse_all(data):
            parts.setdefault(part.tag & ~UNDERSTAND, part.value)
        return cls(parts[Tag.RESULT][0] if parts.get(Tag.RESULT) else -1, parts)

    @property
    def done(self) -> bool:
        """Whether the terminal executed the command, fully or in part (00 to 0F)."""
        return 0 <= self.result < Result.SESSION_ENDED

    @property
    def text(self) -> str:
        """The user's input."""
        return read_text(self.parts.get(Tag.TEXT, b""))

    @property
    def item(self) -> int | None:
        """The entry that the user chose."""
        value = self.parts.get(Tag.ITEM_ID, b"")
        return value[0] if value else None


Script = Generator[ProactiveCommand, Answer, None]
"""A conversation: it yields commands for the terminal, and is sent the responses."""


class Application(Protocol):
    """A toolkit application on a card."""

    def begin(self) -> Iterable[ProactiveCommand]:
        """Return the commands after TERMINAL PROFILE: a menu, an event list."""

    def envelope(self, envelope: Envelope) -> Script | Reply:
        """Answer an envelope at once, or return a conversation to run."""


class ByNobody:
    """The default application: it accepts and drops envelopes."""

    def begin(self) -> Iterable[ProactiveCommand]:
        """Return no commands."""
        return ()

    def envelope(self, envelope: Envelope) -> Script | Reply:  # noqa: ARG002 - an application's shape
        """Answer nothing, and run no script."""
        return None


@dataclass(slots=True)
class Conversation:
    """The state of one port: waiting commands, the fetched one, the running script."""

    waiting: deque[bytes] = field(default_factory=deque)
    fetched: bytes | None = None
    started: bool = False
    script: Script | None = None
    scripted: bytes = b""


Download = Callable[[int, Tlv], Reply]


class Cat:
    """The pending proactive commands of each port.

    A refresh is announced only to a terminal that requested it (`proactive`); otherwise the change
    is applied silently. `download` receives SMS-PP downloads. `answers` are the last commands with
    their responses, the newest at the end.
    """

    def __init__(self, *, proactive: bool, application: Application | None = None) -> None:
        self.proactive = proactive
        self.application = application or ByNobody()
        self.download: Download | None = None
        self.answers: deque[tuple[ProactiveCommand, Answer]] = deque(maxlen=100)
        self._ports: dict[int, Conversation] = {}

    def _on(self, port: int) -> Conversation:
        found = self._ports.get(port)
        if found is None:
            found = self._ports[port] = Conversation()
        return found

    def reset(self, port: int) -> None:
        """Drop all commands of a port after its reset."""
        self._ports.pop(port, None)

    # From the card to the terminal

    def queue(self, port: int, command: ProactiveCommand | bytes) -> None:
        """Queue a command after those that wait; ValueError for more than 255 bytes."""
        raw = bytes(command)
        if len(raw) > _LONGEST:
            raise ValueError(f"a proactive command has up to {_LONGEST} bytes, not {len(raw)}")
        read_command(raw)
        self._on(port).waiting.append(raw)

    def run(self, port: int, script: Script) -> None:
        """Begin a conversation; end the one in progress on the port."""
        conversation = self._on(port)
        conversation.script = script
        self._next(port, conversation, None)

    def _next(self, port: int, conversation: Conversation, answer: Answer | None) -> None:
        """Continue the script with the response to its command, or start it (None)."""
        script = conversation.script
        assert script is not None
        try:
            command = next(script) if answer is None else script.send(answer)
        except StopIteration:
            conversation.script, conversation.scripted = None, b""
            return
        conversation.scripted = bytes(command)
        self.queue(port, command)

    def refresh(self, port: int) -> None:
        """Queue a REFRESH, so that the terminal reads the card again."""
        if self.proactive:
            self._on(port).waiting = deque((REFRESH,))

    def next_command(self, port: int) -> ProactiveCommand | None:
        """The fetched command, or the first that waits."""
        conversation = self._on(port)
        raw = conversation.fetched or next(iter(conversation.waiting), None)
        return None if raw is None else read_command(raw)

    # State

    def busy(self, *ports: int) -> bool:
        """True between FETCH and TERMINAL RESPONSE on one of the ports."""
        return any(self._on(port).fetched is not None for port in ports)

    def changing(self, port: int) -> bool:
        """True while a command waits on this port, or any terminal executes one."""
        return bool(self._on(port).waiting) or self.busy(*self._ports)

    def started(self, port: int) -> bool:
        """Whether a terminal has sent TERMINAL PROFILE on a port."""
        return self._on(port).started

    def status(self, port: int) -> SW:
        """91xx if a command waits, else 9000."""
        waiting = self._on(port).waiting
        return SW(0x9100 | len(waiting[0])) if waiting else SW.OK

    def announced(self, port: int, reply: Reply) -> Reply:
        """Replace 9000 in a reply with 91xx, if a command waits and the terminal knows FETCH."""
        conversation = self._on(port)
        if not conversation.waiting or not conversation.started:
            return reply
        if reply is None or reply == SW.OK:
            return self.status(port)
        if isinstance(reply, bytes):
            return Response(reply, self.status(port))
        if isinstance(reply, Response) and reply.sw == SW.OK:
            return Response(reply.data, self.status(port))
        return reply

    # From the terminal to the card

    def announce(self, port: int) -> Reply:
        """Answer TERMINAL PROFILE."""
        conversation = self._on(port)
        if not conversation.started:
            conversation.started = True
            for command in self.application.begin():
                self.queue(port, command)
        return self.status(port)

    def fetch(self, port: int) -> Reply:
        """Answer FETCH with the waiting command; 6985 if none was announced."""
        conversation = self._on(port)
        if not conversation.waiting:
            return SW.CONDITIONS_NOT_SATISFIED
        conversation.fetched = conversation.waiting.popleft()
        return Response(conversation.fetched)

    def respond(self, port: int, data: bytes = b"") -> Reply:
        """Answer TERMINAL RESPONSE; 6A80 if it is malformed."""
        conversation = self._on(port)
        fetched, conversation.fetched = conversation.fetched, None
        if fetched is None:
            return self.status(port)
        try:
            answer = Answer.read(data)
        except ValueError:
            return SW.WRONG_DATA
        self.answers.append((read_command(fetched), answer))
        if conversation.script is not None and fetched == conversation.scripted:
            self._next(port, conversation, answer)
        return self.status(port)

    def envelope(self, port: int, data: bytes) -> Reply:
        """Answer ENVELOPE; 6A80 if it is malformed."""
        try:
            item = Tlv.parse(data)
            if item.tag == SMS_DOWNLOAD and self.download is not None:
                return self.download(port, item)
            reply = self.application.envelope(Envelope.read(item))
        except ValueError:
            return SW.WRONG_DATA
        if isinstance(reply, Generator):
            self.run(port, reply)
            return self.status(port)
        return reply
