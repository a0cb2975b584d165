"""Card classes written for vsmartcard's Python package."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from ifd_bridge.cards.vpcd.smartcard_os import SmartcardOsCard

PACKAGE = Path("/usr/lib/python3/site-packages/virtualsmartcard")


class Os:
    def __init__(self):
        self.calls = []

    def getATR(self):
        return "\x3b\x00"

    def powerUp(self):
        self.calls.append("powerUp")

    def powerDown(self):
        self.calls.append("powerDown")

    def reset(self):
        self.calls.append("reset")

    def execute(self, message):
        if message == b"\xff":
            raise KeyError("nothing")
        return message + b"\x90\x00"


def test_power_calls_reach_the_object():
    os = Os()
    card = SmartcardOsCard(os)
    assert card.power_up() == b"\x3b\x00"
    card.power_up()
    card.power_down()
    card.power_down()
    assert os.calls == ["powerUp", "reset", "powerDown"]


def test_commands_are_executed():
    assert SmartcardOsCard(Os()).exchange(b"\x01") == b"\x01\x90\x00"


def test_what_the_object_raises_becomes_6f00(caplog):
    assert SmartcardOsCard(Os()).exchange(b"\xff") == b"\x6f\x00"
    assert "FF: execute() failed" in caplog.text


def test_optional_methods_may_be_missing():
    bare = SimpleNamespace(getATR=Os().getATR, execute=Os().execute)
    card = SmartcardOsCard(bare)
    assert card.power_up() == b"\x3b\x00"
    card.power_down()


def test_something_else_is_refused():
    with pytest.raises(TypeError, match=r"object has no method getATR\(\)"):
        SmartcardOsCard(object())


DEBIANS_CARD = """
from virtualsmartcard.CardGenerator import CardGenerator
from virtualsmartcard.VirtualSmartcard import Iso7816OS
from ifd_bridge.cards.vpcd.smartcard_os import SmartcardOsCard

card = SmartcardOsCard(Iso7816OS(*CardGenerator("iso7816").getCard()))
print(card.power_up().hex(), card.exchange(bytes.fromhex("00A4000C023F00")).hex()[-4:])
"""


@pytest.mark.skipif(not PACKAGE.exists(), reason="Debian's vsmartcard-vpicc is not installed")
@pytest.mark.skipif(find_spec("Crypto") is None, reason="pycryptodome is not installed")
@pytest.mark.slow
def test_debians_iso7816_card_works_unchanged():
    path = f"{Path.cwd()}:{PACKAGE}"
    run = subprocess.run(
        [sys.executable, "-c", DEBIANS_CARD],
        check=False,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    atr, sw = run.stdout.split()[-2:]
    assert atr.startswith("3b")
    assert sw == "9000"
