"""Cards put in and taken out of a reader with eight slots: no movement is lost."""

import random
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.endpoints import endpoint
from readers import CcidReader, models
from tests.ifd_bridge.kit import Client
from vcard import Card

pytestmark = pytest.mark.pcsc

SLOTS, SEED = 8, 11
WATCH = """
wanted = json.loads(hear())
while wanted:
    for name, (count, present) in zip(names, wanted, strict=True):
        state = settle(name, SCARD_STATE_PRESENT if present else SCARD_STATE_EMPTY, count)
        assert state >> 16 == count, (name, count, state >> 16)
    say("seen")
    wanted = json.loads(hear())
"""


def move(driver, rounds):
    """All eight slots, in any order, again and again; the client counts."""
    counts = [0] * SLOTS
    descriptor = replace(models.PLAIN.descriptor, bMaxSlotIndex=SLOTS - 1, bMaxCCIDBusySlots=SLOTS)
    reader = CcidReader(replace(models.PLAIN, descriptor=descriptor))
    cards = [Card(Hello()) for _ in range(SLOTS)]
    chance = random.Random(SEED)
    with endpoint(reader, driver=driver) as pcsc, Client(pcsc.environ, WATCH) as client:
        for number in range(1, rounds + 1):
            for slot in chance.sample(range(SLOTS), SLOTS):
                if number % 2:
                    reader.insert(cards[slot], slot)
                else:
                    reader.eject(slot)
                counts[slot] = number
            tell(client, counts)


def tell(client, counts):
    """Let the client wait until it has seen so many movements in each slot."""
    client.say(str([[count, count % 2] for count in counts]))
    assert client.hear() == "seen"


def test_no_movement_is_lost():
    move("bridge", 125)
