"""Make every thread of the tree fail: the failure is logged, and waiting threads continue.

`ROWS` has a row for each place where a thread is started; a new place without one fails here.
"""

import ast
import contextlib
import os
import select
import socket
import threading

import pytest

from ifd_bridge.cards import relay
from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.cli import child, progress
from ifd_bridge.control import server as control
from ifd_bridge.control.client import Control, ControlError
from ifd_bridge.faces import libusb, outgoing, uhid, usbip, usbredir, vhci
from ifd_bridge.faces.bus_function import BusFunction
from ifd_bridge.faces.pump import Pump
from ifd_bridge.faces.serial import SerialFace
from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.ifdh import server as ifdh
from ifd_bridge.ifdh import station
from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.serving import Serving
from ifd_bridge.pcscd.daemon import Pcscd, PcscdError
from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.trace import Stream
from ifd_bridge.trace.backlog import Backlog
from ifd_bridge.trace.capture_file import Background
from ifd_bridge.trace.events import CommandSent, Event
from readers import CcidReader, models
from readers.usb.hid import HID_OUT
from tests.ifd_bridge.faces.test_usb_port import CONFIGURE, STATUS, Echo, Someone
from tests.ifd_bridge.panel.fake_world import Connections
from tests.kits.bridge import kit
from tests.kits.bridge.kit import CALLS, END, MOVEMENTS, Handler
from tests.source import sources
from vcard import DEFAULT_ATR

HAPPENED = CommandSent(0, bytes(4), None)
ROWS = {}


class BrokenError(Exception):
    """An exception that no thread of ours expects."""


def row(place):
    """Registers how the thread of a place (module, and the function that it runs) is tried."""

    def register(tried):
        ROWS[place] = tried
        return tried

    return register


class Case:
    """The tools of a row: a folder, a way to break functions, and the closing of its objects."""

    def __init__(self, folder, patch, kept):
        self.folder, self.patch, self.kept = folder, patch, kept

    def broken(self, target, name):
        self.patch.setattr(target, name, fail)

    def port(self, function=None):
        model = models.PLAIN if function is None else models.MODELS["yubikey"]
        port = UsbPort(CcidReader(model), function=function)
        self.kept.callback(port.close)
        return port

    def connected(self, address, kind=socket.SOCK_STREAM):
        family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
        sock = self.kept.enter_context(socket.socket(family, kind))
        sock.settimeout(END)
        with contextlib.suppress(ConnectionRefusedError):  # also a valid answer
            sock.connect(address)
        return sock

    def opened(self, thing):
        thing.open()
        self.kept.callback(thing.close)
        return thing


def fail(*_, **__):
    raise BrokenError("on purpose")


def hung_up(sock):
    """Whether the peer has ended the connection; what it said before is passed over."""
    try:
        while sock.recv(1 << 16):
            pass
    except (ConnectionError, OSError) as error:
        return not isinstance(error, TimeoutError)
    return True


@pytest.fixture
def case(tmp_path, monkeypatch):
    with contextlib.ExitStack() as kept:
        yield Case(tmp_path, monkeypatch, kept)


# The handler's side


def handled(case):
    path = case.folder / "private" / "ifd.sock"
    source, driver = kit.Source(), kit.Driver()
    case.kept.callback(driver.release.set)
    case.kept.enter_context(ifdh.Server(path, [kit.served(driver, source)]))
    return path, source, driver


@row("ifdh/server._accept")
def _(case):
    case.broken(ifdh, "Incoming")
    path, *_ = handled(case)
    assert wait_until(lambda: not path.exists())


@row("ifdh/server._greet")
def _(case):
    path, *_ = handled(case)
    case.broken(ifdh.Server, "_begin")
    with pytest.raises((EOFError, ConnectionResetError)):
        Handler(path, CALLS)


@row("ifdh/station.serve")
def _(case):
    path, source, driver = handled(case)
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS):
        calls.send(Function.TRANSMIT_TO_ICC, 0, b"\xff\x01")
        assert driver.holding.wait(END)
        case.broken(station._Calls, "serve")
        source.move(present=False, abandons=True)
        assert calls.receive()[1].code is Code.ICC_NOT_PRESENT
        assert calls.hung_up()


@row("ifdh/station._catch_up")
def _(case):
    path, source, _ = handled(case)
    case.broken(station._Movements, "_catch_up")
    with Handler(path, MOVEMENTS) as movements:
        for _ in range(2000):
            source.move(present=not source.where[0].present)
        assert hung_up(movements.socket)


@row("pcscd/daemon._run")
def _(case):
    case.broken(Pcscd, "_spawn")
    made = Pcscd(case.folder, [])
    with pytest.raises(PcscdError, match="its thread has failed"):
        made.start()
    assert not made.running


# Faces


def usb_face(case):
    return case.opened(libusb.UsbFace(CcidReader(models.PLAIN), case.folder, 2))


@row("faces/libusb._accept")
def _(case):
    case.broken(libusb, "Incoming")
    face = usb_face(case)
    assert wait_until(lambda: face.closed and not face._path.exists())


