"""Contradictions in a description, and errors that hosts have to compensate for.

Spec: USB CCID 1.1, 4.8 (endpoints), 5.1 (class descriptor); USB ICCD 1.0, 5.
"""

from __future__ import annotations

from collections.abc import Callable

from ..ccid.codes import Version
from ..ccid.descriptor import (
    ALL_VOLTAGES,
    EXCHANGE_MASK,
    Descriptor,
    ExchangeLevel,
    Features,
    Protocols,
)
from ..models import Model
from ..models.model import Quirk, TransferType
from .explain import FEATURES, LEVELS

LONGEST_TPDU, LONGEST_BLOCK, HEADER = 261, 259, 10
"""Bytes of the longest TPDU and T=1 block, and of a message's header."""

Rule = Callable[[Model], str | None]


def contradictions(model: Model) -> list[str]:
    """Return one sentence for each contradiction; empty for a consistent description."""
    return [text for rule in RULES if (text := rule(model)) is not None]


def _busy(model: Model) -> str | None:
    busy, slots = model.descriptor.bMaxCCIDBusySlots, model.slots
    if busy == 0:
        return "bMaxCCIDBusySlots is 0: no slot could ever work"
    if busy > slots:
        return f"bMaxCCIDBusySlots is {busy}, but there are {slots} slots"
    return None


def _voltage(model: Model) -> str | None:
    if model.descriptor.bVoltageSupport & ALL_VOLTAGES:
        return None
    return "bVoltageSupport names no voltage"


def _protocols(model: Model) -> str | None:
    descriptor = model.descriptor
    if not descriptor.dwProtocols & (Protocols.T0 | Protocols.T1):
        return "dwProtocols names neither T=0 nor T=1"
    if descriptor.dwProtocols == Protocols.T1 and descriptor.has(Features.AUTO_NEGOTIATION):
        return (
            "dwProtocols names T=1 alone while the reader negotiates by itself:"
            " a card that offers both has to run T=1"
        )
    return None


def _levels(model: Model) -> str | None:
    found = [one.name for one in ExchangeLevel if one and model.descriptor.dwFeatures & one]
    return f"dwFeatures names {len(found)} exchange levels" if len(found) > 1 else None


def _unknown_features(model: Model) -> str | None:
    left = model.descriptor.dwFeatures & ~(sum(FEATURES) | EXCHANGE_MASK)
    return f"dwFeatures has bits without a meaning: {left:X}" if left else None


def _negotiation(model: Model) -> str | None:
    both = Features.AUTO_NEGOTIATION | Features.AUTO_PPS
    if model.descriptor.has(both):
        return "dwFeatures says that parameters are negotiated both by rules and by PPS: one holds"
    return None


def _message_length(model: Model) -> str | None:
    said = model.descriptor
    room = said.dwMaxCCIDMessageLength - HEADER
    if room < 0:
        return f"dwMaxCCIDMessageLength is {said.dwMaxCCIDMessageLength}: no header fits"
    if room == 0:
        return f"dwMaxCCIDMessageLength is {HEADER}: a header fits, no data"
    level = said.exchange_level
    if level is ExchangeLevel.TPDU and said.dwProtocols & Protocols.T1:
        needed = min(max(said.dwMaxIFSD, 1), 254) + 5
        if room < needed:
            return (
                f"dwMaxCCIDMessageLength leaves {room} bytes, but a T=1 block with dwMaxIFSD"
                f" {said.dwMaxIFSD} has up to {needed}"
            )
    if level in (ExchangeLevel.TPDU, ExchangeLevel.SHORT_APDU) and room < LONGEST_TPDU:
        return f"dwMaxCCIDMessageLength leaves {room} bytes, but commands have up to {LONGEST_TPDU}"
    return None


def _ifsd(model: Model) -> str | None:
    ifsd = model.descriptor.dwMaxIFSD
    if 1 <= ifsd <= 254 or not model.descriptor.dwProtocols & Protocols.T1:
        return None
    return f"dwMaxIFSD is {ifsd}, but T=1 has 1..254"


