"""A real card, in a real reader, shown in a virtual one."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.cards import relay
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from tests.kits.pcsc.program import PRELUDE, surroundings
from vcard import Card
from vcard.atr.atr import Atr

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
NO_PCSCD = "from ifd_bridge.cards.relay import RelaySlot; RelaySlot('Reader')"


@pytest.mark.slow  # a process
def test_no_pcscd_to_relay_from_is_said():
    run = subprocess.run(
        [sys.executable, "-c", NO_PCSCD],
        env=os.environ | {"PCSCLITE_CSOCK_NAME": "/nonexistent/pcscd.comm"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "RuntimeError: no PC/SC to relay from: " in run.stderr


RELAYED = """
settle(reader, SCARD_STATE_PRESENT)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
def send(*command):
    return bytes(check(SCardTransmit(card, protocol, list(command)))).hex()
say([send(0, 0xA4, 4, 0, 10, *AID), send(0, 0, 0, 0)])
"""
HOOK = """
def shout(command, send):
    return send(command).upper() if command[1] == 0 else send(command)
"""


@pytest.mark.pcsc
@pytest.mark.parametrize(
    ("level", "protocol"), [(ExchangeLevel.EXTENDED_APDU, 1), (ExchangeLevel.TPDU, 0)]
)
def test_the_card_of_another_pcscd_is_shown_and_may_be_changed_on_the_way(
    tmp_path, level, protocol
):
    (tmp_path / "hook.py").write_text(HOOK)
    (tmp_path / "client.py").write_text(
        PRELUDE + f"AID = bytes.fromhex('{Hello.aid.hex()}')" + RELAYED
    )
    real = CcidReader(replace(models.at_level(models.PLAIN, level), name="Real Reader"))
    real.insert(Card(Hello(), atr=Atr.build((protocol,))))
    spec = f"pcsc:Real Reader?hook={tmp_path}/hook.py:shout"
    with endpoint(real) as outer:
        run = subprocess.run(
            [*VCARD, "run", "--card", spec, "--", sys.executable, str(tmp_path / "client.py")],
            env=surroundings(outer.environ),
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == ["9000", (b"HELLO WORLD!" + b"\x90\x00").hex()]


@pytest.mark.pcsc
def test_a_reader_that_is_not_there_is_named():
    real = CcidReader(replace(models.PLAIN, name="Real Reader"))
    code = "from ifd_bridge.cards.relay import RelaySlot; RelaySlot('Other')"
    with endpoint(real) as outer:
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **outer.environ},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert "0 readers are called 'Other'; readers here: Real Reader 00 00" in run.stderr


class ContactlessReader:
    """The part of pyscard that a RealCard needs; the reader answers GET DATA with `answer`."""

    SCARD_S_SUCCESS = SCARD_SCOPE_USER = 0
    SCARD_SHARE_EXCLUSIVE = SCARD_UNPOWER_CARD = 1
    SCARD_PROTOCOL_T1 = SCARD_PROTOCOL_ANY = SCARD_PCI_T1 = SCARD_PCI_T0 = 2

    def __init__(self, answer):
        self.answer = answer

    def SCardEstablishContext(self, _scope):
        return 0, 1

    def SCardConnect(self, *_):
        return 0, 2, self.SCARD_PROTOCOL_T1

    def SCardStatus(self, _card):
        return 0, "name", 0, 2, [0x3B, 0x00]

    def SCardTransmit(self, _card, _pci, command):
        assert bytes(command) == bytes.fromhex("FFCA000000")
        return (0, list(self.answer)) if self.answer else (1, [])

    def SCardGetErrorMessage(self, _code):
        return "gone"


@pytest.mark.parametrize(
    ("answer", "uid"), [("04A1B2C39000", "04A1B2C3"), ("6A81", None), ("", None)]
)
def test_the_uid_of_a_real_card_is_asked_of_its_reader(monkeypatch, answer, uid):
    monkeypatch.setattr(relay, "_scard", lambda: ContactlessReader(bytes.fromhex(answer)))
    card = relay.RealCard("Reader")
    assert card.uid is None
    assert card.power_up() == b"\x3b\x00"
    assert card.uid == (uid and bytes.fromhex(uid))
