"""The program in the guest, as root: the distribution's pcscd and a PC/SC client. Prints JSON
lines.

usage: in_guest.py STEP... ; each step is a function of this file. `host(words)` lets the test move
the readers, at the other end of the serial line.
"""

import functools
import json
import os
import plistlib
import subprocess
import sys
import threading
import time
from pathlib import Path

from smartcard.scard import (
    SCARD_LEAVE_CARD,
    SCARD_PCI_T0,
    SCARD_PCI_T1,
    SCARD_PROTOCOL_ANY,
    SCARD_PROTOCOL_T0,
    SCARD_SCOPE_SYSTEM,
    SCARD_SHARE_SHARED,
    SCARD_STATE_EMPTY,
    SCARD_STATE_INUSE,
    SCARD_STATE_PRESENT,
    SCARD_STATE_UNAWARE,
    SCardConnect,
    SCardControl,
    SCardDisconnect,
    SCardEstablishContext,
    SCardGetStatusChange,
    SCardListReaders,
    SCardTransmit,
)

OWN = [(0x1209, product) for product in range(1, 6)] + [(0xFFFF, 6)]
VERIFY = 0x42330006
ENTRY = bytes.fromhex("1E1E820800080402010904000000000D0000000020000008FFFFFFFFFFFFFFFF")
HELLO, DUMP = "00A404000AA00000006203010C0601", "00A4040007A000000018FF01"
HUB_CLASS = 9
END = 30.0
LOG, UDEV = Path("/tmp/log"), Path("/run/udev/control")
VCARD = str(Path(sys.executable).with_name("vcard"))


@functools.cache
def context():
    return SCardEstablishContext(SCARD_SCOPE_SYSTEM)[1]


def ask(*command):
    """A program's end, with what it said."""
    return subprocess.run(command, check=False, capture_output=True, text=True)


def say(step, value):
    print("GUEST " + json.dumps([step, value]), flush=True)


def host(words):
    print("HOST " + words, flush=True)
    return sys.stdin.readline().strip()


def start(*command):
    return subprocess.Popen(command, stdout=LOG.open("a"), stderr=subprocess.STDOUT)


def until(true):
    end = time.monotonic() + END
    while not (found := true()):
        assert time.monotonic() < end, "nothing came"
        threading.Event().wait(0.01)
    return found


def udev():
    if not UDEV.exists():
        subprocess.run(["/lib/systemd/systemd-udevd", "--daemon"], check=True)
        until(UDEV.exists)


def service():
    """udev, and the distribution's pcscd with our own ids in its libccid's list."""
    plist = Path("/etc/libccid_Info.plist")
    info = plistlib.loads(plist.read_bytes())
    for vendor, product in OWN:
        info["ifdVendorID"].append(f"0x{vendor:04X}")
        info["ifdProductID"].append(f"0x{product:04X}")
        info["ifdFriendlyName"].append(f"Own{product}")
    Path("/tmp/Info.plist").write_bytes(plistlib.dumps(info))
    subprocess.run(["mount", "--bind", "/tmp/Info.plist", str(plist)], check=True)
    udev()
    start("pcscd", "--foreground")
    until(lambda: SCardEstablishContext(SCARD_SCOPE_SYSTEM)[0] == 0)


def names():
    return [name for name in SCardListReaders(context(), [])[1] or [] if name]


def named(part):
    return until(lambda: next((name for name in names() if part in name), None))


def connect(part):
    reader = named(part)

    def connected():
        how = SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY
        code, card, protocol = SCardConnect(context(), reader, *how)
        return None if code else (card, protocol)

    card, protocol = until(connected)
    return card, SCARD_PCI_T0 if protocol == SCARD_PROTOCOL_T0 else SCARD_PCI_T1


def send(card, apdu):
    data = bytes.fromhex(apdu) if isinstance(apdu, str) else apdu
    code, answer = SCardTransmit(card[0], card[1], list(data))
    return bytes(answer) if code == 0 else code


def says_hello(part):
    card = connect(part)
    send(card, HELLO)
    answer = send(card, "00000000")
    SCardDisconnect(card[0], SCARD_LEAVE_CARD)
    return answer.hex() if isinstance(answer, bytes) else hex(answer)


