"""A device with several smart card interfaces: several readers, plugged and unplugged together."""

from __future__ import annotations

import pytest

from applets.hello import Hello
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader
from readers.models import PLAIN
from tests.kits.dual import DUAL
from tests.kits.pcsc.client import Client
from vcard import Card

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

HELLO = "00A404000A" + Hello.aid.hex()
TEXT = b"Hello world!\x90\x00"


MODELS = [*DUAL, PLAIN]
NAMES = [
    "vcard Dual [Contact] (0042) 00 00",
    "vcard Dual [SAM] (0042) 01 00",
    "vcard Dual [SAM] (0042) 01 01",
    "Virtual Reader 02 00",
]


@pytest.mark.parametrize("driver", ["bridge", "libccid"])
def test_each_interface_is_a_reader_and_all_go_together(driver: str) -> None:
    readers = [CcidReader(model) for model in MODELS]
    with endpoint(*readers, driver=driver) as world:
        for reader in readers:
            for slot in range(len(reader.slots)):
                reader.insert(Card(Hello()), slot)
        with Client(world.environ) as client:
            assert sorted(client.readers, key=lambda name: name[-5:]) == NAMES
            addresses = []
            for name in NAMES:
                client.connect(name)
                assert client.transmit(HELLO) == b"\x90\x00"
                assert client.transmit("000000000C") == TEXT
                addresses.append(client.attribute(0x20110).hex())
                client.disconnect()
        assert len(set(addresses)) == 2
        world.unplug(1)
        for number in (0, 1):
            world.sight.wait_for_reader(number)
        with Client(world.environ) as client:
            assert client.readers == NAMES[3:]
        world.plug(0)
        for number in (0, 1):
            world.sight.wait_for_reader(number)
        with Client(world.environ) as client:
            assert len(client.readers) == len(NAMES)
