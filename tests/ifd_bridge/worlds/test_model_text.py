from __future__ import annotations

from dataclasses import replace

import pytest

from ifd_bridge.spec import SpecError
from ifd_bridge.worlds.model_text import changed, endpoint_text, from_toml, quirk_name, to_toml
from ifd_bridge.worlds.reader_models import model
from readers.models import MODELS, PLAIN, Model, Quirk
from readers.models.model import STANDARD, Endpoint, TransferType


def line(key: str, value: str) -> Model:
    made = changed(PLAIN, key, value, key)
    assert isinstance(made, Model)
    return made


def test_every_kind_of_field_has_a_text() -> None:
    assert line("quirks", "ppdu,Checks_ATR").quirks == Quirk.PPDU | Quirk.CHECKS_ATR
    assert line("escapes", "6a:0210,01:").escapes == ((b"\x6a", b"\x02\x10"), (b"\1", b""))
    assert line("data_rates", "9600, 0x10").data_rates == (9600, 16)
    assert line("delay_s", "0.5").delay_s == 0.5
    assert line("pinpad.verify_messages", "1,2").pinpad.verify_messages == frozenset({1, 2})
    assert line("pinpad.verify_messages", "any").pinpad.verify_messages is None
    assert line("endpoints", "bulk:01/64,interrupt:83/8/24").endpoints == (
        Endpoint(1),
        Endpoint(0x83, TransferType.INTERRUPT, 8, 24),
    )
    assert line("descriptor.dwFeatures", "0x10230").descriptor.dwFeatures == 0x10230


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("quirks", "odd", "no quirk is named 'odd'; there are zero-length-packets"),
        ("escapes", "6a", "REQUEST:ANSWER in hexadecimal"),
        ("escapes", "6:0", "non-hexadecimal"),
        ("endpoints", "81", "an endpoint is bulk:01/64"),
        ("endpoints", "bulk:00/64", "number of 1..15"),
        ("delay_s", "nan", "0..3600 seconds, not nan"),
        ("delay_s", "-1", "0..3600 seconds"),
        ("data_rates", "fast", "invalid literal"),
        ("descriptor", "1", "has parts: descriptor.bcdCCID"),
        ("vendor_id", "0x12345", "vendor_id has 16 bits"),
        ("interface_number", "300", "interface_number has 8 bits"),
        ("descriptor.dwFeatures", "0x100000000", "dwFeatures has 32 bits"),
        ("descriptor.bMaxSlotIndex", "-1", "bMaxSlotIndex has 8 bits"),
        ("data_rates", "9600,-1", "data_rates has 32 bits"),
        ("clock_frequencies", "0x100000000", "clock_frequencies has 32 bits"),
        ("hardware_message_length", "10", "a message has a header of 10 bytes, and data"),
        ("pinpad.timeout_s", "-5", "timeout_s has 8 bits"),
        ("colour", "red", "no option 'colour'; here are name"),
        ("dwFeatures", "0", "no option 'dwFeatures'; it is descriptor.dwFeatures"),
        ("min_digits", "4", "no option 'min_digits'; it is pinpad.min_digits"),
    ],
)
def test_what_is_no_value_is_refused(key: str, value: str, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        line(key, value)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_comes_back_from_its_toml(name: str) -> None:
    assert from_toml(to_toml(MODELS[name]), model) == MODELS[name]


def test_texts_of_any_kind_come_back() -> None:
    odd = replace(
        PLAIN,
        name='A "B" \\ é',
        serial_number="\x01\x7f",
        quirks=Quirk.PPDU,
        endpoints=(*STANDARD, Endpoint(0x8F, TransferType.INTERRUPT, 1024, 255)),
        data_rates=(1, 2),
        delay_s=0.25,
    )
    assert from_toml(to_toml(odd), model) == odd


def test_toml_begins_with_a_model_and_says_what_differs() -> None:
    made = from_toml('model = "pinpad"\nname = "Mine"\n[pinpad]\nmin_digits = 6\n', model)
    assert (made.name, made.pinpad.min_digits, made.has_pinpad) == ("Mine", 6, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("= 1", "no TOML: "),
        ('model = "none"', "no reader model is named 'none'"),
        ("[descriptor]\nx = 1", "no option 'descriptor.x'"),
        ("delay_s = inf", "0..3600 seconds, not inf"),
    ],
)
def test_toml_that_is_wrong_says_where(text: str, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        from_toml(text, model)


def test_names_are_as_people_write_them() -> None:
    assert quirk_name(Quirk.ZERO_LENGTH_PACKETS) == "zero-length-packets"
    assert [endpoint_text(one) for one in STANDARD] == [
        "bulk:01/64",
        "bulk:82/64",
        "interrupt:83/8/24",
    ]


@pytest.mark.parametrize(
    ("text", "value"), [("", True), ("Yes", True), ("true", True), ("no", False), ("False", False)]
)
def test_a_switch_is_yes_or_no(text: str, value: bool) -> None:
    assert changed(PLAIN, "built_in", text, "built_in").built_in is value
    with pytest.raises(SpecError, match="yes or no"):
        changed(PLAIN, "built_in", "perhaps", "built_in")
