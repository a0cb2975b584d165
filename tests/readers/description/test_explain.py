from __future__ import annotations

from dataclasses import replace

import pytest

from readers.ccid.descriptor import Descriptor
from readers.description.explain import bits, explain, features
from readers.description.fields import NAMES
from readers.models import MODELS, PINPAD_DISPLAY, PLAIN, Model
from tests.kits import golden


def meanings(model: Model) -> dict[str, tuple[str, ...]]:
    return {field.name.strip(): field.meaning for field in explain(model)}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_field_of_every_model_has_its_line(model: Model) -> None:
    names = [field.name for field in explain(model)]
    assert [name for name in names if name in NAMES] == list(NAMES)
    assert all(field.value for field in explain(model))


def test_values_are_said_in_words() -> None:
    said = meanings(PINPAD_DISPLAY)
    assert said["dwProtocols"] == ("T=0", "T=1")
    assert said["bPINSupport"] == ("verification", "modification")
    assert said["wLcdLayout"] == ("2 lines of 16 characters",)
    assert said["bVoltageSupport"] == ("5 V", "3 V", "1.8 V")
    assert said["dwFeatures"][0] == "short and extended APDU level"
    assert said["bMaxSlotIndex"] == ("one slot",)


def test_what_is_not_there_is_said_as_well() -> None:
    nothing = Descriptor(
        bVoltageSupport=0, dwProtocols=0, bMaxSlotIndex=2, bClassEnvelope=0, dwMechanical=0x80
    )
    said = meanings(replace(PLAIN, descriptor=nothing, endpoints=(), interface_class=3))
    assert said["bVoltageSupport"] == ("none: hosts begin at 5 V",)
    assert said["dwProtocols"] == ("none",)
    assert said["bMaxSlotIndex"] == ("3 slots",)
    assert said["bNumEndpoints"] == ("control transfers only",)
    assert said["bInterfaceClass"] == ("unknown",)
    assert said["bClassEnvelope"] == ("CLA 00",)
    assert said["dwMechanical"] == ("unknown bits 80",)


def test_long_lists_are_cut() -> None:
    model = replace(
        PLAIN, serial_number="1", interface_name="x", data_rates=tuple(range(10)),
        clock_frequencies=(4000,),
    )  # fmt: skip
    said = meanings(model)
    assert said["data rates"] == ("0, 1, 2, 3, 4, 5, 6, 7 and 2 more bit/s",)
    assert said["clock frequencies"] == ("4,000 kHz",)
    assert "iSerialNumber" in said


def test_bits_without_a_name_are_left_over() -> None:
    assert bits(0x0B, {1: "one", 2: "two"}) == ["one", "two", "unknown bits 8"]
    assert features(0x80000002) == ["configures itself from the ATR", "unknown bits 80000000"]


def test_names_of_a_device_stand_beside_its_numbers() -> None:
    for name, told in (("Acme", "Acme"), ("", "no name")):
        vendor, product, *_ = explain(replace(PLAIN, vendor_name=name, product_name=name))
        assert (vendor.meaning, product.meaning) == ((told,), (told,))


def test_every_field_of_every_model_is_told_whole() -> None:
    lines = []
    for name, model in MODELS.items():
        lines += [name]
        lines += [f"  {one.name} {one.value} {'; '.join(one.meaning)}" for one in explain(model)]
    golden.check("fields", lines)