def _chaining(model: Model) -> str | None:
    if model.has(Quirk.CHAINS_SHORT_APDU):
        return "dwFeatures says short APDUs, but this product chains longer ones"
    return None


def _endpoints(model: Model) -> str | None:
    kinds = [(one.kind, one.reads) for one in model.endpoints]
    bulk = {(TransferType.BULK, True), (TransferType.BULK, False)}
    if model.interface_protocol in (1, 2):
        bulky = bool(bulk & set(kinds))
        return "an ICCD token with control transfers has bulk endpoints" if bulky else None
    if not bulk <= set(kinds):
        return "a CCID needs a bulk-IN and a bulk-OUT endpoint"
    if (TransferType.INTERRUPT, True) not in kinds and not model.descriptor.has(
        Features.ICCD_TOKEN
    ):
        return "no interrupt endpoint: hosts have to ask again and again whether a card is in"
    return None


def _characters(model: Model) -> str | None:
    said = model.descriptor.exchange_level
    if model.interface_protocol != Version.ICCD_A or said is ExchangeLevel.CHARACTER:
        return None
    return (
        "an ICCD token of version A exchanges the characters of T=0, but dwFeatures names the"
        f" {LEVELS[said].partition(':')[0]}"
    )


def _interface(model: Model) -> str | None:
    kind, sub, protocol = (
        model.interface_class,
        model.interface_subclass,
        model.interface_protocol,
    )
    if kind == 0xFF:
        return "bInterfaceClass is the vendor's own, though the interface is a CCID"
    if kind != 0x0B:
        return f"bInterfaceClass is {kind:02X}, a CCID has 0B"
    if sub or protocol not in (0, 1, 2):
        return f"bInterfaceSubClass {sub:02X} and bInterfaceProtocol {protocol:02X} are unknown"
    return None


def _clocks(model: Model) -> str | None:
    said = model.descriptor
    if said.dwMaximumClock < said.dwDefaultClock:
        return f"dwMaximumClock {said.dwMaximumClock} is below dwDefaultClock {said.dwDefaultClock}"
    if said.dwMaxDataRate < said.dwDataRate:
        return f"dwMaxDataRate {said.dwMaxDataRate} is below dwDataRate {said.dwDataRate}"
    return None


def _lists(model: Model) -> str | None:
    for name, count, values, quirk in (
        ("data rates", _rates(model), model.data_rates, Quirk.NO_DATA_RATES),
        (
            "clock frequencies",
            model.descriptor.bNumClockSupported,
            model.clock_frequencies,
            Quirk.NO_CLOCK_FREQUENCIES,
        ),
    ):
        if count and model.has(quirk):
            return f"{count} {name} are announced, but the request for them is refused"
        if count and values and len(values) != count:
            return f"{count} {name} are announced, but {len(values)} are listed"
    return None


def _rates(model: Model) -> int:
    return model.descriptor.bNumDataRatesSupported


def _pinpad(model: Model) -> str | None:
    least, most = model.pinpad.min_digits, model.pinpad.max_digits
    if model.has_pinpad and least > most:
        return f"the PIN pad takes at least {least} digits, but no more than {most}"
    return None


def _display(model: Model) -> str | None:
    if bool(model.descriptor.lcd[0]) != bool(model.descriptor.lcd[1]):
        return f"wLcdLayout is {model.descriptor.wLcdLayout:04X}: lines without columns, or reverse"
    return None


def _token(model: Model) -> str | None:
    said: Descriptor = model.descriptor
    if said.has(Features.ICCD_TOKEN) and said.bMaxSlotIndex:
        return f"a token is one card, but bMaxSlotIndex is {said.bMaxSlotIndex}"
    return None


RULES: tuple[Rule, ...] = (
    _interface,
    _endpoints,
    _token,
    _characters,
    _busy,
    _voltage,
    _protocols,
    _clocks,
    _lists,
    _ifsd,
    _levels,
    _unknown_features,
    _negotiation,
    _message_length,
    _chaining,
    _display,
    _pinpad,
)
