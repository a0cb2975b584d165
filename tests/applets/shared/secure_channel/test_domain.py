from __future__ import annotations

import pytest

from applets.shared.secure_channel.domain import Protocol, SecurityDomain
from applets.shared.secure_channel.keys import KeySet, KeyType
from tests.applets.shared.secure_channel.conftest import domain
from tests.kits.secure_channel import KEY
from vcard import SW, Memory


@pytest.mark.parametrize(("number", "parameter"), [(1, 0x15), (2, 0x60), (3, 0x55), (3, 0x40)])
def test_a_protocol_that_we_do_not_have_is_refused(number: int, parameter: int) -> None:
    with pytest.raises(ValueError, match=f"no SCP{number:02X} with i={parameter:02X}"):
        Protocol(number, parameter)


@pytest.mark.parametrize(
    ("protocol", "levels"),
    [
        ((2, 0x15), {0, 1, 3}),
        ((2, 0x75), {0, 1, 3, 0x11, 0x13}),
        ((3, 0x10), {0, 1, 3}),
        ((3, 0x20), {0, 1, 3, 0x11, 0x13}),
        ((3, 0x70), {0, 1, 3, 0x11, 0x13, 0x33}),
    ],
)
def test_the_parameter_decides_the_levels(protocol: tuple[int, int], levels: set[int]) -> None:
    assert Protocol(*protocol).levels() == levels


def test_diversification_data_have_10_bytes() -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        SecurityDomain((), diversification=bytes(9))


def test_the_factorys_keys_are_written_once() -> None:
    memory = Memory()
    for _ in range(2):
        made = domain((3, 0x70))
        made.attach(memory.section("domain"))
        made.keys.find(0x20)
    assert len(list(made.keys)) == 6
    made.keys.delete(0x20, 1)
    again = domain((3, 0x70))
    again.attach(memory.section("domain"))
    assert len(list(again.keys)) == 5
    again.restore()
    assert len(list(again.keys)) == 6


def test_new_keys_start_their_counter_anew() -> None:
    made = domain((3, 0x70))
    made.attach(Memory().section("domain"))
    made.opened(0x30)
    made.opened(0x30)
    assert made.count(0x30) == 2
    made.forget_count(0x30)
    assert made.count(0x30) == 0


def test_a_try_counts_before_it_is_made() -> None:
    memory = Memory()
    made = domain((3, 0x70), tries=2)
    made.attach(memory.section("domain"))
    memory.begin()
    made.attempt(0x30)
    memory.abort()
    with pytest.raises(SW, match="6983"):
        made.attempt(0x30)
    assert not made.all_blocked()


def test_a_domain_without_a_limit_counts_no_tries() -> None:
    memory = Memory()
    made = SecurityDomain([Protocol(3, 0x70)], [KeySet.same(0x30, KeyType.AES, KEY)])
    made.attach(memory.section("domain"))
    before = dict(memory)
    for _ in range(300):
        made.attempt(0x30)
    assert dict(memory) == before
