from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ifd_bridge.driver.options import Release
from ifd_bridge.driver.repairs import REPAIRS
from ifd_bridge.explain.reader_text import explained, repair_text
from readers.ccid.descriptor import ExchangeLevel
from readers.models import MODELS, PINPAD, PLAIN, TWO_SLOT, Model, at_level
from readers.models.model import BULK_IN, BULK_OUT
from tests.kits import golden


def driver(model: Model, release: str = "1.5.2") -> str:
    return "\n".join(explained(model, Release.parse(release)).driver)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_model_is_explained(model: Model) -> None:
    found = explained(model)
    assert found.fields
    assert len(found.driver) >= 4
    assert json.loads(json.dumps(found.as_json()))["name"] == model.name


def test_what_a_driver_does_follows_the_features() -> None:
    assert "leaves the voltage to the reader" in driver(PLAIN)
    assert "sends APDUs of up to 65,544 bytes" in driver(PLAIN)
    assert "waits for slot changes" in driver(PLAIN)
    tpdu = MODELS["sim-t0"]
    assert "tries 5 V, 1.8 V and 3 V" in driver(tpdu)
    odd = replace(tpdu, descriptor=replace(tpdu.descriptor, bVoltageSupport=0x88))
    assert "does not come back when a card is in: bVoltageSupport 88" in driver(odd)
    assert "does the PPS itself" in driver(tpdu)
    assert "runs T=0 and T=1 itself (TPDU level), TPDUs of up to 261 bytes" in driver(tpdu)
    assert "TPDUs of any length" in driver(MODELS["scm-scr331-di"])
    assert "neither PPS nor SetParameters" in driver(MODELS["acr122u"])
    assert "each 400 ms" in driver(replace(PLAIN, endpoints=(BULK_OUT, BULK_IN)))
    assert "as long as the token is plugged in" in driver(replace(PLAIN, interface_protocol=2))
    assert "in pieces of 261" in driver(MODELS["cherry-kc1000sc"])
    narrow = replace(PLAIN, descriptor=replace(PLAIN.descriptor, dwMaxCCIDMessageLength=10))
    assert "can send no APDU" in driver(narrow)


def test_pin_pads_and_slots_are_told() -> None:
    assert "PIN entry (part 10): verify and modify, 0 to 16 digits" in driver(PINPAD)
    assert "shows 2 readers, which work at the same time" in driver(TWO_SLOT)
    assert "which take turns" in driver(MODELS["scm-scr331-di"])


def test_bad_firmware_is_refused() -> None:
    old = replace(MODELS["acr122u"], bcd_device=0x0100)
    assert driver(old).startswith("refuses the reader: firmware 1.00 has known bugs")


def test_the_tables_that_apply_are_named() -> None:
    tables = explained(MODELS["gemalto-pinpad-v1"]).tables
    assert "PIN modification always has three message indexes" in tables
    assert "the reader's texts are loaded when it is plugged in" in tables
    assert "not believed" in explained(MODELS["scm-scr331-di"]).tables[0]
    short = at_level(PLAIN, ExchangeLevel.SHORT_APDU)
    new = replace(short, vendor_id=0x2F7C, product_id=0x6007)
    assert explained(new, Release.parse("1.5.2")).tables[0].startswith("not for this firmware")
    assert explained(new, Release.parse("1.8.4")).tables[0].startswith("short and extended")
    oz776 = replace(short, vendor_id=0x0B97, product_id=0x7762)
    assert "sends no PPS" in driver(oz776)


@pytest.mark.parametrize("repair", REPAIRS, ids=lambda one: f"{one.reader_id:08X}")
def test_every_repair_has_words(repair: object) -> None:
    assert repair_text(repair)  # type: ignore[arg-type] # a Repair


@pytest.mark.parametrize("release", ["1.5.2", "1.8.4"])
def test_what_a_driver_does_with_each_model_is_told_whole(release: str) -> None:
    """Source: libccid's tables, and its treatment of each level."""
    lines = []
    for name, model in MODELS.items():
        found = explained(model, Release.parse(release))
        lines += [name, *(f"  {one}" for one in (*found.driver, *found.tables))]
    golden.check(f"reader_text-{release}", lines)
