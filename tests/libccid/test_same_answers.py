"""Every attribute and control code of two readers has the same answer at both doors."""

import pytest

from applets.catalogue import CARDS
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from tests.kits.genuine import options
from tests.kits.pcsc.program import ask

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

ASKING = """
import smartcard.scard as scard
numbers = sorted({n for name, n in vars(scard).items() if name.startswith("SCARD_ATTR_")})
codes = [0x42000000 + n for n in (0, 1, 3400, 3500, 3600, 3601)]
codes += [0x42330000 + n for n in range(0x18)] + [0x313520, 0x1234, 0xFFFFFFFF]
for name in names:
    for share, protocols in ((SCARD_SHARE_DIRECT, 0), (SCARD_SHARE_SHARED, 3)):
        code, card, protocol = SCardConnect(ctx, name, share, protocols)
        say([name, share, "connect", hexed(code), protocol])
        for number in numbers:
            code, value = SCardGetAttrib(card, number)
            say([name, share, hex(number), hexed(code), bytes(value).hex()])
        for number in codes:
            for data in ([], [0] * 5):
                if number == 0x42330008 and len(data) < 5:
                    continue  # a release of the genuine driver reads past its buffer
                code, value = SCardControl(card, number, data)
                say([name, share, hex(number), len(data), hexed(code), bytes(value).hex()])
        SCardDisconnect(card, SCARD_LEAVE_CARD)
"""


TLV_PROPERTIES = hex(0x42330012)
OWN = frozenset({2, 6, 7, 8})
"""Validation condition, sizes of a PIN, firmware: libccid knows them of some makers' readers, our
driver of our own."""


def without_own(line):
    """An answer; its TLV properties as a table of those that both drivers can know."""
    if line[2] != TLV_PROPERTIES:
        return line
    raw, table = bytes.fromhex(line[-1]), {}
    while raw:
        table[raw[0]] = raw[2 : 2 + raw[1]].hex()
        raw = raw[2 + raw[1] :]
    return [*line[:-1], {tag: value for tag, value in table.items() if tag not in OWN}]


def answers(driver):
    readers = [CcidReader(models.PLAIN), CcidReader(models.PINPAD_DISPLAY)]
    for reader, card in zip(readers, ("hello", "pin-dump"), strict=True):
        reader.insert(CARDS[card](None, {}))
    with endpoint(*readers, driver=driver, options=options(driver)) as pcsc:
        return [without_own(line) for line in ask(pcsc.environ, ASKING)]


def test_two_readers_answer_alike_whatever_drives_them():
    genuine, ours = answers("libccid"), answers("bridge")
    assert len(ours) == len(genuine) > 300
    differing = [(a, b) for a, b in zip(genuine, ours, strict=True) if a != b]
    assert differing == []
    assert len({line[0] for line in ours}) == 2
