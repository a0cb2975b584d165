from __future__ import annotations

from applets.globalplatform.codes import CardState
from applets.globalplatform.registry import Instance, LoadFile, Registry
from vcard import Memory

FILE = LoadFile(b"12345", b"\1\0", {b"123456": "hello", b"1234567": "random"})
ONE = Instance(b"12345678", b"12345", b"123456", b"\0")


def test_what_is_kept_is_found_again() -> None:
    memory = Memory()
    registry = Registry(memory.section("r"))
    assert registry.card_state is CardState.SECURED
    registry.card_state = CardState.LOCKED
    registry.add_load_file(FILE)
    registry.add_instance(ONE)
    registry.set_state(ONE.aid, 3)
    again = Registry(memory.section("r"))
    assert again.card_state is CardState.LOCKED
    assert list(again.load_files()) == [FILE]
    assert again.load_file(b"12345") == FILE
    assert again.load_file(b"54321") is None
    assert list(again.instances()) == [ONE]
    assert again.instance(ONE.aid) == ONE
    assert again.instance(FILE.aid) is None
    again.forget(ONE.aid)
    again.forget(FILE.aid)
    assert list(memory) == ["r/card-state"]


def test_an_application_is_locked_by_its_bit_or_before_it_is_selectable() -> None:
    registry = Registry(Memory().section("r"))
    locked = []
    for state in (0x03, 0x07, 0x0F, 0x83, 0x87):
        registry.set_state(b"12345", state)
        locked.append(registry.locked(b"12345"))
    assert locked == [True, False, False, True, True]
    assert not registry.locked(b"54321")