def devices():
    """Descriptors as the kernel has read them, by vendor and product."""
    said = {}
    for path in Path("/sys/bus/usb/devices").glob("*/descriptors"):
        raw = path.read_bytes()
        if raw[4] != HUB_CLASS:
            said[path.parent.name] = raw.hex()
    return said


def descriptors(count):
    """Wait for a number of devices, and print their descriptors from the kernel."""
    found = until(lambda: len(known := devices()) == int(count) and known)
    say("descriptors", sorted(found.values()))
    say("strings", sorted(map(texts, found)))


def texts(name):
    """The strings of a device as the kernel shows them."""
    folder = Path("/sys/bus/usb/devices", name)
    files = [folder / kind for kind in ("manufacturer", "product", "serial")]
    return [file.read_text().strip("\n") if file.exists() else "" for file in files]


def lsusb():
    ids = [line.split()[5] for line in ask("lsusb").stdout.splitlines() if "1d6b:" not in line]
    say("lsusb", sorted(ids))


def scan():
    """pcsc_scan lists the readers."""
    said = ask("timeout", "5", "pcsc_scan", "-r").stdout
    say("scan", all(name in said for name in names()))


def hello(part):
    say("hello", says_hello(part))


def pin(part):
    """A PIN and OK, then CANCEL."""
    card = connect(part)
    send(card, DUMP)
    host("pin 1234")
    said = [bytes(SCardControl(card[0], VERIFY, list(ENTRY))[1]).hex()]
    said.append(send(card, "0040000000").hex())
    host("press 1 2 CANCEL")
    said.append(bytes(SCardControl(card[0], VERIFY, list(ENTRY))[1]).hex())
    SCardDisconnect(card[0], SCARD_LEAVE_CARD)
    say("pin", said)


def state(reader):
    [(_, found, _)] = SCardGetStatusChange(context(), 0, [(reader, SCARD_STATE_UNAWARE)])[1]
    return found


def moves(part, number):
    """Out, in, and swapped: what pcscd counts of it."""
    reader, said = named(part), []
    until(lambda: state(reader) & SCARD_STATE_PRESENT)
    until(lambda: not state(reader) & SCARD_STATE_INUSE)
    before = state(reader) >> 16
    for verb, bit, count in (
        ("eject", SCARD_STATE_EMPTY, 1),
        ("insert", SCARD_STATE_PRESENT, 2),
        ("swap", SCARD_STATE_PRESENT, 4),
    ):
        host(f"{verb} -r {number}")
        end = time.monotonic() + 5
        while time.monotonic() < end and not (
            state(reader) & bit and (state(reader) >> 16) - before >= count
        ):
            threading.Event().wait(0.02)
        said.append((state(reader) >> 16) - before)
    say("moves", said)


def attached_again(number):
    """Over USB/IP the host attaches what is plugged in."""
    if "USBIP_ATTACH" in os.environ:
        until(lambda: attached(f"1-{number}").returncode == 0)


def attached(busid):
    return ask(*os.environ["USBIP_ATTACH"].split(), busid)


def answered(busid):
    """An attachment that the server has answered; None if the tool has not got so far.

    It reads the device before, which the kernel may not have made yet.
    """
    done = attached(busid)
    return None if "open vhci_driver" in done.stderr else done


def plugs(part, number):
    """Unplug and plug a reader."""
    reader = named(part)
    host(f"unplug -r {number}")
    until(lambda: reader not in names())
    host(f"plug -r {number}")
    attached_again(int(number) + 1)
    say("plugs", says_hello(part))


def long(part):
    """65,535 bytes each way."""
    card = connect(part)
    send(card, DUMP)
    size = 65535
    out = send(card, b"\0\x3c" + size.to_bytes(2, "big") + b"\0" + size.to_bytes(2, "big"))
    right = out == bytes(n & 255 for n in range(size)) + b"\x90\x00"
    into = send(card, b"\0\x3a\0\0\0" + size.to_bytes(2, "big") + out[:size])
    SCardDisconnect(card[0], SCARD_LEAVE_CARD)
    say("long", [right, into.hex() if isinstance(into, bytes) else hex(into)])


