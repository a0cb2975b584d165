"""Proactive commands: build them for a card's toolkit, and parse them for people.

Spec: ETSI TS 102 223, 6.6 (structure), 8 (data objects).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vcard.tlv import Tlv, parse_all, tlv

from .codes import PROACTIVE, UNDERSTAND, Device, Event, Kind, Tag
from .texts import alpha, read_alpha, read_text, text_string

Item = tuple[int, str]
"""One entry of a menu: its identifier (1 to 255) and text."""


@dataclass(frozen=True, slots=True)
class ProactiveCommand:
    """A proactive command. `number` (1 to 254) is that of the command in its session.

    `parts` are its data objects after the device identities.
    """

    kind: int
    qualifier: int = 0
    to: int = Device.TERMINAL
    parts: tuple[Tlv, ...] = ()
    number: int = 1

    def __bytes__(self) -> bytes:
        return tlv(PROACTIVE, self.details, _object(Tag.DEVICES, bytes((Device.CARD, self.to))),
                   *self.parts)  # fmt: skip

    @property
    def details(self) -> bytes:
        """The command details, which a TERMINAL RESPONSE repeats."""
        return bytes(_object(Tag.COMMAND_DETAILS, bytes((self.number, self.kind, self.qualifier))))

    @property
    def name(self) -> str:
        """The name of the command in the specification."""
        try:
            return Kind(self.kind).words
        except ValueError:
            return f"proactive command {self.kind:02X}"

    @property
    def text(self) -> str:
        """The text or title that the user sees."""
        for part in self.parts:
            if part.tag & ~UNDERSTAND == Tag.TEXT:
                return read_text(part.value)
            if part.tag & ~UNDERSTAND == Tag.ALPHA:
                return read_alpha(part.value)
        return ""

    @property
    def items(self) -> list[Item]:
        """The entries of a menu."""
        found = [part.value for part in self.parts if part.tag & ~UNDERSTAND == Tag.ITEM]
        return [(value[0], read_alpha(value[1:])) for value in found if value]

    def numbered(self, number: int) -> ProactiveCommand:
        """Return the command with another number."""
        return replace(self, number=number)


def read_command(raw: bytes) -> ProactiveCommand:
    """Parse a proactive command; ValueError if it is malformed."""
    item = Tlv.parse(raw)
    parts = parse_all(item.value)
    tags = [part.tag & ~UNDERSTAND for part in parts[:2]]
    if item.tag != PROACTIVE or tags != [Tag.COMMAND_DETAILS, Tag.DEVICES]:
        raise ValueError("a proactive command begins with its details and devices")
    details, devices = parts[0].value, parts[1].value
    if len(details) != 3 or len(devices) != 2:
        raise ValueError("command details have 3 bytes, device identities 2")
    number, kind, qualifier = details
    return ProactiveCommand(kind, qualifier, devices[1], tuple(parts[2:]), number)


def _object(tag: int, value: bytes) -> Tlv:
    return Tlv(tag | UNDERSTAND, value)


def _titled(title: str) -> list[Tlv]:
    return [_object(Tag.ALPHA, alpha(title))] if title else []


def _made(kind: Kind, qualifier: int, to: Device, *parts: Tlv) -> ProactiveCommand:
    return ProactiveCommand(kind, qualifier, to, parts)


def display_text(text: str, *, urgent: bool = False, wait: bool = True) -> ProactiveCommand:
    """DISPLAY TEXT; `wait` until the user clears it."""
    qualifier = urgent | wait << 7
    return _made(Kind.DISPLAY_TEXT, qualifier, Device.DISPLAY, _object(Tag.TEXT, text_string(text)))


def get_inkey(text: str, *, digits: bool = False, yes_no: bool = False) -> ProactiveCommand:
    """GET INKEY: one key, of all characters, of digits, or yes or no."""
    qualifier = (not digits) | yes_no << 2
    return _made(Kind.GET_INKEY, qualifier, Device.TERMINAL, _object(Tag.TEXT, text_string(text)))


def get_input(
    text: str, shortest: int = 0, longest: int = 255, *, digits: bool = False, hidden: bool = False
) -> ProactiveCommand:
    """GET INPUT: some characters; `hidden` ones are not shown."""
    qualifier = (not digits) | hidden << 2
    return _made(
        Kind.GET_INPUT,
        qualifier,
        Device.TERMINAL,
        _object(Tag.TEXT, text_string(text)),
        _object(Tag.RESPONSE_LENGTH, bytes((shortest, longest))),
    )


def _items(entries: Iterable[Item]) -> list[Tlv]:
    return [_object(Tag.ITEM, bytes((number,)) + alpha(text)) for number, text in entries]


def select_item(title: str, entries: Sequence[Item]) -> ProactiveCommand:
    """SELECT ITEM: one entry of a list."""
    return _made(Kind.SELECT_ITEM, 0, Device.TERMINAL, *_titled(title), *_items(entries))


def set_up_menu(title: str, entries: Sequence[Item]) -> ProactiveCommand:
    """SET UP MENU: entries in the phone's own menu."""
    head = _object(Tag.ALPHA, alpha(title))
    return _made(Kind.SET_UP_MENU, 0, Device.TERMINAL, head, *_items(entries))


