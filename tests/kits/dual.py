"""A device with two smart card interfaces, like a dual reader."""

from __future__ import annotations

from dataclasses import replace

from readers.models import PLAIN, TWO_SLOT, Model
from readers.models.model import Endpoint, TransferType


def interface(model: Model, number: int, what: str) -> Model:
    """Interface `number` of a dual reader, with endpoints of its own: 3n + 1 to 3n + 3."""
    at = 3 * number + 1
    return replace(
        model,
        name=f"vcard Dual [{what}] (0042)",
        vendor_name="vcard",
        product_name="Dual",
        product_id=0x0006,
        serial_number="0042",
        interface_name=what,
        interface_number=number,
        endpoints=(
            Endpoint(at),
            Endpoint(0x81 + at),
            Endpoint(0x82 + at, TransferType.INTERRUPT, 8, 24),
        ),
    )


DUAL = interface(PLAIN, 0, "Contact"), interface(TWO_SLOT, 2, "SAM")