def slots(part):
    """Two slots with a card each."""
    first = named(part).removesuffix("00").removesuffix("01")
    say("slots", [says_hello(first + "00"), says_hello(first + "01")])


def interfaces(part):
    """Two interfaces of one device, each a reader."""
    say("interfaces", [says_hello(f"{part} [{what}]") for what in ("Contact", "Contactless")])


def killed(part):
    """Kill the server, and wait for another one."""
    reader = named(part)
    host("kill")
    until(lambda: reader not in names())
    host("serve")
    attached_again(1)
    say("killed", says_hello(part))


def attach(port, *busids):
    """Attach over USB/IP, and once more, which must be refused."""
    os.environ["USBIP_ATTACH"] = f"usbip --tcp-port {port} attach -r 10.0.2.2 -b"
    said = []
    for busid in (*busids, busids[0]):
        done = until(lambda each=busid: answered(each))
        said.append(done.stderr.strip().splitlines()[-1] if done.returncode else 0)
    say("attach", said)


def speed(part):
    card = connect(part)
    send(card, HELLO)
    begin = time.monotonic()
    for _ in range(300):
        send(card, "00000000")
    say("speed", round(300 / (time.monotonic() - begin)))
    SCardDisconnect(card[0], SCARD_LEAVE_CARD)


def vcard(*words):
    """The command, in the world that this guest serves itself."""
    done = ask(VCARD, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def vhci():
    """Serve a reader to this guest's own kernel; kill the server, and see that nothing is left."""
    places = ["--reader", "gemalto-pinpad", "--card", "hello?with=pin-dump"]
    command = [VCARD, "serve", "--usb", "vhci", *places]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    os.environ["VCARD_CONTROL"] = serving.stdout.readline().strip().split("=")[1]
    said = [says_hello("Pinpad")]
    listed = vcard("list")
    said.append("configured by this kernel" in listed)
    reader = named("Pinpad")
    vcard("unplug")
    until(lambda: reader not in names())
    vcard("plug")
    said.append(says_hello("Pinpad"))
    until(lambda: not state(reader) & SCARD_STATE_INUSE)
    before = state(reader) >> 16
    vcard("swap")
    end = time.monotonic() + 5
    while time.monotonic() < end and (state(reader) >> 16) - before < 2:
        threading.Event().wait(0.02)
    said.append((state(reader) >> 16) - before)
    serving.kill()
    serving.wait()
    until(lambda: not devices())
    status = Path("/sys/devices/platform/vhci_hcd.0/status").read_text().splitlines()[1:]
    said.append({line.split()[2] for line in status} == {"004"})
    say("vhci", said)


def driver_kernel():
    """A private world whose readers this guest's kernel drives."""
    done = ask(
        VCARD, "run", "--driver", "kernel", "--reader", "two-slot", "--card", "hello",
        "--reader", "pinpad", "--card", "hello?with=pin-dump", "--",
        sys.executable, __file__, "world",
    )  # fmt: skip
    print(done.stdout, done.stderr[-2000:])
    say("driver_kernel", done.returncode)


def world():
    """The client of `driver_kernel`: use its verbs, unplug and plug a reader."""
    said = [len(names()), says_hello("Two-Slot")]
    card = connect("PIN")
    send(card, DUMP)
    vcard("pin", "1234")
    said.append(bytes(SCardControl(card[0], VERIFY, list(ENTRY))[1]).hex())
    SCardDisconnect(card[0], SCARD_LEAVE_CARD)
    vcard("unplug", "-r", "1")
    until(lambda: not any("PIN" in name for name in names()))
    vcard("plug", "-r", "1")
    said.append(says_hello("PIN"))
    say("world", said)


def main(steps, known):
    """Do the steps, which are functions by their names in `known`."""
    for step in steps:
        name, *arguments = step.split(":")
        try:
            known[name](*arguments)
        except Exception as error:
            line = error.__traceback__.tb_next.tb_lineno
            say(name, f"{type(error).__name__} in line {line}: {error}")
    print(LOG.read_text()[-3000:] if LOG.exists() else "")


if __name__ == "__main__":
    main(sys.argv[1:], globals())
