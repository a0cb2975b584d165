"""The matrix of levels, protocols, cases and lengths through the real pcscd, with both drivers.

What passes is byte-exact; what the genuine libccid refuses, ours refuses with the same code.
"""

from typing import NamedTuple

import pytest

from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.pcsc.program import Program
from tests.whole.test_matrix import OK, SELECT, Store, passes, pattern
from vcard import Card
from vcard.atr.atr import Atr

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

NOT_TRANSACTED = "0x80100016"
LENGTHS = [1, 255, 256, 257, 1000, 65535]
TALK = """
pci = {SCARD_PROTOCOL_T0: SCARD_PCI_T0, SCARD_PROTOCOL_T1: SCARD_PCI_T1}[PROTOCOL]
card, _ = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, PROTOCOL))
def transmit(command):
    code, answer = SCardTransmit(card, pci, list(command))
    return code, bytes(answer)
def fetch(command):
    # as applications do at T=0: 6Cxx is asked again, 61xx is fetched
    code, answer = transmit(command)
    if code == 0 and answer[-2] == 0x6C and answer[-1] and len(command) == 5:
        return fetch(command[:4] + answer[-1:])
    while code == 0 and answer[-2] == 0x61:
        code, more = transmit(bytes((0, 0xC0, 0, 0, answer[-1])))
        answer = answer[:-2] + more
    return code, answer
assert transmit(SELECT) == (0, b"\\x90\\0")
for line in sys.stdin:
    command = bytes.fromhex(line)
    code, answer = fetch(command)
    say([hexed(code), answer.hex()])
    if code:
        check(SCardReconnect(card, SCARD_SHARE_SHARED, PROTOCOL, SCARD_RESET_CARD))
        assert transmit(SELECT) == (0, b"\\x90\\0")
"""


class Keeper(Store):
    """Tells what it was given by each command."""

    def __init__(self):
        self.given = []

    def process(self, command):
        if command.data:
            self.given.append(command.data)
        return super().process(command)


def commands():
    """Command and expected data, by name."""
    yield "1", b"\0\x0e\0\0", b""
    yield "2 without data", b"\0\x0e\0\0\0", b""
    yield "4 without data", b"\0\x0e\0\0\1\xaa\0", b""
    for size in LENGTHS:
        given, long = pattern(size), size.to_bytes(2, "big")
        if size <= 256:
            yield f"2 {size}", bytes((0, 0xB0, 0, 0, size & 0xFF)), pattern(size)
        if size <= 255:
            yield f"3 {size}", bytes((0, 0xD6, 0, 0, size)) + given, b""
            yield f"4 {size}", bytes((0, 0x10, 0, 0, size)) + given + b"\0", given
        yield f"2e {size}", b"\0\xb0\0\0\0" + long, pattern(size)
        yield f"3e {size}", b"\0\xd6\0\0\0" + long + given, b""
        yield f"4e {size}", b"\0\x10\0\0\0" + long + given + b"\0\0", given


MATRIX = list(commands())


class Cell(NamedTuple):
    level: ExchangeLevel
    protocol: int

    def __str__(self):
        return f"{self.level.name} T={self.protocol}"

    def refuses(self, name, command, data):
        case, _, _ = name.partition(" ")
        if case == "4" and self.protocol == 0:
            return self.level is ExchangeLevel.CHARACTER
        return case.endswith("e") and not passes(self, command, len(data) + 2)


def run(cell, driver):
    """Return the client's result of each command, and the data that reached the card."""
    applet = Keeper()
    reader = CcidReader(at_level(PLAIN, cell.level))
    atr = Atr.build((cell.protocol,), ifsc=254 if cell.protocol else None)
    reader.insert(Card(applet, atr=atr))
    code = f"PROTOCOL, SELECT = {1 << cell.protocol}, {SELECT!r}\n" + TALK
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        said = []
        for _, command, _ in MATRIX:
            client.say(command.hex())
            said.append(client.hear())
    return said, applet.given


@pytest.mark.parametrize(
    "cell", [Cell(level, protocol) for level in ExchangeLevel for protocol in (0, 1)], ids=str
)
def test_every_case_and_length(cell):
    genuine, given = run(cell, "libccid")
    for (name, command, data), (code, answer) in zip(MATRIX, genuine, strict=True):
        wanted = (
            [NOT_TRANSACTED, ""]
            if cell.refuses(name, command, data)
            else ["0x0", (data + OK).hex()]
        )
        assert [code, answer] == wanted, name
    ours, given_by_us = run(cell, "bridge")
    assert ours == genuine
    assert given_by_us == given
