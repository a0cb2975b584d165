"""The meaning of each field of a reader's description.

Spec: USB CCID 1.1, table 5.1-1; USB ICCD 1.0, 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..ccid.descriptor import EXCHANGE_MASK, Descriptor, ExchangeLevel, Features
from ..models import Model
from ..models.model import Endpoint

_PROTOCOLS = {
    0: "CCID: bulk transfers, optional interrupt-IN",
    1: "ICCD version A: control transfers, no interrupt-IN",
    2: "ICCD version B: control transfers, optional interrupt-IN",
}
_CLASSES = {0x0B: "smart card", 0xFF: "vendor's own: from the time before the class was fixed"}
LEVELS = {
    ExchangeLevel.CHARACTER: "character level: the host counts the characters",
    ExchangeLevel.TPDU: "TPDU level: the host runs T=0 and T=1",
    ExchangeLevel.SHORT_APDU: "short APDU level",
    ExchangeLevel.EXTENDED_APDU: "short and extended APDU level",
}
FEATURES = {
    Features.AUTO_CONFIGURATION: "configures itself from the ATR",
    Features.AUTO_ACTIVATION: "activates the card when it is inserted",
    Features.AUTO_VOLTAGE: "chooses the voltage",
    Features.AUTO_CLOCK: "changes the clock frequency",
    Features.AUTO_BAUD: "changes the baud rate",
    Features.AUTO_NEGOTIATION: "negotiates the parameters by rules of its own",
    Features.AUTO_PPS: "does the PPS",
    Features.CLOCK_STOP: "can stop the clock",
    Features.NAD: "takes a NAD other than 00",
    Features.AUTO_IFSD: "negotiates IFSD first",
    Features.ICCD_TOKEN: "is a token: reader and card in one",
    Features.WAKE_UP: "can wake the host",
}
"""dwFeatures without the level."""
_KNOWN_FEATURES = sum(FEATURES) | EXCHANGE_MASK
_VOLTAGES = {1: "5 V", 2: "3 V", 4: "1.8 V"}
_SYNCHRONOUS = {1: "2-wire", 2: "3-wire", 4: "I2C"}
_MECHANICS = {1: "accepts", 2: "ejects", 4: "captures", 8: "locks"}
_PIN_SUPPORT = {1: "verification", 2: "modification"}


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field: its name, its value as it stands there, and what it means (one entry each)."""

    name: str
    value: str
    meaning: tuple[str, ...] = ()


def explain(model: Model) -> list[FieldText]:
    """Every field of device, interface and class descriptor, in their order."""
    return [*_device(model), *_interface(model), *_class_descriptor(model)]


def _device(model: Model) -> Iterator[FieldText]:
    yield FieldText("idVendor", f"{model.vendor_id:04X}", (model.vendor_name or "no name",))
    yield FieldText("idProduct", f"{model.product_id:04X}", (model.product_name or "no name",))
    release = f"firmware {model.bcd_device >> 8:X}.{model.bcd_device & 0xFF:02X}"
    yield FieldText("bcdDevice", f"{model.bcd_device:04X}", (release,))
    if model.serial_number:
        yield FieldText("iSerialNumber", model.serial_number)


def _interface(model: Model) -> Iterator[FieldText]:
    kind, protocol = model.interface_class, model.interface_protocol
    yield FieldText("bInterfaceClass", f"{kind:02X}", (_CLASSES.get(kind, "unknown"),))
    yield FieldText("bInterfaceSubClass", f"{model.interface_subclass:02X}")
    meaning = _PROTOCOLS.get(protocol, "unknown")
    yield FieldText("bInterfaceProtocol", f"{protocol:02X}", (meaning,))
    if model.interface_name:
        yield FieldText("iInterface", model.interface_name)
    endpoints = tuple(_endpoint(one) for one in model.endpoints) or ("control transfers only",)
    yield FieldText("bNumEndpoints", str(len(model.endpoints)), endpoints)


def _endpoint(one: Endpoint) -> str:
    towards = "IN" if one.reads else "OUT"
    return (
        f"{one.kind.name.lower()}-{towards} {one.address:02X}, packets of {one.packet_size} bytes"
    )


def _class_descriptor(model: Model) -> Iterator[FieldText]:
    descriptor = model.descriptor
    for name, (form, meaning) in _FIELDS.items():
        value = getattr(descriptor, name)
        yield FieldText(name, form.format(value), tuple(meaning(descriptor)))
        if name == "bNumClockSupported" and model.clock_frequencies:
            yield _values("clock frequencies", model.clock_frequencies, "kHz")
        if name == "bNumDataRatesSupported" and model.data_rates:
            yield _values("data rates", model.data_rates, "bit/s")