def set_up_event_list(*events: Event) -> ProactiveCommand:
    """SET UP EVENT LIST: the events for the phone to report; an empty list ends reporting."""
    return _made(Kind.SET_UP_EVENT_LIST, 0, Device.TERMINAL, _object(Tag.EVENTS, bytes(events)))


def set_up_idle_mode_text(text: str) -> ProactiveCommand:
    """SET UP IDLE MODE TEXT."""
    return _made(
        Kind.SET_UP_IDLE_MODE_TEXT, 0, Device.TERMINAL, _object(Tag.TEXT, text_string(text))
    )


def refresh(qualifier: int = 4) -> ProactiveCommand:
    """REFRESH: 0 to 3 initialise again, 4 resets the card."""
    return _made(Kind.REFRESH, qualifier, Device.TERMINAL)


def more_time() -> ProactiveCommand:
    """MORE TIME."""
    return _made(Kind.MORE_TIME, 0, Device.TERMINAL)


def provide_local_information(what: int = 0) -> ProactiveCommand:
    """PROVIDE LOCAL INFORMATION: 0 location, 1 IMEI, 3 date and time, 4 language, ..."""
    return _made(Kind.PROVIDE_LOCAL_INFORMATION, what, Device.TERMINAL)


def poll_interval(seconds: int) -> ProactiveCommand:
    """POLL INTERVAL in seconds, 1 to 255."""
    return _made(Kind.POLL_INTERVAL, 0, Device.TERMINAL, _object(Tag.DURATION, bytes((1, seconds))))


def play_tone(tone: int = 0x10, title: str = "") -> ProactiveCommand:
    """PLAY TONE."""
    return _made(
        Kind.PLAY_TONE, 0, Device.EARPIECE, *_titled(title), _object(Tag.TONE, bytes((tone,)))
    )


def timer_management(timer: int, seconds: int | None) -> ProactiveCommand:
    """TIMER MANAGEMENT: start timer 1 to 8, or end it (None)."""
    number = _object(Tag.TIMER_ID, bytes((timer,)))
    if seconds is None:
        return _made(Kind.TIMER_MANAGEMENT, 1, Device.TERMINAL, number)
    clock = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    value = bytes(part % 10 << 4 | part // 10 for part in clock)
    return _made(Kind.TIMER_MANAGEMENT, 0, Device.TERMINAL, number, _object(Tag.TIMER_VALUE, value))


def send_short_message(tpdu: bytes, title: str = "") -> ProactiveCommand:
    """SEND SHORT MESSAGE with an SMS-SUBMIT."""
    return _made(
        Kind.SEND_SHORT_MESSAGE, 0, Device.NETWORK, *_titled(title), _object(Tag.TPDU, tpdu)
    )


def set_up_call(digits: str, title: str = "") -> ProactiveCommand:
    """SET UP CALL to a number."""
    padded = digits + "F" * (len(digits) % 2)
    swapped = bytes.fromhex("".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2)))
    address = _object(Tag.ADDRESS, b"\x81" + swapped)
    return _made(Kind.SET_UP_CALL, 0, Device.NETWORK, *_titled(title), address)


def launch_browser(url: str, title: str = "") -> ProactiveCommand:
    """LAUNCH BROWSER at an address."""
    return _made(
        Kind.LAUNCH_BROWSER, 0, Device.TERMINAL, Tlv(Tag.URL, url.encode("ascii")), *_titled(title)
    )
