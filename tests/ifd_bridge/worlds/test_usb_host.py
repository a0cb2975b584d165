"""A world whose readers are USB devices of other hosts."""

import socket
import stat
import time

import pytest

from ifd_bridge.control.client import VARIABLE, Control
from ifd_bridge.faces.usbredir_frames import Type
from ifd_bridge.faces.ways import IpWay, way
from ifd_bridge.trace import Stream
from ifd_bridge.trace.events import FaultStruck, HostChanged, Plugged, Unplugged
from ifd_bridge.worlds.place import Place
from ifd_bridge.worlds.usb_host import UsbHost
from ifd_bridge.worlds.world import World
from ifd_bridge.worlds.wrapping import faulty
from readers import models
from readers.usb.hid import HID_INTERFACE, HID_OUT, REPORT_DESCRIPTOR
from tests.ifd_bridge.faces.test_usbip import STATUS, Host
from tests.ifd_bridge.faces.test_usbredir import Guest
from tests.kits.dual import DUAL

INIT = bytes.fromhex("FFFFFFFF8600080001020304050607").ljust(64, b"\0")
GET_INFO = bytes.fromhex("0000000190000104").ljust(64, b"\0")
POWER_ON = bytes.fromhex("62000000000000000000")
XFR_SELECT = bytes.fromhex("6F0700000000010000 00 00A40400023F00".replace(" ", ""))


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def address(monkeypatch):
    """Takes note of where the server of the test listens."""
    found = {}
    real = IpWay.open

    def opened(self, ports):
        real(self, ports)
        found["server"] = self._server

    monkeypatch.setattr(IpWay, "open", opened)
    return found


def usb_world(chosen, *places):
    return World(places, host=lambda made: UsbHost(made, chosen))


def test_the_list_says_who_has_a_reader(address):
    with usb_world(way("ip:0"), ("plain", "hello"), ("pinpad", None)) as world:
        assert [each["host"] for each in world.list()] == [{"state": "waiting", "by": None}] * 2
        host = Host(address["server"])
        assert host.attach() == 0
        by = host.sock.getsockname()
        assert world.list()[0]["host"] == {"state": "attached", "by": f"127.0.0.1:{by[1]}"}
        host.control(0, 9, 1)
        assert world.list()[0]["host"]["state"] == "configured"
        assert any("attach -r 127.0.0.1 -b 1-2" in line for line in world.told())


def test_verbs_work_over_the_control_socket_and_a_pulled_out_reader_hangs_up(address):
    with usb_world(way("ip:0"), ("plain", "hello")) as world:
        host = Host(address["server"])
        host.attach()
        host.control(0, 9, 1)
        with Control(world.environ[VARIABLE]) as control:
            host.submit(0x83, 8)
            assert host.answer()[3] == b"\x50\x03"
            host.submit(1, data=STATUS)  # it looks
            host.answer(reads=False)
            host.submit(0x83, 8)
            control.do("eject")
            assert host.answer()[3] == b"\x50\x02"
            control.do("unplug")
            with pytest.raises(EOFError):
                host.read(1)
            assert control.do("list")[0]["plugged"] is False
            control.do("plug")
        assert Host(address["server"]).attach() == 0


def test_a_host_gets_to_know_the_hid_interface_of_a_security_key(address):
    with usb_world(way("ip:0"), ("yubikey", "yubikey")):
        host = Host(address["server"])
        host.attach()
        host.control(0, 9, 1)
        assert host.control(0x81, 6, 0x2200, HID_INTERFACE, 255) == (0, REPORT_DESCRIPTOR)
        assert host.control(0x21, 0x0A, 0, HID_INTERFACE, 0)[0] == 0


@pytest.mark.parametrize("over", ["hid", "contacts"])
def test_a_key_that_is_pulled_out_in_a_command_hangs_up(address, over):
    kinds = []
    world = World(
        [("yubikey", "yubikey")],
        wrappers=[faulty(["ins=10:remove", "ins=A4:remove"])],
        host=lambda made: UsbHost(made, way("ip:0")),
    )
    with world:
        world.trace.add(lambda event: kinds.append(type(event.what)))
        host = Host(address["server"])
        host.attach()
        host.control(0, 9, 1)
        if over == "hid":
            for sent in (INIT, GET_INFO):
                host.submit(HID_OUT, data=sent)
                host.answer(reads=False)
        else:
            for sent in (POWER_ON, XFR_SELECT):
                host.submit(1, data=sent)
                host.answer(reads=False)
        with pytest.raises((EOFError, ConnectionResetError)):
            while True:
                host.read(1)
        until_listed(world, plugged=False)
        world.plug()
        assert Host(address["server"]).attach() == 0
        world.trace.settle()
    assert kinds.count(Unplugged) == kinds.count(FaultStruck) == 1


def until_listed(world, *, plugged):
    end = time.monotonic() + 10
    while world.list()[0]["plugged"] is not plugged:
        assert time.monotonic() < end


def test_readers_that_are_one_device_have_one_socket_and_one_host(tmp_path):
    with usb_world(way(f"redir:{tmp_path}/vm"), *((model, None) for model in DUAL)) as world:
        assert [path.name for path in (tmp_path / "vm").iterdir()] == ["reader0"]
        guest = Guest(tmp_path / "vm/reader0").configured()
        assert [each["host"]["state"] for each in world.list()] == ["configured"] * 2
        assert len([line for line in world.told() if "chardev socket" in line]) == 1
        world.unplug(1)
        guest.hear(Type.DEVICE_DISCONNECT)
        assert [each["plugged"] for each in world.list()] == [False] * 2
        world.plug(0)
        guest.hear(Type.DEVICE_CONNECT)
        assert [each["host"]["state"] for each in world.list()] == ["attached"] * 2


def test_what_happens_is_in_the_trace(address):
    with usb_world(way("ip:0"), ("plain", None)) as world:
        seen = []
        world.trace.add(lambda event: seen.append(event.what))
        host = Host(address["server"])
        host.attach()
        host.control(0, 9, 1)
        world.unplug()
        world.plug()
        world.trace.settle()
        by = f"127.0.0.1:{host.sock.getsockname()[1]}"
        told = [what for what in seen if isinstance(what, HostChanged | Plugged | Unplugged)]
    assert told == [
        HostChanged(0, "attached", by),
        HostChanged(0, "configured", by),
        HostChanged(0, "unplugged", ""),
        Unplugged(0),
        Plugged(0),
        HostChanged(0, "waiting", ""),
    ]


def test_sockets_are_private_and_go_with_the_world(tmp_path):
    with usb_world(way(f"redir:{tmp_path}/vm"), ("plain", None)) as world:
        assert stat.S_IMODE((tmp_path / "vm/reader0").stat().st_mode) == 0o600
        assert world.log == ""
        directory = world._running.directory
        assert directory.exists()
    assert not (tmp_path / "vm/reader0").exists()
    assert not directory.exists()


def test_a_way_that_cannot_be_had_leaves_nothing_behind(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = UsbHost([Place(0, models.PLAIN, Stream())], way(f"ip:{other.getsockname()[1]}"))
        with pytest.raises(OSError, match="in use"):
            host.__enter__()
    with pytest.raises(RuntimeError, match="not been entered"):
        _ = host.directory
    assert host.environ == {}
