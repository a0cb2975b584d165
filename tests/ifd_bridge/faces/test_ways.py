"""The ways to hosts, by name."""

import socket
import stat

import pytest

from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.faces.vhci import Vhci
from ifd_bridge.faces.ways import IpWay, RedirWay, UhidWay, VhciWay, way
from readers import CcidReader, models
from tests.ifd_bridge.faces.test_vhci import Kernel, sysfs

__all__ = ["sysfs"]  # a fixture


@pytest.fixture
def ports():
    made = [UsbPort(CcidReader(model)) for model in (models.PLAIN, models.PINPAD)]
    yield made
    for port in made:
        port.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("redir:/tmp/x", RedirWay), ("vhci", VhciWay), ("ip", IpWay), ("ip:4000", IpWay)],
)
def test_ways_have_names(text, kind):
    assert isinstance(way(text), kind)


@pytest.mark.parametrize("text", ["", "redir:", "vhci:1", "ip:", "ip:x", "ip:70000", "tcp", "ipx"])
def test_what_is_no_way_is_refused(text):
    with pytest.raises(ValueError, match=r"redir:DIR, vhci, uhid and ip\[:PORT\]"):
        way(text)


def test_an_address_is_for_usbip_alone_and_has_to_be_one():
    with pytest.raises(ValueError, match="only --usb ip"):
        way("vhci", "0.0.0.0")
    with pytest.raises(ValueError, match="does not appear"):
        way("ip", "here")


def test_a_directory_may_not_be_too_deep(tmp_path):
    with pytest.raises(ValueError, match="at most"):
        way(f"redir:{tmp_path / ('x' * 100)}")


def test_sockets_for_virtual_machines_are_told_as_qemu_and_libvirt_want_them(ports, tmp_path):
    made = RedirWay(tmp_path / "vm")
    made.open(ports)
    assert stat.S_IMODE((tmp_path / "vm").stat().st_mode) == 0o700
    text = "\n".join(made.told())
    for number in (0, 1):
        assert f"path={tmp_path}/vm/reader{number},reconnect=1" in text
        assert f"<source mode='connect' path='{tmp_path}/vm/reader{number}'/>" in text
    ports[1].unplug()
    ports[1].plug()
    made.plugged(1)
    made.close()
    assert list((tmp_path / "vm").iterdir()) == []


def test_usbip_is_told_with_its_commands_and_a_warning_where_others_can_come(ports):
    made = IpWay(0)
    made.open(ports)
    made.plugged(0)
    text = "\n".join(made.told())
    assert "attach -r 127.0.0.1 -b 1-2" in text
    assert "--tcp-port" in text
    assert "WARNING" not in text
    made.close()
    made = IpWay(0, "0.0.0.0")
    made.open(ports)
    assert "no password" in made.told()[0]
    made.close()


def test_the_usual_port_needs_no_option(ports, monkeypatch):
    made = IpWay()
    monkeypatch.setattr(made, "_port", 0)
    made.open(ports)
    port = made._server.address[1]
    monkeypatch.setattr("ifd_bridge.faces.usbip_frames.PORT", port)
    assert made.told()[0] == "# usbip list -r 127.0.0.1"
    made.close()


def test_a_port_that_is_taken_is_told_as_such(ports):
    with socket.create_server(("127.0.0.1", 0)) as other:
        made = IpWay(other.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            made.open(ports)
        made.close()


def test_the_kernel_gets_every_reader_and_again_what_is_plugged_in(ports, sysfs):
    kernel = Kernel(sysfs)
    made = VhciWay(kernel)
    made.open(ports)
    assert [port.state for port in ports] == ["attached", "attached"]
    ports[1].unplug()
    ports[1].plug()
    made.plugged(1)
    assert ports[1].state == "attached"
    assert "lsusb" in made.told()[0]
    made.close()


def test_a_kernel_without_the_module_is_told_as_such(ports, tmp_path):
    with pytest.raises(OSError, match="modprobe"):
        VhciWay(Vhci(tmp_path)).open(ports)


def test_uhid_says_what_is_missing(tmp_path):
    with pytest.raises(OSError, match="modprobe uhid"):
        UhidWay(tmp_path / "uhid").open([])
    assert isinstance(way("uhid"), UhidWay)


def test_a_reader_that_is_no_security_key_has_nothing_for_uhid(tmp_path):
    (tmp_path / "uhid").touch()
    port = UsbPort(CcidReader(models.PLAIN))
    made = UhidWay(tmp_path / "uhid")
    with pytest.raises(OSError, match="no reader here is a security key"):
        made.open([port])
    made.plugged(0)
    made.close()
    assert "fido2-token" in made.told()[0]
    port.close()
