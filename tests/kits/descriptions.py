"""Descriptions of real readers from outside the project, and sessions with their models. They are
facts about other makers' products, collected elsewhere: tests that need them are skipped if they
are missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from applets.catalogue import CARDS
from ifd_bridge import endpoint
from ifd_bridge.driver.known_reader import KnownReader
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel, PinSupport
from readers.description import parse
from readers.models import Model
from readers.pinpad.entry import OK
from tests.kits.genuine import options
from tests.kits.pcsc.client import T0, T1, Client, ScardError
from tests.pcsc.test_pinpad import CHANGE, CTL, MODIFY, TEMPLATE, VERIFY, modify, verify
from tests.source import ROOT

FOLDER = Path(os.environ.get("VCARD_DESCRIPTIONS", ROOT.parent / "shared" / "data" / "descriptors"))
"""The folder with descriptions of real readers; VCARD_DESCRIPTIONS names another one."""
OURS = ROOT / "tests" / "vectors" / "descriptions"
BOTH = "3B8780018065766361726481"
TLV_PROPERTIES = CTL + 0x330012
ATTRIBUTES = (0x10100, 0x10101, 0x10102, 0x10103, 0x20110, 0x90300, 0x90301, 0x90303, 0x7A007)


def described(folder: Path) -> Iterator[tuple[str, Model]]:
    """Every reader of every description in a folder, by file and number."""
    for path in sorted(folder.glob("*.txt")):
        number = 0
        for device in parse.devices(path.read_bytes()):
            for model in device.models():
                yield f"{path.stem}-{number}", model
                number += 1


def counting(size: int) -> bytes:
    """The bytes that the card sends and accepts."""
    return bytes(i & 0xFF for i in range(size))


def short(ins: int, out: int = 0, data: bytes = b"", le: bytes = b"") -> bytes:
    """A short command of the PIN dump's that gives `out` bytes."""
    lc = bytes((len(data),)) if data else b""
    return bytes((0x80, ins)) + out.to_bytes(2, "big") + lc + data + le


def extended(ins: int, out: int = 0, data: bytes = b"") -> bytes:
    """An extended command of the same."""
    lc = len(data).to_bytes(2, "big") if data else b""
    le = out.to_bytes(2, "big") if out else b""
    return bytes((0x80, ins)) + out.to_bytes(2, "big") + b"\0" + lc + data + le


SHORT_COMMANDS = {
    "case 1": short(0x30),
    "case 2, 255": short(0x34, 255, le=b"\xff"),
    "case 2, 256": short(0x34, 256, le=b"\0"),
    "case 3, 255": short(0x32, data=counting(255)),
    "case 4, 200": short(0x36, 200, counting(200), b"\xc8"),
    "case 4, 255": short(0x36, 255, counting(255), b"\xff"),
}
LONG_COMMANDS = {
    "case 2, 3000": extended(0x34, 3000),
    "case 3, 3000": extended(0x32, data=counting(3000)),
    "case 4, 3000": extended(0x36, 3000, counting(3000)),
}


class Session:
    """A client's calls to one reader, and their results."""

    def __init__(self, client: Client, reader: CcidReader) -> None:
        self.client, self.reader = client, reader
        self.said: dict[str, object] = {}

    def do(self, name: str, what: object, *arguments: object) -> None:
        """Make one call and keep its result, or the code of its refusal."""
        try:
            result = what(*arguments)  # type: ignore[operator] # a method of Client
        except ScardError as refused:
            result = hex(refused.code)
        self.said[name] = result.hex() if isinstance(result, bytes) else result

    def run(self, *, attributes: bool = True) -> dict[str, object]:
        """Connect, ask the driver, exchange commands of every case, enter PINs."""
        client = self.client
        self.do("connect", client.connect, 0, 2, T0 | T1)
        if client.card is None:
            return self.said
        self.said["protocol"] = client.protocol
        self.do("features", client.control, CTL + 3400)
        self.do("PIN properties", client.control, CTL + 0x33000A)
        self.do("TLV properties", client.control, TLV_PROPERTIES)
        for number in ATTRIBUTES if attributes else ():
            self.do(f"attribute {number:X}", client.attribute, number)
        self.do("select", client.transmit, "00A4040006A000000018FF")
        self.commands(SHORT_COMMANDS)
        level = KnownReader.of(self.reader.model).level
        blocks = level is ExchangeLevel.TPDU and client.protocol == T1
        if level is ExchangeLevel.EXTENDED_APDU or blocks:
            self.commands(LONG_COMMANDS)
        self.pins()
        return self.said

    def commands(self, named: dict[str, bytes]) -> None:
        """Each command; at T=0 TPDUs the client fetches what is left."""
        for name, command in named.items():
            self.do(name, self.client.transmit, command)
            answer = str(self.said[name])
            if answer.startswith("61") and len(answer) == 4:
                self.do(f"{name}, rest", self.client.transmit, f"00C00000{answer[2:]}")
            elif answer.startswith("0x"):
                self.do(f"{name}, again", self.client.reconnect, 1, T0 | T1)
                self.do(f"{name}, select", self.client.transmit, "00A4040006A000000018FF")

    def pins(self) -> None:
        """A verification and a modification, if there is a keypad."""
        support = self.reader.model.descriptor.bPINSupport
        if not support:
            return
        for name, code, structure, keys in (
            ("verify", VERIFY, verify(TEMPLATE), ("12345678", OK)),
            ("modify", MODIFY, modify(CHANGE, confirm=3), ("1234", OK, "5678", OK, "5678", OK)),
        ):
            if name == "modify" and not support & PinSupport.MODIFICATION:
                continue
            self.reader.pinpad.queue(*keys)
            self.do(name, self.client.control, code, structure)
            self.do(f"{name}, dump", self.client.transmit, "00400000FF")


def session(model: Model, driver: str) -> dict[str, object]:
    """A client's session with the reader of a model behind one driver."""
    reader = CcidReader(replace(model, name="Reader"))
    reader.insert(CARDS["pin-dump"](None, {"atr": BOTH}))
    with (
        endpoint(reader, driver=driver, options=options(driver)) as world,
        Client(world.environ) as client,
    ):
        return Session(client, reader).run()
