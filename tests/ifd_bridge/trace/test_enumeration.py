"""The requests of a host that finds a device."""

from ifd_bridge.trace import enumeration
from ifd_bridge.trace.usbmon import Device
from readers.models import PLAIN
from readers.usb.descriptors import configuration_descriptor, device_descriptor
from readers.usb.hid import REPORT_DESCRIPTOR, interface_descriptors


def asked(transfers):
    """The setup packets, and what came back."""
    found = []
    for request, answer in transfers:
        found.append((request[40:48].hex(), answer[64:]))
    return found


def test_a_host_reads_the_device_its_configuration_and_its_strings():
    found = asked(enumeration.reader(Device(5), PLAIN, 0.0))
    whole = configuration_descriptor(PLAIN)
    assert found[0] == ("8006000100001200", device_descriptor(PLAIN))
    assert [answer for _, answer in found[1:3]] == [whole[:9], whole]
    assert [setup[:12] for setup, _ in found[3:5]] == ["800600030000", "800601030904"]


def test_a_host_reads_the_report_descriptor_of_the_other_interface():
    *_, whole, report = asked(enumeration.hid(Device(5), PLAIN, 0.0))
    assert whole[1] == configuration_descriptor(PLAIN, interface_descriptors())
    assert report == ("8106002201002200", REPORT_DESCRIPTOR)
