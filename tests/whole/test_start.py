"""A command imports only what it needs, since every start pays for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # a process each

COUNT = r"""
import sys
sys.argv = ["vcard", "run", "--card", "hello", "--help"]
from ifd_bridge.cli import run
from ifd_bridge.worlds.world import World
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.api import Power
world = World([("plain", "hello")])
world._make_host(world.places)
[place] = world.places
place.insert_all()
[driver] = place.drive(DriverOptions()).drivers
driver.power_icc(Power.UP)
driver.set_protocol_parameters(2)
driver.transmit_to_icc(bytes.fromhex("00A4040006A00000006203"), 1)
assert driver.transmit_to_icc(bytes(4), 1).data == b"Hello world!\x90\x00"
print(*sys.modules)
print(*(name for name, module in sys.modules.items() if hasattr(module, "__path__")))
"""
LIST = """
import sys
from ifd_bridge.cli import steer
from ifd_bridge.control import client, rendezvous
print(*sys.modules)
"""
OURS = {"vcard", "applets", "readers", "ifd_bridge"}
UNNEEDED = (
    "applets.piv", "applets.esim", "vcard.doubles", "ifd_bridge.cards.vpcd",
    "ifd_bridge.cards.relay", "ifd_bridge.cards.file_store", "ifd_bridge.cards.port_slots",
    "ifd_bridge.cards.python_cards", "ifd_bridge.cards.toml_cards", "ifd_bridge.faces",
    "ifd_bridge.panel", "ifd_bridge.doctor", "ifd_bridge.system.python_file",
    "ifd_bridge.system.optional_packages", "ifd_bridge.worlds.model_text", "readers.description",
    "ifd_bridge.driver.pin_entry", "ifd_bridge.driver.control_codes", "readers.usb",
    "ifd_bridge.trace.captures", "readers.ccid.message", "readers.ccid.pin_request",
    "readers.exchange.tpdu", "readers.pinpad",
    "readers.commands.secure", "vcard.hid", "vcard.manage_channel", "vcard.secret",
    "asyncio", "cryptography", "email", "importlib.metadata", "sqlite3", "tomllib",
)  # fmt: skip
MOST = 90
"""Modules of ours from the command line to the first answer of the card.

Packages are not counted, whose __init__ is a docstring or a list of names. A compiled wheel has one
module more, the hop in C.
"""


def loaded(code: str) -> list[list[str]]:
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [line.split() for line in told.stdout.splitlines()]


def test_a_hello_card_imports_no_other_card_door_or_source() -> None:
    names, packages = loaded(COUNT)
    assert [name for name in names if f"{name}.".startswith(tuple(f"{u}." for u in UNNEEDED))] == []
    ours = {name for name in names if name.split(".")[0] in OURS} - set(packages)
    assert len(ours) <= MOST


def test_to_steer_a_world_neither_cards_nor_readers_are_imported() -> None:
    [names] = loaded(LIST)
    assert [name for name in names if name.split(".")[0] in OURS - {"ifd_bridge"}] == []
    assert "dataclasses" not in names  # 3 ms of each start
