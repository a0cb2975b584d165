"""Devices for this machine's kernel, with a folder in place of sysfs."""

import os
import socket

import pytest

from ifd_bridge.faces import usbip_frames as frames
from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.faces.vhci import Vhci, VhciLink, VhciPort
from readers import CcidReader, models
from readers.usb.setup import Setup

STATUS = """hub port sta spd dev      sockfd local_busid
hs  0000 006 002 00010002 000004 9-1
hs  0001 004 000 00000000 000000 0-0
ss  0002 004 000 00000000 000000 0-0
"""
END = 10.0


@pytest.fixture
def sysfs(tmp_path):
    (tmp_path / "status").write_text(STATUS)
    (tmp_path / "status.1").write_text(STATUS.splitlines()[0] + "\nhs  0016 004 000 0 0 0-0\n")
    (tmp_path / "attach").write_text("")
    return tmp_path


class Kernel(Vhci):
    """A kernel that keeps what it is handed; `refuses` makes it fail."""

    refuses = False

    def __init__(self, root):
        super().__init__(root)
        self.socks = []

    def attach(self, port, sock, device):
        if self.refuses:
            raise OSError(22, "Invalid argument")
        super().attach(port, sock, device)
        self.sock = socket.socket(fileno=os.dup(sock.fileno()))
        self.sock.settimeout(END)
        self.socks.append(self.sock)


@pytest.fixture
def port():
    made = UsbPort(CcidReader(models.PLAIN))
    yield made
    made.close()


def test_ports_are_read_from_every_controllers_status(sysfs):
    vhci = Vhci(sysfs)
    assert list(vhci.ports()) == [
        VhciPort("hs", 0, 6, "9-1"),
        VhciPort("hs", 1, 4, "0-0"),
        VhciPort("ss", 2, 4, "0-0"),
        VhciPort("hs", 16, 4, "0-0"),
    ]
    assert vhci.free_port() == 1
    assert [vhci.busid(number) for number in (0, 1, 9)] == ["9-1", None, None]


def test_a_controller_without_a_free_port_says_so(sysfs):
    for file in sysfs.glob("status*"):
        file.write_text(file.read_text().replace(" 004 ", " 006 "))
    with pytest.raises(OSError, match="every port"):
        Vhci(sysfs).free_port()


def test_what_is_missing_is_said(sysfs, tmp_path):
    assert Vhci(sysfs).why_not() is None
    assert "modprobe vhci_hcd" in Vhci(tmp_path / "nowhere").why_not()
    (sysfs / "attach").unlink()
    (sysfs / "attach").mkdir()  # root may write to any file, but not to a folder
    assert "only root" in Vhci(sysfs).why_not()


def test_the_kernel_gets_a_socket_and_speaks_usbip_there(sysfs, port):
    kernel = Kernel(sysfs)
    link = VhciLink(port, 3, kernel)
    assert link.busid is None
    link.open()
    number, fd, device, speed = (sysfs / "attach").read_text().split()
    assert (number, int(device), speed) == ("1", 1 << 16 | 5, "2")
    assert int(fd) > 2
    assert port.host.name == "this kernel, vhci port 1"
    setup = bytes(Setup(0x80, 6, 0x100, 0, 18))
    kernel.sock.sendall(frames.URB.pack(1, 7, 0, 1, 0, 0, 18, 0, 0, 0, setup))
    assert kernel.sock.recv(1000)[48:56].hex() == "1201000200000008"
    assert link.busid is None
    (sysfs / "status").write_text("hs  0001 006 002 00010005 000004 9-2")
    assert link.busid == "9-2"
    port.unplug()
    assert kernel.sock.recv(10) == b""


def test_a_kernel_that_detaches_leaves_the_device_waiting(sysfs, port):
    kernel = Kernel(sysfs)
    link = VhciLink(port, 0, kernel)
    link.open()
    kernel.sock.close()
    while port.host is not None:
        pass
    link.open()
    assert port.state == "attached"


def test_a_kernel_that_refuses_leaves_nothing_behind(sysfs, port):
    kernel = Kernel(sysfs)
    kernel.refuses = True
    with pytest.raises(OSError, match="Invalid"):
        VhciLink(port, 0, kernel).open()
    assert port.host is None
