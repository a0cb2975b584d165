"""A reader's description explained: fields, contradictions, and the driver's treatment of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from readers.ccid.descriptor import ExchangeLevel, Features
from readers.description.contradictions import contradictions
from readers.description.explain import LEVELS, FieldText, explain
from readers.models import Model
from readers.models.model import TransferType

from ..driver.endless import endless
from ..driver.known_reader import GEMALTO, GEMPC_PINPAD, VEGA_ALPHA, KnownReader
from ..driver.options import TODAY, DriverOptions, Release
from ..driver.pin_entry import MODIFY_REPAIRS, VERIFY_REPAIRS, wants_three_indexes
from ..driver.repairs import NO_PPS, REPAIRS, SCM_MESSAGE_LENGTH, Repair, release_text

LONGEST_SHORT, LONGEST_EXTENDED = 261, 65544


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that is to be said of a reader."""

    model: Model
    fields: list[FieldText]
    contradictions: list[str]
    driver: list[str]
    tables: list[str]
    release: Release

    def as_json(self) -> dict[str, Any]:
        """Return the explanation for programs."""
        return {
            "name": self.model.name,
            "usb_id": f"{self.model.vendor_id:04x}:{self.model.product_id:04x}",
            "fields": [
                {"name": one.name.strip(), "value": one.value, "meaning": list(one.meaning)}
                for one in self.fields
            ],
            "contradictions": self.contradictions,
            "driver": self.driver,
            "tables": self.tables,
            "libccid": str(self.release),
        }


def explained(model: Model, release: Release = TODAY) -> Explained:
    """Explain a model, with the tables of one release of libccid."""
    reader = KnownReader.of(model, release)
    return Explained(
        model,
        explain(model),
        contradictions(model),
        list(_treatment(reader)),
        list(_tables(reader, release)),
        release,
    )


def _treatment(reader: KnownReader) -> Iterator[str]:
    """Return how a host driver treats the reader."""
    if reader.refusal:
        yield f"refuses the reader: {reader.refusal}"
    if why := endless(reader, DriverOptions()):
        yield f"does not come back when a card is in: {why}"
    yield from (_presence(reader), _voltage(reader), _negotiation(reader), _exchange(reader))
    if reader.pin_support:
        yield f"offers PIN entry (part 10): {_pin_entry(reader)}"
    slots, busy = reader.model.slots, reader.model.descriptor.bMaxCCIDBusySlots
    if slots > 1:
        yield f"shows {slots} readers, " + (
            "which work at the same time" if busy == slots else "which take turns"
        )


def _presence(reader: KnownReader) -> str:
    kinds = {one.kind for one in reader.model.endpoints}
    if reader.model.interface_protocol:
        return "takes the card for present as long as the token is plugged in"
    if TransferType.INTERRUPT in kinds and len(reader.model.endpoints) == 3:
        return "waits for slot changes at the interrupt endpoint"
    return "asks for the slot's state each 400 ms"


def _voltage(reader: KnownReader) -> str:
    if reader.picks_voltage:
        return "leaves the voltage to the reader"
    return "tries 5 V, 1.8 V and 3 V in turn, beginning with the first that the reader has"


def _negotiation(reader: KnownReader) -> str:
    if reader.model.usb_id in NO_PPS:
        return "sends no PPS, and uses the card's first protocol whatever is asked for"
    if reader.has(Features.AUTO_NEGOTIATION):
        return "leaves protocol and speed to the reader: neither PPS nor SetParameters"
    if reader.has(Features.AUTO_PPS):
        return "sends SetParameters; the reader does the PPS"
    return "does the PPS itself and sends SetParameters"


def _exchange(reader: KnownReader) -> str:
    level = reader.level
    if level is ExchangeLevel.EXTENDED_APDU:
        text = f"sends APDUs of up to {LONGEST_EXTENDED:,} bytes"
        if not reader.room:
            return "can send no APDU: a message has no room for one"
        return text + (f", in pieces of {reader.room}" if reader.room < LONGEST_EXTENDED else "")
    limit = reader.max_data
    limited = "any length" if limit is None else f"up to {max(0, min(limit, LONGEST_SHORT))} bytes"
    if level is ExchangeLevel.SHORT_APDU:
        return f"sends short APDUs of {limited}"
    return f"runs T=0 and T=1 itself ({LEVELS[level].partition(':')[0]}), TPDUs of {limited}"


def _pin_entry(reader: KnownReader) -> str:
    support = [text for bit, text in ((1, "verify"), (2, "modify")) if reader.pin_support & bit]
    limits = reader.pin_limits
    digits = f", {limits[0].min_digits} to {limits[0].max_digits} digits" if limits else ""
    return f"{' and '.join(support)}{digits}"


def _tables(reader: KnownReader, release: Release) -> Iterator[str]:
    """The driver's tables that the reader is in."""
    model = reader.model
    said = KnownReader.of(model, release).model.descriptor.exchange_level
    for repair in REPAIRS:
        if repair.reader_id != reader.model.usb_id:
            continue
        if repair.holds(model.bcd_device, said, release):
            yield f"{repair_text(repair)}: {repair.why}"
        else:
            yield f"not for this firmware or release: {repair_text(repair)} ({repair.why})"
    if model.descriptor.dwMaxCCIDMessageLength == SCM_MESSAGE_LENGTH:
        yield "dwMaxCCIDMessageLength 263 is not believed: SCM readers take more"
    yield from _pin_tables(reader)


def _pin_tables(reader: KnownReader) -> Iterator[str]:
    for name, table in (("verification", VERIFY_REPAIRS), ("modification", MODIFY_REPAIRS)):
        if reader.model.usb_id in table:
            yield f"PIN {name} is mended before it is sent"
    if reader.pin_support and wants_three_indexes(reader):
        yield "PIN modification always has three message indexes"
    if reader.model.usb_id in (GEMPC_PINPAD, VEGA_ALPHA):
        yield "the reader's texts are loaded when it is plugged in"
    if reader.model.vendor_id == GEMALTO:
        yield "firmware features are asked for by Escape 6A"


def repair_text(repair: Repair) -> str:
    """Describe the changes of a correction in words."""
    changes = []
    if repair.level is not None:
        changes.append(LEVELS[repair.level].partition(":")[0])
    if repair.pin_support == 0:
        changes.append("no PIN entry")
    if repair.features:
        changes.append("no request for IFSD")
    if repair.max_ifsd is not None:
        changes.append(f"dwMaxIFSD {repair.max_ifsd}")
    if repair.max_data_rate is not None:
        changes.append(f"at most {repair.max_data_rate:,} bit/s")
    text = ", ".join(changes)
    if repair.firmware:
        text += f" (firmware {', '.join(release_text(one) for one in repair.firmware)})"
    return text
