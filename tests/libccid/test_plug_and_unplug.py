"""Plugged and unplugged readers, from a program's side."""

import os
import random
import re
import shlex
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from applets.hello import Hello
from ifd_bridge.pcscd.daemon import find
from ifd_bridge.worlds.endpoint import endpoint
from ifd_bridge.worlds.world import World, private
from readers import CcidReader, models
from tests.kits.alive import alive
from tests.kits.pcsc.program import END, Program
from vcard import Card

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

SEED = 7
MOVES = {"bridge": [1] * 60 + [8] * 10, "libccid": [1] * 20 + [8] * 5}
"""Numbers of readers that move at once; pcscd takes 400 ms to release one of libccid's."""
LET_GO_S = 5.0
"""The same on a machine that has much else to do."""
PNP = r"\\?PnP?\Notification"
FIRST, SECOND = "Virtual Reader 00 00", "Virtual PIN Pad 01 00"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """status_change.c, compiled."""
    file = tmp_path_factory.mktemp("native") / "status_change"
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "libpcsclite"], text=True)
    source = Path(__file__).parent / "status_change.c"
    command = ["cc", "-Wall", "-Wextra", "-Werror", str(source), "-o", str(file)]
    subprocess.run([*command, *shlex.split(flags)], check=True)
    return str(file)


@pytest.fixture(params=["bridge", "libccid"])
def driver(request):
    return request.param


@pytest.fixture
def pcsc(driver):
    readers = [CcidReader(models.PLAIN), CcidReader(models.PINPAD)]
    with endpoint(*readers, driver=driver) as made:
        yield made


def version():
    """The version of the pcscd that is installed."""
    command = [find("pcscd"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups()))


def until(true):
    """Wait for a state that no event reports."""
    end = time.monotonic() + END
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


def asleep(pid):
    """Every thread of a process waits for something."""
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    return all("State:\tS" in (task / "status").read_text() for task in tasks)


