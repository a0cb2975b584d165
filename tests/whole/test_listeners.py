"""Every listener survives a connection that cannot be set up: it hangs up, and serves the next.

`ROWS` has a row for each place that accepts connections; a new place without one fails here.
"""

import socket
import threading

import pytest

from applets.hello import Hello
from ifd_bridge.cards.vpcd import ForeignSlot, foreign, serve, vpicc
from ifd_bridge.control.client import Control
from ifd_bridge.faces import usbip
from ifd_bridge.faces.usbredir import Listener, frames
from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.system import threads
from tests.kits.bridge.kit import CALLS, END, Handler
from tests.source import sources
from tests.whole.test_failing_threads import (
    Case,
    Slots,
    case,
    handled,
    hung_up,
    served_by_usbip,
    steered,
    usb_face,
)
from vcard import DEFAULT_ATR, Card

__all__ = ["case"]

HOME = "ifd_bridge/system/sockets.py"
"""The module that accepts connections."""
ROWS = {}


def row(place):
    """Registers how the listener of a module is tried."""

    def register(tried):
        ROWS[place] = tried
        return tried

    return register


def once(patch, target, name, when=lambda *_: True):
    """Lets a function fail at its first call, as on a machine at its limit."""
    genuine, calls = getattr(target, name), []

    def limited(*args, **kwargs):
        if when(*args) and not calls:
            calls.append(args)
            raise RuntimeError("can't start new thread")
        return genuine(*args, **kwargs)

    patch.setattr(target, name, limited)


def no_thread(case: Case, name):
    """The next thread of a name cannot be started."""
    once(case.patch, threading.Thread, "start", lambda thread: thread.name == name)


@row("control/server")
def _(case):
    _, path = steered(case)
    no_thread(case, "vcard-control")
    assert hung_up(case.connected(str(path)))
    for _ in range(65):
        with Control(path) as client:
            assert client.do("list") == []


@row("ifdh/server")
def _(case):
    path, *_ = handled(case)
    no_thread(case, "vcard-slot")
    assert hung_up(case.connected(str(path), socket.SOCK_SEQPACKET))
    Handler(path, CALLS).close()


@row("faces/libusb")
def _(case):
    face = usb_face(case)
    no_thread(case, "vcard-usb")
    assert hung_up(case.connected(str(face._path), socket.SOCK_SEQPACKET))
    control = case.connected(str(face._path), socket.SOCK_SEQPACKET)
    control.send(b"C")
    control.send(bytes((0x80, 8, 0, 0, 0, 0, 1, 0)))  # GET_CONFIGURATION
    assert control.recv(16)[-1:] == b"\1"


@row("faces/usbip")
def _(case):
    case.patch.setattr(usbip, "MOST_SESSIONS", 1)
    server = served_by_usbip(case)
    no_thread(case, "usbip-host")
    assert hung_up(case.connected(server.address))
    host = case.connected(server.address)
    host.sendall(usbip.frames.OPERATION.pack(usbip.frames.VERSION, usbip.frames.REQ_DEVLIST, 0))
    assert host.recv(1)


@row("faces/usbredir")
def _(case):
    listener = case.opened(Listener(case.port(), case.folder / "redir"))
    no_thread(case, "usbredir-guest")
    assert hung_up(case.connected(str(listener.path)))
    guest = case.connected(str(listener.path))
    guest.sendall(frames.hello())
    assert guest.recv(1)


@row("cards/vpcd/foreign")
def _(case):
    slots, slot = Slots(), ForeignSlot(port=0)
    slot.attach(slots)
    case.kept.callback(slot.close)
    once(case.patch, foreign, "Stream")
    assert hung_up(case.connected(("127.0.0.1", slot.port)))
    card = case.connected(("127.0.0.1", slot.port))
    card.sendall(len(DEFAULT_ATR).to_bytes(2, "big") + DEFAULT_ATR)
    assert slots.seen.wait(END)


@row("cards/vpcd/vpicc")
def _(case):
    stop = threading.Event()
    case.kept.callback(stop.set)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()[:2]
    card = Card(Hello())
    once(case.patch, vpicc, "Stream")
    threads.start("card", lambda: serve(card, *address, listen=True, stop=stop))
    with socket.socket() as first:
        first.settimeout(END)
        assert wait_until(lambda: first.connect_ex(address) == 0)
        assert hung_up(first)
    reader = case.connected(address)
    reader.sendall(b"\0\1\4")
    assert reader.recv(64)[2:] == DEFAULT_ATR


def callers(name, arguments):
    """The modules that call a function of a name, with so many arguments."""
    return {
        module.path
        for module in sources()
        for node in module.calls(name)
        if len(node.args) in arguments
    }


def test_every_listener_of_the_tree_has_a_row_and_takes_connections_in_one_way():
    assert {str(path) for path in callers("accept", {0})} == {HOME}
    assert {
        str(path.relative_to("ifd_bridge").with_suffix("")) for path in callers("Incoming", {1, 2})
    } == ROWS.keys()


@pytest.mark.parametrize("place", ROWS)
def test_a_connection_that_cannot_be_set_up_is_hung_up_on_and_the_next_one_served(
    place, case, caplog
):
    ROWS[place](case)
    assert caplog.text.count("a connection cannot be served: RuntimeError: can't start") == 1
    assert "fault of vcard" not in caplog.text
