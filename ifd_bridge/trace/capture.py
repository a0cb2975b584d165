"""Events as a capture of USB traffic, for Wireshark and tshark.

Every reader is a device of its own that is enumerated at its first event, so that its traffic is
known as CCID. Commands and responses stand in whole APDUs: where a reader exchanges T=1 blocks,
single bytes or pieces of long APDUs, the messages that carry them are replaced by those that a
reader at APDU level would have, because that is what Wireshark understands. `raw` keeps them as
they were.

What packets alone do not tell is in their comments: faults, and the fields of a PIN entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ifd_bridge.explain import ctaphid_text, pin_structure
from ifd_bridge.explain.ccid_text import error_name
from readers.ccid.codes import (
    ERROR,
    HEADER,
    HEADER_SIZE,
    STATUS,
    CommandStatus,
    MessageType,
    level_of,
)
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.description.bus_packets import USB_LINUX_MMAPPED
from readers.models.model import Model
from readers.usb.hid import HID_IN, HID_OUT

from . import enumeration
from .enumeration import Transfer
from .events import (
    CommandSent,
    Event,
    FaultStruck,
    Interrupted,
    Lost,
    MessageIn,
    MessageOut,
    Plugged,
    ReportIn,
    ReportOut,
    ResponseReceived,
)
from .pcapng import PcapngWriter, Sink
from .usbmon import Device

INTERFACE = "usbmon1"
APPLICATION = "vcard"
APDU_LEVELS = (ExchangeLevel.SHORT_APDU, ExchangeLevel.EXTENDED_APDU)
LONGEST = 65536 + 18
FIRST_ADDRESS, ADDRESSES = 2, 126
"""The addresses on the bus, the first and how many; each plug-in gets one of its own."""

_SHORTEST_APDU = {int(MessageType.PC_to_RDR_Escape): 4, int(MessageType.RDR_to_PC_Escape): 2}
"""Bytes of the shortest command, and of the shortest response. Spec: ISO/IEC 7816-4, 5.1."""

Identify = Callable[[str], Model | None]


@dataclass(slots=True)
class Slot:
    """The transfer under way at a slot: the message, whether it is a whole APDU, the answer."""

    kind: int = 0
    seq: int = 0
    whole: bool = False
    response: bytes | None = None
    fault: str = ""
    """Comment for the next answer: a fault that was injected."""


@dataclass(slots=True)
class Spied:
    """A reader on the bus. `pieces` tells that its messages do not carry whole APDUs."""

    device: Device
    model: Model
    pieces: bool
    hid: bool = False
    """Whether the host has seen that there is a HID interface."""
    slots: dict[int, Slot] = field(default_factory=dict)

    def slot(self, number: int) -> Slot:
        """The state of a slot."""
        return self.slots.setdefault(number, Slot())


class Capture:
    """A tap that writes a capture file.

    `identify` tells what a reader is by its name; None leaves the reader out.
    """

    def __init__(self, file: Sink, identify: Identify, *, raw: bool = False) -> None:
        self._writer = PcapngWriter(file, USB_LINUX_MMAPPED, INTERFACE, APPLICATION)
        self._identify = identify
        self._raw = raw
        self._spied: dict[str, Spied | None] = {}
        self._plugged = 0

    def __call__(self, event: Event) -> None:
        """Write the packets of an event."""
        if isinstance(event.what, Lost):
            return
        self.plug(event.reader, event.at)
        spied = self._spied[event.reader]
        if spied is None:
            return
        match event.what:
            case MessageOut() as what:
                self._out(spied, what, event.at)
            case MessageIn() as what:
                self._in(spied, what, event.at)
            case Interrupted() as what:
                self._write(spied.device.interrupt_in(what.message, event.at), event.at)
            case ReportOut() | ReportIn() as what:
                self._report(spied, what, event.at)
            case CommandSent() as what:
                self._command(spied, what, event.at)
            case ResponseReceived() as what:
                spied.slot(what.slot).response = what.response
            case FaultStruck() as what:
                spied.slot(what.slot).fault = f"fault on purpose: {what.text}"
            case Plugged():
                del self._spied[event.reader]
                self.plug(event.reader, event.at)

    def plug(self, reader: str, at: float) -> None:
        """Put a reader on the bus, before anything happens there."""
        if reader not in self._spied:
            model = self._identify(reader)
            self._spied[reader] = None if model is None else self._enumerate(reader, model, at)

    def _enumerate(self, reader: str, model: Model, at: float) -> Spied:
        """The requests of a host that has found a new device."""
        spied = Device(FIRST_ADDRESS + self._plugged % ADDRESSES)
        self._plugged += 1
        pieces = not self._raw and model.descriptor.exchange_level not in APDU_LEVELS
        if pieces:
            model = replace(model, descriptor=at_apdu_level(model.descriptor))

        comment = f"{reader} was plugged in"
        for transfer in enumeration.reader(spied, model, at):
            self._write(transfer, at, comment)
            comment = ""
        return Spied(spied, model, pieces)

    def _report(self, spied: Spied, what: ReportOut | ReportIn, at: float) -> None:
        """A report, with its meaning; the first one shows that there are two interfaces."""
        if not spied.hid:
            spied.hid = True
            for transfer in enumeration.hid(spied.device, spied.model, at):
                self._write(transfer, at)
        to_host, device = isinstance(what, ReportIn), spied.device
        comment = ": ".join(ctaphid_text.report(what.report, to_host=to_host)[:2])
        if to_host:
            self._write(device.interrupt_in(what.report, at, HID_IN), at, comment)
        else:
            self._write(device.interrupt_out(what.report, at, HID_OUT), at, comment)

    def _out(self, spied: Spied, what: MessageOut, at: float) -> None:
        slot, message = spied.slot(what.slot), what.message
        if len(message) < HEADER_SIZE:
            self._write(spied.device.bulk_out(message, at), at, "too short")
            return
        slot.kind, _, _, slot.seq = HEADER.unpack_from(message)
        slot.response = None
        level = level_of(message)
        transfer = slot.kind == MessageType.PC_to_RDR_XfrBlock
        slot.whole = transfer and not self._raw and (spied.pieces or level != 0)
        if not slot.whole:
            comment = _entry(message) if slot.kind == MessageType.PC_to_RDR_Secure else ""
            self._write(spied.device.bulk_out(message, at), at, comment, _too_short(message))

    def _command(self, spied: Spied, what: CommandSent, at: float) -> None:
        slot = spied.slot(what.slot)
        if not slot.whole:
            return
        message = _message(
            MessageType.PC_to_RDR_XfrBlock, what.slot, slot.seq, bytes(3), what.command
        )
        self._write(spied.device.bulk_out(message, at), at, "whole APDU")

    def _in(self, spied: Spied, what: MessageIn, at: float) -> None:
        slot, message, comment = spied.slot(what.slot), what.message, _fault(what.message)
        if slot.whole and message[:1] == bytes((MessageType.RDR_to_PC_DataBlock,)):
            if not comment and slot.response is None:
                return  # a block or a piece: the APDU is not complete yet
            if not comment:
                message, comment = self._whole(slot, what, b"\0\0\0"), "whole APDU"
                slot.response = None
        elif (
            spied.pieces
            and slot.kind == MessageType.PC_to_RDR_Secure
            and slot.response is not None
            and not comment
        ):
            message = self._whole(slot, what, b"\0\0\0")
        comment, slot.fault = "\n".join(filter(None, (comment, slot.fault))), ""
        self._write(spied.device.bulk_in(message, at), at, comment, _too_short(message))

    @staticmethod
    def _whole(slot: Slot, what: MessageIn, rest: bytes) -> bytes:
        assert slot.response is not None
        return _message(MessageType.RDR_to_PC_DataBlock, what.slot, slot.seq, rest, slot.response)

    def _write(
        self, packets: Transfer, at: float, comment: str = "", withheld: bytes = b""
    ) -> None:
        """Write a transfer's packets; a comment stands at the one that carries the data.

        Data that are `withheld` from its end stand in the comment alone.
        """
        pair = list(packets)
        longest = max(pair, key=len)
        if withheld:
            comment = "\n".join(filter(None, (comment, f"abData {withheld.hex(' ')}: no APDU")))
        for packet in pair:
            if packet is longest:
                kept = packet.removesuffix(withheld)
                self._writer.packet(kept, at, comment, len(packet) - len(kept))
            else:
                self._writer.packet(packet, at)


def _too_short(message: bytes) -> bytes:
    """The data of an escape that Wireshark would take for an APDU, and call malformed."""
    data = message[HEADER_SIZE:]
    return data if data and len(data) < _SHORTEST_APDU.get(message[0], 0) else b""


def at_apdu_level(descriptor: Descriptor) -> Descriptor:
    """The descriptor that the reader would have if it exchanged whole APDUs."""
    features = descriptor.dwFeatures & ~0x70000 | ExchangeLevel.EXTENDED_APDU
    features |= Features.AUTO_PPS | Features.AUTO_IFSD
    return replace(descriptor, dwFeatures=features, dwMaxCCIDMessageLength=LONGEST)


def _message(kind: MessageType, slot: int, seq: int, rest: bytes, data: bytes) -> bytes:
    return HEADER.pack(kind, len(data), slot, seq) + rest + data


def _fault(message: bytes) -> str:
    """Return a comment for failures and time extensions."""
    if len(message) < HEADER_SIZE:
        return "too short" if message else "a packet without data"
    status, error = message[STATUS] >> 6, message[ERROR]
    if status == CommandStatus.FAILED:
        return f"fault: {error_name(error)}"
    if status == CommandStatus.TIME_EXTENSION:
        return f"time extension, {error} times the waiting time"
    return ""


def _entry(message: bytes) -> str:
    """The fields of a PIN entry, which Wireshark does not show."""
    lines = pin_structure.secure(message[HEADER_SIZE:], HEADER_SIZE)
    return "\n".join(f"{line.name}: {line.text}" for line in lines)
