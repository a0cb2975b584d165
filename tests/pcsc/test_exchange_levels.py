"""Exchange levels, blocks and slots through the real pcscd."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
import time
from dataclasses import replace

import pytest

from applets.esim.cards import create
from ifd_bridge import endpoint
from readers import CcidReader
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.models import PLAIN, TWO_SLOT, at_level
from tests.kits.pcsc.program import Program, ask
from tests.kits.t1_pair import SELECT as SELECT_ECHO
from tests.kits.t1_pair import Echo
from tests.whole.test_matrix import SELECT, Store, pattern
from vcard import Card
from vcard.atr.atr import Atr

pytestmark = pytest.mark.pcsc

NOT_TRANSACTED = "0x80100016"
UNSUPPORTED = "0x8010001f"


def reader(level: ExchangeLevel, protocol: int) -> CcidReader:
    model = replace(at_level(PLAIN, level), name=f"{level.name} T={protocol}")
    made = CcidReader(model)
    made.insert(Card(Store(), atr=Atr.build((protocol,), ifsc=254 if protocol else None)))
    return made


COMMANDS = {
    "select": SELECT,
    "case 1": bytes.fromhex("000E0000"),
    "case 2": bytes.fromhex("00B0000010"),
    "case 2, 256": bytes.fromhex("00B0000000"),
    "case 3": bytes.fromhex("00D60000FF") + pattern(255),
    "case 4": bytes.fromhex("0010000005") + pattern(5) + b"\0",
    "long case 4": bytes.fromhex("00100000 0003E8") + pattern(1000) + b"\0\0",
    "longest case 2": bytes.fromhex("00B00000 00FFFF"),
}
EXPECTED = {
    "select": b"",
    "case 1": b"",
    "case 2": pattern(16),
    "case 2, 256": pattern(256),
    "case 3": b"",
    "case 4": pattern(5),
    "long case 4": pattern(1000),
    "longest case 2": pattern(65535),
}
TRY = """
for name in sorted(names):
    h, protocol = check(SCardConnect(ctx, name, SCARD_SHARE_SHARED, 3))
    said = {}
    for what, command in COMMANDS.items():
        code, data = SCardTransmit(h, protocol, list(bytes.fromhex(command)))
        said[what] = bytes(data).hex() if code == 0 else hexed(code)
    say([name, protocol, said])
    SCardDisconnect(h, SCARD_UNPOWER_CARD)
"""


def expected(level: str, protocol: int, what: str) -> str:
    """Return the genuine driver's result for the same reader."""
    if protocol == 0 and level in ("TPDU", "CHARACTER"):
        if what == "case 4":
            return "6105" if level == "TPDU" else NOT_TRANSACTED
        if what.startswith("long"):
            return NOT_TRANSACTED
    if level == "SHORT_APDU" and what.startswith("long"):
        return NOT_TRANSACTED
    return (EXPECTED[what] + b"\x90\x00").hex()


def test_every_level_and_protocol_carries_what_it_can():
    readers = [reader(level, protocol) for level in ExchangeLevel for protocol in (0, 1)]
    commands = {what: command.hex() for what, command in COMMANDS.items()}
    with endpoint(*readers) as pcsc:
        said = ask(pcsc.environ, f"COMMANDS = {commands!r}\n" + TRY)
    assert len(said) == 8
    for name, protocol, answers in said:
        level, number = name.split()[0], protocol - 1
        assert f"T={number}" in name
        assert answers == {what: expected(level, number, what) for what in COMMANDS}


NAD = """
def control(raw):
    code, data = SCardControl(h, SCARD_CTL_CODE(3600), list(bytes.fromhex(raw)))
    return bytes(data).hex(" ").upper() if code == 0 else hexed(code)
def transmit(raw):
    code, data = SCardTransmit(h, protocol, list(bytes.fromhex(raw)))
    return bytes(data).hex() if code == 0 else hexed(code)
h, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
say([control("3F0000"), control("3E00012A"), control("3F0000")])
say([transmit("00000000"), transmit("00000000")])
check(SCardReconnect(h, SCARD_SHARE_SHARED, 3, SCARD_RESET_CARD))
say([control("3F0000"), transmit("00000000")])
"""


def test_a_client_sets_the_nad_and_a_card_that_does_not_know_it_goes_mute():
    """GetSetNAD.py and the command after it, with the bytes of a log of 2024."""
    plain = reader(ExchangeLevel.TPDU, 1)
    seen = []
    plain.tap = lambda event: seen.append(getattr(event, "message", b""))
    with endpoint(plain) as pcsc:
        got, sent, again = ask(pcsc.environ, NAD)
    assert got == ["3F 00 02 00 00", "3E 00 01 00", "3F 00 02 00 2A"]
    assert sent == [NOT_TRANSACTED, NOT_TRANSACTED]
    assert again == ["3F 00 02 00 00", "6d00"]
    blocks = [message[10:].hex(" ").upper() for message in seen if message[:1] in b"\x6f\x80"]
    start = blocks.index("2A 00 04 00 00 00 00 2E")
    assert blocks[start : start + 6] == [
        "2A 00 04 00 00 00 00 2E",
        "00 82 00 82",
        "2A 82 00 A8",
        "00 82 00 82",
        "2A 82 00 A8",
        "",
    ]


