"""Replay a public trace of a real card to ours: hundreds of commands, responses of the same class.

VCARD_PYSIM names a checkout of pySim, which has the trace (GSMTAP) and the dump of a card of the
next model of the same maker.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from applets.sim.cards import create
from tests.external.bench import need

TRACE = "tests/pySim-trace_test/pySim-trace_test_gsmtap.pcapng"
DUMP = "tests/pySim-shell_test/fsdump/fsdump.json.ok"
FROM_CARD = {0x70, 0xB0, 0xB2, 0xC0, 0xF2, 0x12, 0xCA, 0xCB, 0x84}
GSMTAP = 42 + 16
"""Bytes before a command: Ethernet, IP and UDP, then the header of GSMTAP."""
CAPABILITY, SELECT, ABSENT = 0xAA, 0xA4, 0x6A82


@pytest.fixture
def source():
    found = Path(os.environ.get("VCARD_PYSIM", "/nowhere"))
    if not (found / TRACE).exists():
        pytest.skip("VCARD_PYSIM names no checkout of pySim")
    return found


def exchanges(path):
    """Commands and status words of a capture; an empty command where the card was reset."""
    shown = subprocess.run(
        [need("tshark", "tshark"), "-r", path, "-T", "json", "-x", "-Y", "udp.port == 4729"],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    for packet in json.loads(shown):
        raw = bytes.fromhex(packet["_source"]["layers"]["frame_raw"][0])[GSMTAP:]
        if raw[:1] == b"\x3b":
            yield b"", 0
            continue
        if len(raw) < 7:
            continue
        size = 0 if raw[1] in FROM_CARD else raw[4]
        command = raw[: 5 + size]
        yield command, int.from_bytes(raw[-2:], "big")


def group(word):
    """The class of a status word: done in some way, or the very error."""
    return "done" if word >> 8 in (0x90, 0x91, 0x61, 0x9F, 0x62, 0x6C) else f"{word:04X}"


def test_a_trace_is_answered_in_the_class_of_the_real_card(source):
    card = create(None, {"model": "sja5", "from": (source / DUMP).read_text()})
    card.power_up()
    compared, other, missing = 0, [], False
    for command, word in exchanges(source / TRACE):
        if not command:
            card.power_up()
        if not command or command[1] == CAPABILITY:
            continue
        ours = int.from_bytes(card.exchange(command)[-2:], "big")
        if command[1] == SELECT:
            missing = ours == ABSENT and group(word) == "done"
        if missing:  # a file that the card of the dump does not have
            continue
        compared += 1
        if group(ours) != group(word):
            other.append(f"{command.hex()} {word:04X} not {ours:04X}")
    assert compared > 800
    assert [line for line in other if not line.endswith("6984")] == []  # deactivated in the dump
    assert len(other) <= 3
