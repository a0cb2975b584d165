from __future__ import annotations

from dataclasses import replace

import pytest

from ifd_bridge.driver.endless import AUTOMATIC, endless
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.options import NUMBER, DriverOptions
from readers.ccid.descriptor import Features
from readers.models import PLAIN, TWO_SLOT, Model
from readers.models.model import BULK_OUT, INTERRUPT_IN, STANDARD

BY_VOLTAGE = int(PLAIN.descriptor.dwFeatures) & ~int(
    Features.AUTO_VOLTAGE | Features.AUTO_ACTIVATION
)


def with_voltages(support: int, features: int = BY_VOLTAGE, protocol: int = 0) -> Model:
    descriptor = replace(PLAIN.descriptor, bVoltageSupport=support, dwFeatures=features)
    return replace(PLAIN, descriptor=descriptor, interface_protocol=protocol)


def never_ends(model: Model, options: DriverOptions | None = None) -> bool:
    return endless(KnownReader.of(model), options or DriverOptions()) is not None


@pytest.mark.parametrize("support", [0x08, 0x88, 0xF8])
def test_bits_that_are_no_voltage_are_searched_without_end(support: int) -> None:
    assert never_ends(with_voltages(support))
    assert not never_ends(with_voltages(support | 4))


def test_no_bits_at_all_count_as_any_voltage() -> None:
    assert not never_ends(with_voltages(0))


def test_a_reader_that_is_told_no_voltage_is_powered_up() -> None:
    for feature in (Features.AUTO_VOLTAGE, Features.AUTO_ACTIVATION):
        assert not never_ends(with_voltages(0x88, BY_VOLTAGE | feature))
    for token in (1, 2):
        assert not never_ends(with_voltages(0x88, protocol=token))


def test_the_option_that_the_reason_names_ends_it() -> None:
    model = with_voltages(0x88)
    assert AUTOMATIC in (endless(KnownReader.of(model), DriverOptions()) or "")
    name, _, value = AUTOMATIC.partition("=")
    assert name == NUMBER
    assert not never_ends(model, DriverOptions().changed({name: value}))


@pytest.mark.parametrize("protocol", [0, 1, 2])
def test_several_slots_without_an_endpoint_to_read_from_are_waited_for_unheard(
    protocol: int,
) -> None:
    deaf = replace(TWO_SLOT, interface_protocol=protocol, endpoints=(BULK_OUT, INTERRUPT_IN))
    assert never_ends(deaf)
    assert not never_ends(replace(deaf, endpoints=STANDARD))
    assert not never_ends(replace(deaf, endpoints=()))  # to send fails at once
    assert not never_ends(replace(deaf, descriptor=PLAIN.descriptor))