def watch(program, readers, pcsc, move):
    """The program's states with a number of readers, and after `move`: (counter, state) by name."""
    with subprocess.Popen(
        [program, str(readers)],
        env={**os.environ, **pcsc.environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        before = [process.stdout.readline()]
        while PNP not in before[-1]:
            before.append(process.stdout.readline())
        # older ones see only events after pcscd has registered the waiting client
        until(lambda: asleep(process.pid) and asleep(pcsc.pcscd.pid))
        move()
        after = process.stdout.read().splitlines()
    assert process.returncode == 0
    return parsed(before), parsed(after)


def parsed(lines):
    fields = [line.split(maxsplit=2) for line in lines]
    return {name.strip(): (int(count), state) for count, state, name in fields}


def states(seen):
    return {name: state for name, (_, state) in seen.items()}


def test_the_first_reader_comes(pcsc, program):
    pcsc.unplug(0)
    pcsc.unplug(1)
    before, after = watch(program, 0, pcsc, lambda: pcsc.plug(0))
    assert states(before) == {PNP: "0x0000"}
    assert states(after) == {PNP: "0x0002"}


def test_a_second_reader_comes(pcsc, program):
    pcsc.unplug(1)
    before, after = watch(program, 1, pcsc, lambda: pcsc.plug(1))
    assert states(before) == {FIRST: "0x0012", PNP: "0x0000"}
    assert states(after) == {FIRST: "0x0010", PNP: "0x0002"}


def test_a_reader_goes(pcsc, program):
    pcsc.unplug(1)
    before, after = watch(program, 1, pcsc, lambda: pcsc.unplug(0))
    assert states(before) == {FIRST: "0x0012", PNP: "0x0000"}
    assert states(after) == {FIRST: "0x000E", PNP: "0x0002"}


def test_every_coming_and_going_is_counted(pcsc, program):
    if version() < (2, 3):
        pytest.skip("pcsc-lite counts the events of readers since 2.3")
    counts = []  # at rest: pcscd counts an unplugged reader a moment after it reports it
    for move, readers in ((pcsc.unplug, 2), (pcsc.plug, 1), (pcsc.unplug, 2)):
        before, _ = watch(program, readers, pcsc, lambda: move(1))  # noqa: B023 - called at once
        counts.append(before[PNP][0])
    assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


PULLED_OUT = r"""
def connect():
    return SCardConnect(ctx, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY)
code, card, _ = connect()
say("waits")
say(hexed(SCardControl(card, 0x42330006, list(bytes.fromhex(hear())))[0]))
hear()
while code := connect()[0]:
    SCardGetStatusChange(ctx, 50, [(r"\\?PnP?\Notification", 0)])
say("is back")
"""
ENTRY = bytes.fromhex("1E1E820800080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")


def test_a_reader_pulled_out_in_the_middle_of_a_pin_entry_comes_back(driver):
    reader = CcidReader(models.MODELS["gemalto-pinpad"])
    reader.insert(Card(Hello()))
    with (
        endpoint(reader, driver=driver) as pcsc,
        Program(pcsc.environ, PULLED_OUT) as client,
    ):
        client.hear()
        client.say(ENTRY.hex())
        until(lambda: reader.pinpad.waiting)
        pcsc.unplug(0)
        assert client.hear() != "0x0"
        if driver == "libccid":
            assert not reader.pinpad.waiting
        client.say()
        pcsc.plug(0)
        assert client.hear() == "is back"


LISTING = r"""
import time
while True:
    known = [n for n in SCardListReaders(ctx, [])[1] or []]
    say(sorted(n.split()[0] for n in known))
    SCardGetStatusChange(ctx, 50, [(r"\\?PnP?\Notification", 0)])
"""


def test_sixteen_readers_come_and_go_at_random(driver):
    names = [f"R{number:02}" for number in range(16)]
    readers = [
        CcidReader(replace(models.PLAIN, name=name, product_id=0x7100 + number))
        for number, name in enumerate(names)
    ]
    chance, there = random.Random(SEED), set(range(16))
    with endpoint(*readers, driver=driver) as pcsc, Program(pcsc.environ, LISTING) as client:
        for moving in MOVES[driver]:
            for number in chance.sample(range(16), moving):
                (pcsc.unplug if number in there else pcsc.plug)(number)
                there ^= {number}
            end = time.monotonic() + END
            while client.hear() != [names[number] for number in sorted(there)]:
                assert time.monotonic() < end


LISTS = """
say(names)
while True:
    input()
    names = check(SCardListReaders(ctx, []))
    card, protocol = check(SCardConnect(ctx, names[-1], SCARD_SHARE_SHARED, 3))
    SCardDisconnect(card, SCARD_LEAVE_CARD)
    say(names)
"""


def test_a_program_sees_a_reader_that_is_added_with_its_card_and_none_that_is_removed(driver):
    with (
        World([("plain", "hello")], host=private(driver)) as world,
        Program(world.environ, LISTS) as client,
    ):
        assert client.hear() == [FIRST]

        def listed():
            client.say()
            return client.hear()

        assert world.add("pinpad", ["hello"]) == [1]
        assert listed() == [FIRST, SECOND]
        world.remove(0)
        assert listed() == [SECOND]
        world.add("pinpad", ["hello"])
        assert listed() == ["Virtual PIN Pad 00 00", SECOND]
        world.remove(2)
        world._last_address = 0  # as if all 127 had been used
        before = alive(CcidReader)
        world.add("pinpad", ["hello"])
        assert listed() == ["Virtual PIN Pad 00 00", SECOND]
        world.remove(1)
        assert alive(CcidReader) <= before  # readers of other tests may disappear meanwhile
        world.add("pinpad", ["hello"])
        assert listed() == ["Virtual PIN Pad 00 00", SECOND]
        world.service("restart")  # a later client finds the present readers
        world.remove(3)
        with Program(world.environ, LISTS) as later:
            assert len(later.hear()) == 1
