"""What every exchange level has."""

import pytest

from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.level import NAD_CONTROL, Level
from ifd_bridge.driver.link import Reply
from ifd_bridge.ifdh.api import Answer, Code
from readers.models import PLAIN
from tests.kits.bridge.fakes import link
from vcard import DEFAULT_ATR
from vcard.atr.atr import Atr


def test_the_hooks_of_a_level_that_runs_no_protocol_do_nothing():
    one, cable = link()
    slot = Level(one, KnownReader.of(PLAIN))
    reply = Reply(Code.SUCCESS, b"\x90\x00")
    slot.powered()
    assert slot.protocol_set(2, Atr.parse(DEFAULT_ATR)) is Code.SUCCESS
    assert slot.control(0x42000000, b"") is None
    assert slot.control(NAD_CONTROL, b"\x3f\0\0") == Answer(Code.NOT_SUPPORTED)
    assert slot.before_pin(b"") is None
    assert slot.after_pin(reply) is reply
    assert cable.sent == []
    with pytest.raises(NotImplementedError):
        slot.transmit(b"", 0)