def _values(name: str, values: tuple[int, ...], unit: str) -> FieldText:
    texts = ", ".join(f"{value:,}" for value in values[:8])
    more = f" and {len(values) - 8} more" if len(values) > 8 else ""
    return FieldText(f"  {name}", str(len(values)), (f"{texts}{more} {unit}",))


def bits(value: int, names: dict[int, str]) -> list[str]:
    """The names of the bits that are set, and what is left over."""
    found = [text for bit, text in names.items() if value & bit]
    left = value & ~sum(names)
    return found + ([f"unknown bits {left:X}"] if left else [])


def features(value: int) -> list[str]:
    """DwFeatures in words, without the exchange level."""
    found = [text for bit, text in FEATURES.items() if value & bit]
    left = value & ~_KNOWN_FEATURES
    return found + ([f"unknown bits {left:X}"] if left else [])


def _features(descriptor: Descriptor) -> list[str]:
    return [LEVELS[descriptor.exchange_level], *features(descriptor.dwFeatures)]


def _slots(descriptor: Descriptor) -> list[str]:
    return ["one slot" if descriptor.slots == 1 else f"{descriptor.slots} slots"]


def _display(descriptor: Descriptor) -> list[str]:
    lines, columns = descriptor.lcd
    return [f"{lines} lines of {columns} characters"] if descriptor.wLcdLayout else ["no display"]


def _counted(count: int, what: str) -> list[str]:
    return [f"{count} {what}"] if count else [f"the host need not ask for {what}"]


def _echoed(value: int) -> list[str]:
    return ["echoes the class of the APDU"] if value == 0xFF else [f"CLA {value:02X}"]


def _busy(said: Descriptor) -> list[str]:
    count = said.bMaxCCIDBusySlots
    return [f"{count} slot{'' if count == 1 else 's'} can work at a time"]


_Meaning = tuple[str, Callable[[Descriptor], list[str]]]
_FIELDS: dict[str, _Meaning] = {
    "bcdCCID": ("{:04X}", lambda d: [f"CCID {d.bcdCCID >> 8:X}.{d.bcdCCID & 0xFF:02X}"]),
    "bMaxSlotIndex": ("{:02X}", _slots),
    "bVoltageSupport": (
        "{:02X}",
        lambda d: bits(d.bVoltageSupport, _VOLTAGES) or ["none: hosts begin at 5 V"],
    ),
    "dwProtocols": ("{:08X}", lambda d: bits(d.dwProtocols, {1: "T=0", 2: "T=1"}) or ["none"]),
    "dwDefaultClock": ("{}", lambda d: [f"{d.dwDefaultClock:,} kHz"]),
    "dwMaximumClock": ("{}", lambda d: [f"{d.dwMaximumClock:,} kHz"]),
    "bNumClockSupported": ("{}", lambda d: _counted(d.bNumClockSupported, "clock frequencies")),
    "dwDataRate": ("{}", lambda d: [f"{d.dwDataRate:,} bit/s"]),
    "dwMaxDataRate": ("{}", lambda d: [f"{d.dwMaxDataRate:,} bit/s"]),
    "bNumDataRatesSupported": ("{}", lambda d: _counted(d.bNumDataRatesSupported, "data rates")),
    "dwMaxIFSD": ("{}", lambda d: [f"takes T=1 blocks with {d.dwMaxIFSD} bytes of INF"]),
    "dwSynchProtocols": (
        "{:08X}",
        lambda d: bits(d.dwSynchProtocols, _SYNCHRONOUS) or ["no synchronous cards"],
    ),
    "dwMechanical": ("{:08X}", lambda d: bits(d.dwMechanical, _MECHANICS) or ["no mechanics"]),
    "dwFeatures": ("{:08X}", _features),
    "dwMaxCCIDMessageLength": (
        "{}",
        lambda d: [f"{max(0, d.dwMaxCCIDMessageLength - 10)} bytes of data in a message"],
    ),
    "bClassGetResponse": ("{:02X}", lambda d: _echoed(d.bClassGetResponse)),
    "bClassEnvelope": ("{:02X}", lambda d: _echoed(d.bClassEnvelope)),
    "wLcdLayout": ("{:04X}", _display),
    "bPINSupport": ("{:02X}", lambda d: bits(d.bPINSupport, _PIN_SUPPORT) or ["no PIN pad"]),
    "bMaxCCIDBusySlots": ("{}", _busy),
}
"""Each field's format and meaning."""