PORTS = (
    NAD.split("say(", 1)[0]
    + """
def iccid():
    for select in ("00A40004023F00", "00A40004022FE2"):
        answer = transmit(select + "00")
    return transmit("00B000000A")
for nad in ("10", "20", "10", "20"):
    control("3E0001" + nad)
    say(iccid())
"""
)


def test_a_client_reaches_both_profiles_of_an_esim_by_nad():
    """Two eSIM ports at the same time, by turns, without a resynchronisation between."""
    made = CcidReader(at_level(PLAIN, ExchangeLevel.TPDU))
    made.insert(create(None, {"mep": "a1"}))
    blocks = []
    made.tap = lambda event: blocks.append(getattr(event, "message", b"")[10:])
    with endpoint(made) as pcsc:
        said = ask(pcsc.environ, PORTS)
    assert [one.upper() for one in said] == [
        "989400000000000010F8" + "9000",
        "989400000000000020F6" + "9000",
    ] * 2
    assert {block[0] for block in blocks if len(block) > 3} >= {0x10, 0x01, 0x20, 0x02}
    assert not any(block[1:2] == b"\xc0" for block in blocks)


LEAVE = NAD.split("say([transmit", 1)[0] + "SCardDisconnect(h, SCARD_LEAVE_CARD)\n"


@pytest.mark.skipif(not shutil.which("scriptor"), reason="needs scriptor: apt install pcsc-tools")
def test_the_nad_outlives_its_client_and_hits_the_next_one():
    with endpoint(reader(ExchangeLevel.TPDU, 1)) as pcsc:
        ask(pcsc.environ, LEAVE)
        done = subprocess.run(
            ["scriptor"],
            input="00 00 00 00\n",
            env={**os.environ, **pcsc.environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert "Using T=1 protocol" in done.stdout
    assert "Can't get info: Transaction failed." in done.stdout + done.stderr


def test_an_apdu_level_reader_refuses_the_nad():
    code = NAD.split("say(", 1)[0] + 'say(control("3F0000"))'
    with endpoint(reader(ExchangeLevel.EXTENDED_APDU, 1)) as pcsc:
        assert ask(pcsc.environ, code) == [UNSUPPORTED]


WORK = """
import time
h, protocol = check(SCardConnect(ctx, sorted(names)[SLOT], SCARD_SHARE_SHARED, 3))
check(SCardTransmit(h, protocol, SELECT))
say("ready")
hear()
begun = time.monotonic()
check(SCardTransmit(h, protocol, [0, 0x20, 0 if SLOT else 2, 0, 0]))
say(time.monotonic() - begun)
"""


@pytest.mark.parametrize("busy_slots", [1, 2])
def test_slots_work_side_by_side_if_the_reader_can(busy_slots):
    descriptor = replace(TWO_SLOT.descriptor, bMaxCCIDBusySlots=busy_slots)
    two = CcidReader(replace(TWO_SLOT, descriptor=descriptor))
    for slot in range(2):
        two.insert(Card(Echo()), slot)
    working = threading.Event()
    two.tap = lambda event: b"\x20\x02" in getattr(event, "message", b"") and working.set()
    codes = [f"SELECT, SLOT = {list(SELECT_ECHO)}, {slot}\n" + WORK for slot in range(2)]
    with (
        endpoint(two) as pcsc,
        Program(pcsc.environ, codes[0]) as slow,
        Program(pcsc.environ, codes[1]) as fast,
    ):
        assert slow.hear() == fast.hear() == "ready"
        slow.say()
        assert working.wait(20)
        fast.say()
        assert (fast.hear() < 1.0) is (busy_slots == 2)
        assert 2.0 <= slow.hear() < 4.0


WATCH = """
states = [(name, SCARD_STATE_UNAWARE) for name in sorted(names)]
while True:
    found = changed(20000, states)
    states = [(name, state) for name, state, _ in found]
    say([state >> 16 for _, state in states])
"""


@pytest.mark.slow
def test_no_movement_of_a_card_is_lost():
    many = replace(PLAIN, descriptor=Descriptor(bMaxSlotIndex=7, bMaxCCIDBusySlots=8))
    made = CcidReader(many)
    cards = [Card(Echo()) for _ in range(8)]
    inside = [False] * 8
    moves = [0] * 8
    dice = random.Random(2024)
    with endpoint(made) as pcsc, Program(pcsc.environ, WATCH) as client:
        start = client.hear()
        for _ in range(1000):
            slot = dice.randrange(8)
            if inside[slot]:
                made.eject(slot)
            else:
                made.insert(cards[slot], slot)
            inside[slot] = not inside[slot]
            moves[slot] += 1
            deadline = time.monotonic() + 20
            while client.hear() != [a + b for a, b in zip(start, moves, strict=True)]:
                assert time.monotonic() < deadline
