"""The users' filter of reader names applies to a private pcscd as well."""

import os

import pytest

from ifd_bridge.pcscd.reader_states import EXTEND, IGNORE
from ifd_bridge.worlds.world import World, private
from tests.kits.genuine import ends_pcscd
from tests.kits.pcsc.client import Client

pytestmark = pytest.mark.pcsc

READERS = [("gemalto-pc-twin?name=Virtual Reader", "hello"), ("gemalto-pinpad?name=My Pad", None)]
DRIVERS = [
    "bridge",
    pytest.param("libccid", marks=pytest.mark.libccid),
    pytest.param("libccid-serial", marks=pytest.mark.libccid),
]


def world(driver):
    if why := ends_pcscd(driver):
        pytest.skip(why)
    return World(READERS, host=private(driver, for_this_process=False))


def names(made):
    with Client({**os.environ, **made.environ}) as client:
        return client.call("SCardListReaders", client.context, [])


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_reader_may_be_hidden_and_is_not_waited_for(driver, monkeypatch):
    monkeypatch.setenv(IGNORE, "none:Pad")
    with world(driver) as made:
        assert names(made) == ["Virtual Reader 00 00"]
        made.insert("hello", "Pad")
        made.eject("Pad")
        made.eject("Virtual")
        made.insert(None, "Virtual Reader 00 00")
        assert [reader["hidden"] for reader in made.list()] == [False, True]


@pytest.mark.parametrize("driver", DRIVERS)
def test_names_may_be_extended_and_movements_are_seen_all_the_same(driver, monkeypatch):
    monkeypatch.setenv(EXTEND, " at desk")
    with world(driver) as made:
        assert names(made) == ["Virtual Reader at desk 00 00", "My Pad at desk 01 00"]
        made.eject("Virtual Reader at desk 00 00")
        assert not made._running.sight.look(0, 0).present
        made.insert(None, "Virtual")
        assert made._running.sight.look(0, 0).present


def test_a_name_that_gets_too_long_is_refused(monkeypatch):
    monkeypatch.setenv(EXTEND, "x" * 120)
    with pytest.raises(ValueError, match="longer than 121 bytes"), world("bridge"):
        raise AssertionError
