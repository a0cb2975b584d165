"""The kernel's end is a socket that keeps the bounds of messages, as /dev/uhid does."""

import os
import socket

import pytest

from ifd_bridge.faces import uhid
from ifd_bridge.faces.usb_port import UsbPort
from readers import CcidReader, models
from tests.ifd_bridge.faces.test_uhid_events import output
from tests.ifd_bridge.faces.test_usb_port import Echo


@pytest.fixture
def kernel(monkeypatch):
    """The kernel's end; opening the device gives the other one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(10)
    monkeypatch.setattr(os, "open", lambda *_: theirs.detach())
    yield ours
    ours.close()


@pytest.fixture
def port():
    made = UsbPort(CcidReader(models.MODELS["yubikey"]), function=Echo())
    yield made
    made.close()


def test_what_is_missing_is_said(tmp_path):
    assert "modprobe uhid" in uhid.why_not(tmp_path / "uhid")
    (tmp_path / "uhid").touch()
    assert uhid.why_not(tmp_path / "uhid") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_who_may_not_is_told(tmp_path):
    (tmp_path / "uhid").touch(mode=0o000)
    assert "only root" in uhid.why_not(tmp_path / "uhid")


def test_reports_go_both_ways_until_the_device_is_pulled_out(kernel, port):
    link = uhid.UhidLink(port, 0)
    link.open()
    assert kernel.recv(8192)[:4] == b"\x0b\0\0\0"
    assert port.state == "configured"
    report = bytes(range(64))
    kernel.send(output(b"\0" + report))
    assert kernel.recv(8192)[:70] == b"\x0c\0\0\0\x40\0" + report
    kernel.send(b"\x09\0\0\0\7\0\0\0\0\0")
    assert kernel.recv(8192)[:4] == b"\x0a\0\0\0"
    kernel.send(b"\4\0\0\0")
    port.unplug()
    assert kernel.recv(8192) == b"\1\0\0\0"
    kernel.send(b"\3\0\0\0")
    assert kernel.recv(8192) == b""
    link.hang_up()
    link.deliver(port.devices[0])


def test_a_kernel_that_ends_it_lets_the_port_go(kernel, port):
    uhid.UhidLink(port, 0).open()
    kernel.close()
    while port.host is not None:
        pass
    assert port.state == "waiting"
