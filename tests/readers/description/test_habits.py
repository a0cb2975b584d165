from __future__ import annotations

import pytest

from readers.description.habits import HABITS, with_habits
from readers.models import MODELS, Model
from readers.models.model import Quirk


def product(vendor_id: int, product_id: int, quirks: Quirk = Quirk.NONE) -> Model:
    return Model("R", vendor_id=vendor_id, product_id=product_id, quirks=quirks)


def test_a_product_that_is_a_model_has_its_habits() -> None:
    made = with_habits(product(0x08E6, 0x3478))
    assert made.has(Quirk.GEMALTO_ESCAPES)
    assert made.pinpad == MODELS["gemalto-pinpad"].pinpad
    assert not with_habits(product(0x08E6, 0x3437)).has(Quirk.ZERO_LENGTH_PACKETS)


@pytest.mark.parametrize("usb_id", HABITS)
def test_habits_are_added_to_what_the_descriptor_tells(usb_id: tuple[int, int]) -> None:
    made = with_habits(product(*usb_id, quirks=Quirk.NO_DATA_RATES))
    assert made.has(Quirk.NO_DATA_RATES)
    assert made != product(*usb_id, quirks=Quirk.NO_DATA_RATES)


def test_an_unknown_product_has_none() -> None:
    assert with_habits(product(0xFFFF, 1)) == product(0xFFFF, 1)
