from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from readers.ccid.descriptor import ExchangeLevel
from readers.description import parse
from readers.description.contradictions import contradictions
from readers.models import PINPAD, PLAIN, Model, at_level
from readers.models.model import BULK_IN, BULK_OUT, INTERRUPT_IN, PinpadModel, Quirk
from tests.kits.descriptions import OURS

TPDU = at_level(PLAIN, ExchangeLevel.TPDU)


def with_fields(model: Model, **fields: int) -> Model:
    return replace(model, descriptor=replace(model.descriptor, **fields))


def test_our_own_models_agree_with_themselves() -> None:
    assert contradictions(PLAIN) == []
    assert contradictions(TPDU) == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"bMaxCCIDBusySlots": 0}, "no slot could ever work"),
        ({"bMaxCCIDBusySlots": 2}, "is 2, but there are 1 slots"),
        ({"bVoltageSupport": 0}, "names no voltage"),
        ({"dwProtocols": 0}, "neither T=0 nor T=1"),
        ({"dwProtocols": 2, "dwFeatures": 0x20040}, "T=1 alone while the reader negotiates"),
        ({"dwFeatures": 0x30000}, "names 2 exchange levels"),
        ({"dwFeatures": 0x80040000}, "without a meaning: 80000000"),
        ({"dwFeatures": 0x400C0}, "both by rules and by PPS"),
        ({"dwMaxCCIDMessageLength": 9}, "is 9: no header fits"),
        ({"dwMaxCCIDMessageLength": 10}, "is 10: a header fits, no data"),
        ({"dwMaxIFSD": 0}, "dwMaxIFSD is 0, but T=1 has 1..254"),
        ({"dwMaximumClock": 1}, "dwMaximumClock 1 is below"),
        ({"dwMaxDataRate": 1}, "dwMaxDataRate 1 is below"),
        ({"wLcdLayout": 0x0200}, "lines without columns"),
        ({"dwFeatures": 0x40800, "bMaxSlotIndex": 1}, "a token is one card"),
    ],
)
def test_each_contradiction_is_named(fields: dict[str, int], says: str) -> None:
    assert says in " ".join(contradictions(with_fields(PLAIN, **fields)))


def test_messages_that_are_too_short_for_their_level_are_named() -> None:
    short = with_fields(TPDU, dwMaxCCIDMessageLength=263)
    assert "a T=1 block with dwMaxIFSD 254 has up to 259" in contradictions(short)[0]
    t0 = with_fields(TPDU, dwMaxCCIDMessageLength=263, dwProtocols=1)
    assert "leaves 253 bytes, but commands have up to 261" in contradictions(t0)[0]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"endpoints": (BULK_OUT, BULK_IN)}, "no interrupt endpoint"),
        ({"endpoints": (INTERRUPT_IN,)}, "needs a bulk-IN and a bulk-OUT endpoint"),
        ({"endpoints": (BULK_OUT, INTERRUPT_IN)}, "needs a bulk-IN and a bulk-OUT endpoint"),
        ({"endpoints": (BULK_IN, INTERRUPT_IN)}, "needs a bulk-IN and a bulk-OUT endpoint"),
        ({"interface_protocol": 2}, "with control transfers has bulk endpoints"),
        (
            {"interface_protocol": 1},
            "exchanges the characters of T=0, but dwFeatures names the short",
        ),
        ({"interface_class": 0xFF}, "the vendor's own"),
        ({"interface_class": 3}, "is 03, a CCID has 0B"),
        ({"interface_subclass": 1}, "bInterfaceSubClass 01 and"),
        (
            {"descriptor": PINPAD.descriptor, "pinpad": PinpadModel(min_digits=17)},
            "takes at least 17 digits, but no more than 16",
        ),
        ({"quirks": Quirk.CHAINS_SHORT_APDU}, "this product chains longer ones"),
    ],
)
def test_interfaces_can_contradict_too(fields: dict[str, Any], says: str) -> None:
    assert says in " ".join(contradictions(replace(PLAIN, **fields)))


def test_lists_that_do_not_come_are_named() -> None:
    counted = with_fields(PLAIN, bNumDataRatesSupported=2)
    refused = replace(counted, quirks=Quirk.NO_DATA_RATES)
    assert "the request for them is refused" in contradictions(refused)[0]
    assert (
        "2 data rates are announced, but 1 are"
        in contradictions(replace(counted, data_rates=(9600,)))[0]
    )
    assert contradictions(replace(counted, data_rates=(9600, 1))) == []


def test_a_token_without_endpoints_is_none() -> None:
    token = replace(with_fields(PLAIN, dwFeatures=0x40800), endpoints=(), interface_protocol=2)
    assert contradictions(token) == []
    characters = with_fields(replace(token, interface_protocol=1), dwFeatures=0x840)
    assert contradictions(characters) == []


def test_the_contradictory_vector_is_full_of_them() -> None:
    (model,) = parse.device((OURS / "contradictory.txt").read_bytes()).models()
    assert len(contradictions(model)) == 8
