"""A Linux guest with its own kernel, pcscd and libccid uses readers over USB: three ways.

VCARD_GUEST_SHOW=1 shows the guest's output.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.faces.ways import RedirWay
from readers import CcidReader, models
from readers.usb.descriptors import (
    StringIndex,
    configuration_descriptor,
    device_descriptor,
    strings,
)
from tests.external.usb import guest

pytestmark = [pytest.mark.pcsc, pytest.mark.slow, pytest.mark.timeout(300)]

PROGRAM = (sys.executable, str(Path(__file__).with_name("in_guest.py")))
VCARD = str(Path(sys.executable).with_name("vcard"))
TWO_INTERFACES = guest.ROOT / "tests/vectors/descriptions/two-interfaces.txt"
TEXT = "48656c6c6f20776f726c64219000"
PLACES = (
    "--reader", "gemalto-pc-twin", "--card", "hello",
    "--reader", "gemalto-pinpad", "--card", "hello?with=pin-dump",
    "--reader", "two-slot", "--card", "hello",
    "--reader", "plain", "--card", "hello?with=pin-dump",
    "--reader", f"descriptor:{TWO_INTERFACES}", "--card", "hello",
)  # fmt: skip
SHARED = {
    "hello": TEXT,
    "scan": True,
    "pin": ["6a04", "002000000831323334ffffffff9000", "6401"],
    "moves": [1, 2, 4],
    "plugs": TEXT,
    "long": [True, "9000"],
    "slots": [TEXT, TEXT],
    "interfaces": [TEXT, TEXT],
    "killed": TEXT,
}
STEPS = ("hello:Twin", "scan", "pin:Pinpad", "moves:Twin:0", "plugs:Twin:0", "long:Own1",
         "slots:Own4", "interfaces:Own6", "killed:Twin")  # fmt: skip


@pytest.fixture(scope="module")
def boot(tmp_path_factory):
    """Boots a guest with modules, which does some steps; returns what each said."""
    if reason := guest.why_not():
        pytest.skip(reason)

    def run(steps, modules, options=(), answer=lambda _: "ok", program=PROGRAM):
        made = guest.Guest(tmp_path_factory.mktemp("guest"), modules)
        lines = made.run([*program, *steps], options, answer)
        told = [line.split("GUEST ", 1)[1] for line in lines if "GUEST [" in line]
        assert told, lines[-20:]
        return dict(map(json.loads, told))

    return run


class Server:
    """`vcard serve --usb`, steered by the guest's words; two of them kill and start it."""

    def __init__(self, way, places=PLACES):
        self.way, self.places = way, places
        self.serve()

    def serve(self):
        command = [VCARD, "serve", "--usb", self.way, *self.places]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.environ = {**os.environ, "VCARD_CONTROL": self.line().strip().split("=")[1]}
        self.said = [self.line()]
        last = self.places.count("--card")
        while not (f"reader{last - 1}'" in self.said[-1] or f"-b 1-{last}" in self.said[-1]):
            self.said.append(self.line())
        if last > 1:
            self.do("insert hello -r 2 -s 1")
            self.do("insert hello?atr=3B8780018065766361726481 -r 5")

    def line(self):
        line = self.process.stdout.readline()
        assert line, self.process.wait(10)
        return line

    def do(self, words):
        subprocess.run([VCARD, *words.split()], env=self.environ, check=True, timeout=30)

    def __call__(self, words):
        if words == "kill":
            self.end()
        elif words == "serve":
            self.serve()
        else:
            self.do(words)
        return "ok"

    def end(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def server():
    made = []

    def make(way):
        made.append(Server(way))
        return made[0]

    yield make
    for each in made:
        each.end()


def redirected(directory, count):
    """QEMU's options for readers at sockets."""
    options = []
    for number in range(count):
        hub = f"xhci{number // 15}"
        if number % 15 == 0:
            options += ["-device", f"qemu-xhci,id={hub},p2=15,p3=1"]
        path = f"path={directory}/reader{number},reconnect=1"
        options += ["-chardev", f"socket,id=c{number},{path}"]
        options += ["-device", f"usb-redir,chardev=c{number},bus={hub}.0"]
    return options


def test_a_virtual_machine_has_readers_over_usbredir(boot, server, tmp_path):
    made = server(f"redir:{tmp_path}/r")
    said = boot(("lsusb", "service", *STEPS), ["xhci-pci"], redirected(f"{tmp_path}/r", 5), made)
    assert [each for each in said.pop("lsusb") if not each.startswith("0409")] == [
        "08e6:3437", "08e6:3478", "1209:0001", "1209:0004", "ffff:0006",
    ]  # fmt: skip
    assert said == SHARED


def test_a_kernel_attaches_readers_over_usbip_each_once(boot, server):
    made = server("ip:0")
    port = made.said[0].split("--tcp-port ")[1].split()[0]
    begin = ("service", f"attach:{port}:1-1:1-2:1-3:1-4:1-5")
    # the server that comes after the kill has another port
    said = boot((*begin, *STEPS[:-1]), ["vhci-hcd"], (), made)
    *done, refused = said.pop("attach")
    assert done == [0] * 5
    assert "busy" in refused
    assert said == {name: value for name, value in SHARED.items() if name != "killed"}


def test_a_kernel_has_the_readers_that_are_served_beside_it(boot):
    said = boot(("udev", "driver_kernel", "service", "vhci"), ["vhci-hcd"])
    assert said == {
        "world": [3, TEXT, "6a04", TEXT],
        "driver_kernel": 0,
        "vhci": [TEXT, True, TEXT, 2, True],
    }


def test_every_models_descriptors_reach_the_kernel_byte_for_byte(boot, tmp_path):
    ports = [UsbPort(CcidReader(model)) for model in models.MODELS.values()]
    way = RedirWay(tmp_path / "r")
    way.open(ports)
    try:
        options = redirected(tmp_path / "r", len(ports))
        said = boot((f"descriptors:{len(ports)}",), ["xhci-pci"], options)
    finally:
        way.close()
        for port in ports:
            port.close()
    assert len(ports) >= 16
    assert said["descriptors"] == sorted(
        (device_descriptor(model) + configuration_descriptor(model)).hex()
        for model in models.MODELS.values()
    )
    texts = [strings(model) for model in models.MODELS.values()]
    shown = list(StringIndex)[:3]
    assert said["strings"] == sorted([text.get(index, "") for index in shown] for text in texts)
