from __future__ import annotations

from dataclasses import replace

import pytest

from readers.ccid.descriptor import Descriptor, Features
from readers.description.device import DescribedDevice, Interface, merged, pcsc_name
from readers.models.model import STANDARD, Quirk

ONE = Interface(Descriptor())
DEVICE = DescribedDevice(0x04E6, 0x5116, 0x0123, "SCM", "SCR 3310", "21120", (ONE,))


def test_a_model_is_what_the_device_says() -> None:
    (model,) = DEVICE.models()
    assert (model.name, model.bcd_device) == ("SCM SCR 3310 (21120)", 0x0123)
    assert (model.vendor_id, model.product_id, model.quirks) == (0x04E6, 0x5116, Quirk.NONE)
    assert DEVICE.usb_id == "04e6:5116"


def test_several_interfaces_have_names_of_their_own() -> None:
    named = replace(ONE, number=1, name="Contactless")
    device = replace(DEVICE, serial_number="", interfaces=(ONE, named))
    names = [model.name for model in device.models()]
    assert names == ["SCM SCR 3310 [interface 0]", "SCM SCR 3310 [Contactless]"]


@pytest.mark.parametrize(("protocol", "features"), [(1, 0), (2, 0), (0, Features.ICCD_TOKEN)])
def test_the_readers_of_a_device_are_tokens_one_by_one(protocol: int, features: int) -> None:
    descriptor = replace(Descriptor(), dwFeatures=Descriptor().dwFeatures | features)
    token = Interface(descriptor, protocol=protocol)
    made = replace(DEVICE, interfaces=(ONE, token)).models()
    assert [one.is_token for one in made] == [False, True]


def test_requests_that_are_refused_and_a_descriptor_at_the_end_are_habits() -> None:
    interface = replace(ONE, data_rates=None, clock_frequencies=None, descriptor_at_end=True)
    (model,) = replace(DEVICE, interfaces=(interface,)).models()
    assert model.quirks == (
        Quirk.NO_DATA_RATES | Quirk.NO_CLOCK_FREQUENCIES | Quirk.ENDPOINT_DESCRIPTOR
    )


def test_a_name_is_one_that_pcscd_takes() -> None:
    assert pcsc_name('A "B"\n\x00C  D') == "A _B___C D"
    assert len(pcsc_name("é" * 200).encode()) == 120
    assert pcsc_name("  ") == "Reader"
    nameless = replace(DEVICE, manufacturer="", product="", serial_number="")
    assert nameless.models()[0].name == "Reader 04e6:5116"


def test_interfaces_of_one_device_are_put_together() -> None:
    second = replace(DEVICE, interfaces=(replace(ONE, number=1),))
    other = replace(DEVICE, product_id=1)
    found = merged(iter([DEVICE, second, other, DEVICE, DEVICE]))
    assert [len(device.interfaces) for device in found] == [2, 1, 1, 1]


def test_interfaces_whose_addresses_are_not_told_have_endpoints_of_their_own() -> None:
    device = DescribedDevice(1, 2, interfaces=(Interface(Descriptor()),) * 2)
    first, second = device.models()
    assert first.endpoints == STANDARD
    assert [one.address for one in second.endpoints] == [0x02, 0x81, 0x84]
    assert [one.kind for one in second.endpoints] == [one.kind for one in STANDARD]


def test_addresses_that_a_contradictory_description_tells_are_left_as_they_are() -> None:
    twice = (STANDARD[0], STANDARD[0])
    device = DescribedDevice(1, 2, interfaces=(Interface(Descriptor(), endpoints=twice),))
    assert device.models()[0].endpoints == twice
    many = (Interface(Descriptor(), endpoints=STANDARD[:1]),) * 16
    last = DescribedDevice(1, 2, interfaces=many).models()[-1]
    assert last.endpoints == STANDARD[:1]
