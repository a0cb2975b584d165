"""A USB device with smart card interfaces, as a description lists it.

Spec: USB 2.0, 9.6; USB CCID 1.1, 5.1; USB ICCD 1.0, 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..ccid.descriptor import Descriptor
from ..models import Model
from ..models.model import IN, LONGEST_NAME, STANDARD, Endpoint, Quirk
from .habits import with_habits


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface with a class descriptor.

    `data_rates` (bit/s) and `clock_frequencies` (kHz) are what the class requests answer; None
    means that the device refuses the request.
    """

    descriptor: Descriptor
    number: int = 0
    interface_class: int = 0x0B
    subclass: int = 0
    protocol: int = 0
    name: str = ""
    endpoints: tuple[Endpoint, ...] = STANDARD
    data_rates: tuple[int, ...] | None = ()
    clock_frequencies: tuple[int, ...] | None = ()
    descriptor_at_end: bool = False
    """The class descriptor follows the last endpoint, not the interface."""


@dataclass(frozen=True, slots=True)
class DescribedDevice:
    """A device and its smart card interfaces, in the order of their numbers."""

    vendor_id: int
    product_id: int
    bcd_device: int = 0x0100
    manufacturer: str = ""
    product: str = ""
    serial_number: str = ""
    interfaces: tuple[Interface, ...] = field(default=())

    @property
    def usb_id(self) -> str:
        """Vendor and product id as `lsusb` prints them."""
        return f"{self.vendor_id:04x}:{self.product_id:04x}"

    def models(self) -> list[Model]:
        """A reader model for each interface, with the habits known of this product."""
        several = len(self.interfaces) > 1
        return [self._model(interface, several=several) for interface in _apart(self.interfaces)]

    def _model(self, interface: Interface, *, several: bool) -> Model:
        made = Model(
            self.name(interface, several=several),
            vendor_name=self.manufacturer,
            product_name=self.product,
            vendor_id=self.vendor_id,
            product_id=self.product_id,
            bcd_device=self.bcd_device,
            serial_number=self.serial_number,
            interface_name=interface.name,
            interface_number=interface.number,
            interface_class=interface.interface_class,
            interface_subclass=interface.subclass,
            interface_protocol=interface.protocol,
            endpoints=interface.endpoints,
            descriptor=interface.descriptor,
            data_rates=interface.data_rates or (),
            clock_frequencies=interface.clock_frequencies or (),
            quirks=_quirks(interface),
        )
        return with_habits(made)

    def name(self, interface: Interface, *, several: bool) -> str:
        """The reader's name for PC/SC, as pcscd makes it: strings, interface, serial number."""
        text = " ".join(filter(None, (self.manufacturer, self.product))) or f"Reader {self.usb_id}"
        if interface.name:
            text += f" [{interface.name}]"
        elif several:
            text += f" [interface {interface.number}]"
        if self.serial_number and self.serial_number not in interface.name:
            text += f" ({self.serial_number})"
        return pcsc_name(text)


def _apart(interfaces: Iterable[Interface]) -> Iterator[Interface]:
    """Give each interface endpoints that no other one before it has.

    The driver's reader list names no addresses, so that each interface comes with the usual ones.
    """
    taken: set[int] = set()
    for interface in interfaces:
        known = {one.address for one in interface.endpoints}
        endpoints = []
        for one in interface.endpoints:
            found = one if one.address not in taken else _elsewhere(one, taken | known)
            known.add(found.address)
            endpoints.append(found)
        taken |= {one.address for one in endpoints}
        yield replace(interface, endpoints=tuple(endpoints))


def _elsewhere(endpoint: Endpoint, taken: set[int]) -> Endpoint:
    """Return the endpoint at the first free number; as it is if there is none."""
    numbers = (endpoint.address & IN | number for number in range(1, 16))
    free = next((address for address in numbers if address not in taken), endpoint.address)
    return replace(endpoint, address=free)


def _quirks(interface: Interface) -> Quirk:
    quirks = Quirk.NONE
    if interface.data_rates is None:
        quirks |= Quirk.NO_DATA_RATES
    if interface.clock_frequencies is None:
        quirks |= Quirk.NO_CLOCK_FREQUENCIES
    if interface.descriptor_at_end:
        quirks |= Quirk.ENDPOINT_DESCRIPTOR
    return quirks


def pcsc_name(text: str) -> str:
    """A text as a reader's name: printable, without quotes, at most 121 bytes of UTF-8."""
    printable = "".join(c if c.isprintable() and c != '"' else "_" for c in text)
    cut = " ".join(printable.split()).encode("utf-8", "replace")[:LONGEST_NAME]
    return cut.decode("utf-8", "ignore").strip() or "Reader"


def merged(devices: Iterator[DescribedDevice]) -> list[DescribedDevice]:
    """Devices in order; successive ones with the same ids and firmware are one device."""
    found: list[DescribedDevice] = []
    for device in devices:
        before = found[-1] if found else None
        if before is not None and _same(before, device):
            found[-1] = replace(before, interfaces=before.interfaces + device.interfaces)
        else:
            found.append(device)
    return found


def _same(one: DescribedDevice, other: DescribedDevice) -> bool:
    """One device, described interface by interface: no interface number twice."""
    numbers = {interface.number for interface in one.interfaces}
    return replace(one, interfaces=()) == replace(other, interfaces=()) and not any(
        interface.number in numbers for interface in other.interfaces
    )
