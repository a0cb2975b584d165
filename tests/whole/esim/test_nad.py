"""Ports by NAD through the real pcscd: a TPDU level reader exchanges T=1 blocks with the card."""

import pytest

from applets.esim.cards import create, demo_profiles
from ifd_bridge import endpoint
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.pcsc.program import ask

pytestmark = pytest.mark.pcsc

STEPS = """
def nad(number):
    code, data = SCardControl(h, SCARD_CTL_CODE(3600), list(bytes((0x3E, 0, 1, number))))
    assert code == 0 and bytes(data) == bytes((0x3E, 0, 1, 0)), (code, data)
def transmit(raw):
    code, data = SCardTransmit(h, protocol, list(bytes.fromhex(raw)))
    return bytes(data).hex() if code == 0 else hexed(code)
h, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
found = []
for number in (0x00, 0x10, 0x10, 0x20, 0x00, 0x10, 0x20):
    nad(number)
    found.append([number, transmit("00A4000C022FE2"), transmit("00B000000A")])
nad(0)
found.append(["in band", transmit("807C0002"), transmit("00A4000C022FE2"), transmit("00B000000A")])
say(found)
"""


def test_the_nad_chooses_the_profile_and_manage_lsi_does_the_same():
    reader = CcidReader(at_level(PLAIN, ExchangeLevel.TPDU))
    reader.insert(create(None, {"mep": "a1"}))
    with endpoint(reader) as pcsc:
        (found,) = ask(pcsc.environ, STEPS)
    iccids = ["", *(one.iccid.hex() for one in demo_profiles())]
    for number, selected, read in found[:-1]:
        if number:
            assert (selected, read) == ("9000", iccids[number >> 4] + "9000")
        else:
            assert (selected, read) == ("6a82", "6986")
    assert found[-1] == ["in band", "9000", "9000", iccids[2] + "9000"]
