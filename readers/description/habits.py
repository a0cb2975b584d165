"""Properties of known products that no descriptor contains: firmware quirks, keypads, escapes.

Host drivers rely on these: a reader built from its descriptor alone would be refused or
misunderstood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..models import Model
from ..models.model import PinpadModel, Quirk
from ..models.real import REAL_MODELS

_TAKEN = ("firmware", "pinpad", "escapes")
"""The values that a product shares with its model in `real`."""

_CHAINS = {"quirks": Quirk.CHAINS_SHORT_APDU}
_TEXTS = {"quirks": Quirk.GEMALTO_ESCAPES}
HABITS: dict[tuple[int, int], Mapping[str, Any]] = {
    (0x046A, 0x00A7): _CHAINS,
    (0x076B, 0x3031): _CHAINS,
    (0x076B, 0x3A21): _CHAINS,
    (0x076B, 0x6632): _CHAINS,
    (0x0BF8, 0x1024): _CHAINS,
    (0x2F7C, 0x6007): _CHAINS,
    (0x413C, 0x2100): {
        "quirks": Quirk.SWAPPED_LIMITS,
        "pinpad": PinpadModel(verify_messages=frozenset({0})),
    },
    (0x413C, 0x2101): {"pinpad": PinpadModel(verify_messages=frozenset({0}))},
    (0x08E6, 0x3479): _TEXTS,
    (0x08E6, 0x34C4): _TEXTS,
    (0x0982, 0x0008): {
        "quirks": Quirk.GEMALTO_ESCAPES | Quirk.THREE_INDEXES,
        "pinpad": PinpadModel(
            min_digits=4, max_digits=8, conditions=2, verify_messages=frozenset({1})
        ),
    },
}
"""By vendor and product id; the fields of a Model. Quirks are added to those of the descriptor."""


def with_habits(model: Model) -> Model:
    """The model with the habits of its product."""
    for real in REAL_MODELS.values():
        if (real.vendor_id, real.product_id) == (model.vendor_id, model.product_id):
            same = {name: getattr(real, name) for name in _TAKEN}
            model = replace(model, quirks=model.quirks | _carried(real.quirks), **same)
            break
    known = dict(HABITS.get((model.vendor_id, model.product_id), {}))
    quirks = model.quirks | known.pop("quirks", Quirk.NONE)
    return replace(model, quirks=quirks, **known)


def _carried(quirks: Quirk) -> Quirk:
    """Return the quirks that hold for all releases of the firmware."""
    return quirks & ~Quirk.ZERO_LENGTH_PACKETS
