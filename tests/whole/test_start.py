"""A command imports what it needs and no more, since every start pays for it."""

import subprocess
import sys

COUNT = """
import sys
sys.argv = ["vcard", "run", "--card", "hello", "--help"]
from ifd_bridge.cli import run
from ifd_bridge.cards.opening import open_card
from ifd_bridge.worlds.world import World
World([("plain", "hello")])
ours = {"vcard", "applets", "readers", "ifd_bridge"}
print(*(name for name in sys.modules if name.split(".")[0] in ours))
"""
UNNEEDED = ("applets.piv", "applets.esim", "vcard.doubles", "ifd_bridge.cards.vpcd",
            "ifd_bridge.cards.relay", "ifd_bridge.cards.file_store", "ifd_bridge.faces",
            "ifd_bridge.panel", "ifd_bridge.doctor", "readers.exchange.tpdu")  # fmt: skip
MOST = 152


def test_a_hello_card_imports_no_other_card_door_or_source():
    told = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    names = told.stdout.split()
    assert [name for name in names if name.startswith(UNNEEDED)] == []
    assert len(names) <= MOST
