from __future__ import annotations

from dataclasses import replace

import pytest

from readers.description.fields import DescriptionError
from readers.description.usb_bytes import RawDevice, described, interfaces, list_answer, strings_of
from readers.models import MODELS, PLAIN, Model
from readers.models.model import Endpoint, Quirk, TransferType
from readers.usb.descriptors import configuration_descriptor, device_descriptor, string_descriptors

ODD = replace(
    PLAIN,
    serial_number="7",
    interface_name="Slot",
    interface_class=0xFF,
    interface_subclass=1,
    interface_protocol=2,
    quirks=Quirk.ENDPOINT_DESCRIPTOR,
    endpoints=(Endpoint(0x8F, TransferType.INTERRUPT, 16, 255), Endpoint(0x02, packet_size=512)),
)


def raw(model: Model) -> RawDevice:
    return RawDevice(
        device_descriptor(model),
        configuration_descriptor(model),
        strings_of(dict(string_descriptors(model))),
    )


@pytest.mark.parametrize("model", [*MODELS.values(), ODD], ids=lambda model: model.name)
def test_a_model_comes_back_from_its_descriptors(model: Model) -> None:
    (made,) = described(raw(model)).models()
    for field in ("vendor_id", "product_id", "bcd_device", "serial_number", "vendor_name"):
        assert getattr(made, field) == getattr(model, field)
    for field in ("product_name", "interface_name", "interface_class", "interface_subclass"):
        assert getattr(made, field) == getattr(model, field)
    assert (made.interface_protocol, made.endpoints) == (model.interface_protocol, model.endpoints)
    assert made.descriptor == model.descriptor
    assert made.has(Quirk.ENDPOINT_DESCRIPTOR) is model.has(Quirk.ENDPOINT_DESCRIPTOR)


def test_what_the_class_requests_answered_is_kept_by_interface() -> None:
    told = raw(PLAIN)
    told.rates[0], told.frequencies[0] = (9600,), None
    interface = described(told).interfaces[0]
    assert (interface.data_rates, interface.clock_frequencies) == ((9600,), None)
    assert list_answer(None) is None
    assert list_answer(bytes.fromhex("80250000 01")) == (9600,)


def test_other_interfaces_and_settings_are_passed_over() -> None:
    whole = configuration_descriptor(PLAIN)
    mouse = bytes.fromhex("090400000003010200")
    second = whole[9:12] + b"\1" + whole[13:]
    assert list(interfaces(whole[:9] + mouse)) == []
    assert len(list(interfaces(whole[:9] + mouse + whole[9:] + second))) == 1


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ("00", "offset 0: a descriptor of 0 bytes"),
        ("0904", "offset 0: a descriptor of 9 bytes does not fit"),
        ("0204", "offset 0: an interface descriptor has 9 bytes, not 2"),
    ],
)
def test_what_is_cut_names_its_place(configuration: str, says: str) -> None:
    with pytest.raises(DescriptionError, match=says):
        list(interfaces(bytes.fromhex(configuration)))


def test_endpoints_are_checked() -> None:
    whole = configuration_descriptor(PLAIN)
    cut = whole[:-7] + b"\x03\x05\x83"
    with pytest.raises(DescriptionError, match="an endpoint descriptor has 7 bytes, not 3"):
        list(interfaces(cut))
    with pytest.raises(DescriptionError, match=r"offset 86: an endpoint has a number of 1\.\.15"):
        list(interfaces(whole[:-5] + b"\x80" + whole[-4:]))


def test_a_device_descriptor_has_18_bytes() -> None:
    with pytest.raises(DescriptionError, match="18 bytes, not 2"):
        described(RawDevice(b"\x12\x01"))