@row("faces/libusb._serve")
def _(case):
    face = usb_face(case)
    case.broken(libusb.UsbFace, "_function")
    bulk = case.connected(str(face._path), socket.SOCK_SEQPACKET)
    bulk.send(b"B\0")
    assert hung_up(bulk)


def served_by_usbip(case):
    return case.opened(usbip.Server([case.port()], port=0))


@row("faces/usbip._accept")
def _(case):
    case.broken(usbip, "Incoming")
    server = usbip.Server([case.port()], port=0)
    server.open()
    assert wait_until(lambda: server._listener.fileno() < 0)


@row("faces/usbip._serve")
def _(case):
    server = served_by_usbip(case)
    case.broken(usbip.Server, "_operate")
    host = case.connected(server.address)
    host.sendall(usbip.frames.OPERATION.pack(usbip.frames.VERSION, usbip.frames.REQ_DEVLIST, 0))
    assert hung_up(host)


@row("faces/usbredir._accept")
def _(case):
    case.broken(usbredir, "Incoming")
    listener = case.opened(usbredir.Listener(case.port(), case.folder / "redir"))
    assert wait_until(lambda: not listener.path.exists())


@row("faces/usbredir._serve")
def _(case):
    port = case.port()
    listener = case.opened(usbredir.Listener(port, case.folder / "redir"))
    case.broken(usbredir.Session, "_do")
    guest = case.connected(str(listener.path))
    guest.sendall(usbredir.frames.hello())
    assert hung_up(guest)
    assert wait_until(lambda: listener._session is None)


@row("faces/vhci._serve")
def _(case):
    kernel, theirs = socket.socketpair()
    case.kept.callback(kernel.close)
    (case.folder / "status").write_text("hs  0000 004 000 0 0 0-0\n")
    case.patch.setattr(vhci.socket, "socketpair", lambda: (kernel.dup(), theirs))
    case.patch.setattr(vhci.Vhci, "attach", lambda _, __, sock, ___: kept.append(sock.dup()))
    kept, port = [], case.port()
    case.broken(usbip.Session, "do")
    vhci.VhciLink(port, 0, vhci.Vhci(case.folder)).open()
    case.kept.callback(kept[0].close)
    kept[0].sendall(usbip.frames.URB.pack(1, 7, 0, 1, 0, 0, 18, 0, 0, 0, bytes(8)))
    assert hung_up(kept[0])
    assert port.host is None


@row("faces/uhid._serve")
def _(case):
    kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    case.kept.callback(kernel.close)
    case.patch.setattr(os, "open", lambda *_: ours.detach())
    port = case.port(Echo())
    uhid.UhidLink(port, 0).open()
    case.broken(uhid.UhidLink, "_do")
    kernel.settimeout(END)
    kernel.send(bytes(8))
    assert hung_up(kernel)
    assert port.host is None


@row("faces/usb_function.serve")
def _(case):
    port = case.port()
    host = Someone(port)
    port.attach(host)
    port.control(CONFIGURE)
    case.broken(CcidReader, "handle")
    port.devices[0].out(1, STATUS)
    assert wait_until(lambda: host.gone)


@row("faces/bus_function._run")
def _(case):
    port = case.port(Echo())
    host = Someone(port)
    port.attach(host)
    port.control(CONFIGURE)
    case.broken(BusFunction, "_tell")
    port.devices[0].out(HID_OUT, bytes(64))
    assert wait_until(lambda: host.gone)


@row("faces/outgoing._write")
def _(case):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(END)
        case.broken(outgoing.Outgoing, "_send_piece")
        out = outgoing.Outgoing(ours)
        out.send(bytes(2 * outgoing.ROOM))
        out.wait_for_room()  # a sender of more data does not wait for ever
        assert hung_up(theirs)


# A line, whose driver sees it die


def line(case):
    face = case.opened(SerialFace(CcidReader(models.PLAIN), "GemPCTwin"))
    driver = os.open(face.terminal, os.O_RDWR | os.O_NOCTTY)
    case.kept.callback(os.close, driver)
    return face, driver


def dead(driver):
    """A line that has hung up: nothing can be read, and nothing written."""
    poll = select.poll()
    poll.register(driver, select.POLLIN)
    assert poll.poll(END * 1000)
    assert os.read(driver, 1) == b""
    with pytest.raises(OSError, match="Input/output"):
        os.write(driver, b"\3")
    return True


@row("faces/serial._run")
def _(case):
    face, driver = line(case)
    case.broken(face._unframer, "feed")
    os.write(driver, b"\3")
    assert dead(driver)


@row("faces/pump._lead")
def _(case):
    face, driver = line(case)
    case.broken(Pump, "_lead")
    face._pump._hand_over()
    assert dead(driver)


@row("faces/pump._tick")
def _(case):
    face, driver = line(case)
    case.broken(Pump, "_await_due")
    face._pump._begin_ticking()
    assert dead(driver)


# Cards from elsewhere


class Slots:
    """Slots for insertions and removals."""

    def __init__(self):
        self.cards, self.seen = [], threading.Event()

    def insert(self, card, slot=0):
        self.cards.append(card)
        self.seen.set()

    def eject(self, slot=0):
        self.cards.pop()


