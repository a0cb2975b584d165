"""Cards put in and taken out of readers with one slot and with many: no movement is lost."""

import json
import random
import threading
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.faces.libusb import Function
from ifd_bridge.faces.looks import QUIET_S
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from readers.ccid.codes import MessageType
from tests.kits.pcsc.program import Program
from vcard import Card

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

SLOTS, SEED = 8, 11
WATCH = """
def seen(wanted):
    found = []
    for name, (count, present) in zip(names, wanted, strict=True):
        state = settle(name, SCARD_STATE_PRESENT if present else SCARD_STATE_EMPTY, count)
        found.append(state >> 16)
    return found
while wanted := json.loads(hear()):
    say(seen(wanted))
"""


def move(driver, rounds):
    """All eight slots, in any order, again and again; the client counts."""
    descriptor = replace(models.PLAIN.descriptor, bMaxSlotIndex=SLOTS - 1, bMaxCCIDBusySlots=SLOTS)
    reader = CcidReader(replace(models.PLAIN, descriptor=descriptor))
    cards = [Card(Hello()) for _ in range(SLOTS)]
    chance = random.Random(SEED)

    def everywhere(work):
        for slot in chance.sample(range(SLOTS), SLOTS):
            work(slot)

    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, WATCH) as client:
        everywhere(lambda slot: reader.insert(cards[slot], slot))
        counts = seen(client, [None] * SLOTS, present=True)  # pcscd counts from its first look on
        for number in range(1, rounds):
            counts = [count + 1 for count in counts]
            if number % 2:
                everywhere(reader.eject)
            else:
                everywhere(lambda slot: reader.insert(cards[slot], slot))
            assert seen(client, counts, present=number % 2 == 0) == counts


def storm(slots, rounds, begin=bool):
    """Every slot moves again and again, as fast as it can; without waiting for pcscd."""
    descriptor = replace(models.PLAIN.descriptor, bMaxSlotIndex=slots - 1, bMaxCCIDBusySlots=slots)
    reader = CcidReader(replace(models.PLAIN, descriptor=descriptor))
    cards = [Card(Hello()) for _ in range(slots)]
    with endpoint(reader, driver="libccid") as pcsc, Program(pcsc.environ, WATCH) as client:
        for slot, card in enumerate(cards):
            reader.insert(card, slot)
        counts = seen(client, [None] * slots, present=True)
        reader.moved = None
        begin()
        for _ in range(rounds):
            for slot, card in enumerate(cards):
                reader.eject(slot)
                reader.insert(card, slot)
        counts = [count + 2 * rounds for count in counts]
        assert seen(client, counts, present=True) == counts


@pytest.mark.parametrize("slots", [1, 2])
def test_swaps_without_a_client_are_seen_by_the_genuine_driver(slots):
    storm(slots, 20)


@pytest.mark.parametrize("slots", [1, 2])
def test_a_driver_that_takes_its_time_between_two_looks_sees_every_swap(slots, monkeypatch):
    """On a busy machine it does; here each PC_to_RDR_GetSlotStatus comes late."""
    heard = Function._heard

    def late(face, message):
        if message[:1] == bytes((MessageType.PC_to_RDR_GetSlotStatus,)):
            threading.Event().wait(3 * QUIET_S)
        return heard(face, message)

    storm(slots, 5, lambda: monkeypatch.setattr(Function, "_heard", late))


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_genuine_driver_sees_a_thousand_movements_of_two_slots():
    storm(2, 250)


def seen(client, counts, *, present):
    """The client's count of each slot, once it has reached a number."""
    client.say(json.dumps([[count, present] for count in counts]))
    return client.hear()


def test_no_movement_is_lost():
    move("bridge", 125)


def test_the_genuine_driver_loses_none_either():
    """It misses a slot that it is just polling, so it is notified again."""
    move("libccid", 10)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_genuine_driver_loses_none_of_a_thousand():
    move("libccid", 125)
