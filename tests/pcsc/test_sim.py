"""A plain SIM card through the real pcscd, by APDUs and by TPDUs of T=0."""

from __future__ import annotations

import pytest

from applets.sim.cards import create
from applets.sim.usim import challenge
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc

USIM = bytes.fromhex("00A4040007A0000000871002")
ISDR = bytes.fromhex("00A4040010A0000005591010FFFFFFFF8900000100")
IMSI = bytes.fromhex("00A40004026F07")
RAND = bytes.fromhex("23553CBE9637A89D218AE64DAE47BF35")
KEYS = (
    "db08a54211d5e3ba50bf10b40ba9a3c58b2a05bbf0d987b21bf8cb10f769bcd751044604127672711c6d3441"
    "08eae4be823af9a08b"
)
"""RES, CK, IK (3GPP TS 35.208, 4.3.1) and the Kc that follows from them."""


@pytest.mark.parametrize("level", [ExchangeLevel.EXTENDED_APDU, ExchangeLevel.TPDU])
def test_a_sim_is_read_and_authenticates(level):
    card = create(None, {"protocol": "t0"})
    autn = challenge(card.subscription.aka.make(), 0xFF21, RAND, bytes.fromhex("B9B9"))
    with desk(at_level(PLAIN, level), card) as at, at.client() as client:
        client.connect()

        def send(command):
            answer = client.transmit(command)
            while answer[-2] == 0x61:
                answer = answer[:-2] + client.transmit(bytes((0, 0xC0, 0, 0, answer[-1])))
            return answer[:-2].hex(), answer[-2:].hex()

        assert send(USIM)[1] == "9000"
        assert send(IMSI)[1] == "9000"
        assert send(bytes.fromhex("00B0000009")) == ("080910100000000010", "9000")
        asked = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn
        assert send(asked) == (KEYS, "9000")
        assert send(ISDR) == ("", "6a82")