@row("cards/vpcd/foreign._run")
def _(case):
    slots, foreign = Slots(), ForeignSlot(port=0)
    case.broken(ForeignSlot, "_watch")
    foreign.attach(slots)
    peer = case.connected(("127.0.0.1", foreign.port))
    peer.sendall(len(DEFAULT_ATR).to_bytes(2, "big") + DEFAULT_ATR)
    assert hung_up(peer)
    foreign.close()
    assert slots.seen.is_set()
    assert slots.cards == []


class Scard:
    """The part of pyscard that finds a card in a reader; its second query fails."""

    SCARD_S_SUCCESS = SCARD_SCOPE_USER = SCARD_STATE_UNAWARE = 0
    SCARD_E_TIMEOUT, SCARD_STATE_CHANGED, SCARD_STATE_PRESENT = 1, 2, 0x20
    SCardEstablishContext = staticmethod(lambda _: (0, 1))
    SCardReleaseContext = staticmethod(lambda _: 0)
    SCardListReaders = staticmethod(lambda *_: (0, ["Real"]))

    def __init__(self):
        self.looks = 0

    def SCardGetStatusChange(self, *_):
        self.looks += 1
        if self.looks > 1:
            fail()
        return 0, [("Real", self.SCARD_STATE_PRESENT, b"")]


@row("cards/relay._run")
def _(case):
    scard, slots = Scard(), Slots()
    case.patch.setattr(relay, "_scard", lambda: scard)
    relay.RelaySlot("Real").attach(slots)
    assert slots.seen.wait(END)
    assert wait_until(lambda: slots.cards == [])


# Who watches and steers


def steered(case, verbs=None):
    stream, path = Stream(), case.folder / "control"
    server = control.ControlServer(path, verbs or {"list": list}, stream)
    server.start()
    case.kept.callback(server.close)
    return stream, path


@row("control/server._accept")
def _(case):
    case.broken(control, "Incoming")
    _, path = steered(case)
    with pytest.raises(ControlError), Control(path) as client:
        client.do("list")


@row("control/server._serve")
def _(case):
    _, path = steered(case)
    case.broken(control.ControlServer, "_handle")
    with Control(path) as client, pytest.raises(ControlError, match="gone"):
        client.do("list")


@row("control/server._end_with")
def _(case):
    _, path = steered(case)
    case.broken(control, "_end_with")
    with Control(path) as client, contextlib.suppress(ControlError):
        assert list(client.events()) == []  # they end


@row("trace/stream._work")
def _(case):
    stream, waiting = Stream(), Backlog(10)
    stream.add(waiting)
    case.patch.setattr(stream, "settle", fail)
    stream.say("reader", HAPPENED)
    assert list(waiting.batches()) == []  # they end
    assert not stream.on


@row("trace/capture_file._work")
def _(case):
    background = Background(fail)
    case.kept.callback(background.close)
    background(Event(0.0, "reader", HAPPENED, None))
    background._thread.join(END)
    with pytest.raises(BrokenPipeError):  # by which a stream drops it
        background(Event(0.0, "reader", HAPPENED, None))


@row("panel/hub._follow")
def _(case):
    world, woken = Connections(), threading.Event()
    with Hub(world) as hub:
        hub.look(woken.set).armed = True
        case.broken(hub, "_take")
        world.happens.put(Event(0.0, "Pad", HAPPENED, None))
        assert woken.wait(END)
        assert hub.ended


@row("panel/serving._run")
def _(case):
    world = Connections()
    with Hub(world) as hub:
        case.broken(Serving, "_serve")
        with Serving(hub) as serving:
            serving.wait()  # it ends
        world.end()


@row("cli/progress._watch")
def _(case):
    class Terminal:
        isatty = staticmethod(lambda: True)

    class World:
        looked = threading.Event()

        def progress(self):
            self.looked.set()
            fail()

    case.patch.setattr(progress.sys, "stderr", Terminal())
    with progress.of_cards(World()):
        assert World.looked.wait(END)


@row("cli/child.watch")
def _(case):
    case.broken(child.signal, "sigwait")
    with pytest.raises(child.EndedError), child.held_signals() as held, child.endable(held):
        threading.Event().wait(END)


# The table


def ran(node):
    """The name of the function that a thread runs."""
    match node:
        case ast.Lambda():
            return ran(node.body.func)
        case ast.Call():
            return ran(node.args[0])
        case ast.Attribute():
            return node.attr
    return node.id


def places():
    return {
        f"{module.path.relative_to('ifd_bridge').with_suffix('')}.{ran(node.args[1])}"
        for module in sources()
        for node in module.calls("start")
        if ast.unparse(node.func) == "threads.start"
    }


def test_every_thread_of_the_tree_has_a_row():
    assert places() == ROWS.keys()


@pytest.mark.parametrize("place", ROWS)
def test_a_thread_that_fails_is_told_of_and_whoever_waits_is_answered(place, case, caplog):
    ROWS[place](case)
    assert wait_until(lambda: caplog.text.count("has failed, which is a fault of vcard") == 1)
    assert "BrokenError: on purpose" in caplog.text
    assert "nor could those who wait" not in caplog.text
