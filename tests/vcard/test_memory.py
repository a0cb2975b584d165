from __future__ import annotations

from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.memory import DELETED, Changes, Memory, RamStore, all_parts, parts

names = st.sampled_from("abc")
steps = st.lists(st.tuples(names, st.none() | st.integers(0, 5)), max_size=8)


class Level(IntEnum):
    LOW = 0


class Words(tuple):
    pass


class Failing(RamStore):
    def __init__(self) -> None:
        super().__init__()
        self.broken = False

    def commit(self, changes: Changes) -> None:
        if self.broken:
            raise OSError("disk full")
        super().commit(changes)


def play(memory: Memory, actions: list[tuple[str, int | None]]) -> None:
    """Assign, or delete where the value is None."""
    for name, value in actions:
        if value is not None:
            memory[name] = value
        elif name in memory:
            del memory[name]


@given(steps, steps)
def test_a_transaction_left_by_an_exception_changes_nothing(
    before: list[tuple[str, int | None]], inside: list[tuple[str, int | None]]
) -> None:
    memory = Memory()
    play(memory, before)
    was = memory.snapshot()
    with pytest.raises(KeyError), memory.transaction():
        play(memory, inside)
        raise KeyError
    assert memory.snapshot() == memory.store.load() == was


@given(steps)
def test_the_store_has_what_a_finished_transaction_left(
    actions: list[tuple[str, int | None]],
) -> None:
    memory = Memory()
    with memory.transaction():
        play(memory, actions)
        assert memory.store.load() == {}
    assert memory.store.load() == dict(memory)


def test_assignments_outside_a_transaction_are_committed_one_by_one() -> None:
    memory = Memory()
    memory["a"] = 1
    assert memory.store.load() == {"a": 1}
    del memory["a"]
    assert memory.store.load() == {}


def test_an_inner_transaction_joins_the_outer() -> None:
    memory = Memory()
    with pytest.raises(KeyError), memory.transaction():
        with memory.transaction():
            memory["a"] = 1
        raise KeyError
    assert not memory


def test_what_is_written_through_stays() -> None:
    memory = Memory()
    with pytest.raises(KeyError), memory.transaction():
        memory["tries"] = 9
        memory.write_through("tries", 2)
        raise KeyError
    assert memory["tries"] == memory.store.load()["tries"] == 2


def test_a_store_that_fails_leaves_everything_as_it_was() -> None:
    store = Failing()
    memory = Memory(store)
    memory["a"] = 1
    store.broken = True
    with pytest.raises(OSError, match="disk full"):
        memory["a"] = 2
    with pytest.raises(OSError, match="disk full"), memory.transaction():
        memory["b"] = 2
    with pytest.raises(OSError, match="disk full"):
        memory.write_through("a", 3)
    assert memory.snapshot() == {"a": 1}
    store.broken = False
    memory["b"] = 3
    assert store.load() == {"a": 1, "b": 3}


def test_a_power_cut_forgets_the_open_transaction() -> None:
    memory = Memory()
    memory["a"] = 1
    memory.begin()
    memory["a"] = 2
    memory.power_lost()
    assert memory["a"] == 1
    memory["a"] = 3
    assert memory.store.load() == {"a": 3}


def test_a_snapshot_is_restored_whole() -> None:
    memory = Memory()
    memory["a"] = 1
    shot = memory.snapshot()
    memory["a"] = 2
    memory["b"] = 3
    memory.restore(shot)
    assert dict(memory) == memory.store.load() == {"a": 1}


def test_a_memory_begins_with_what_its_store_has() -> None:
    store = RamStore()
    Memory(store)["a"] = (1, b"x", None, True, "t", (2,))
    assert Memory(store)["a"] == (1, b"x", None, True, "t", (2,))


def test_only_immutable_values_are_kept() -> None:
    for value in [[1], {}, bytearray(b"x"), 1.5, (1, [2]), ((b"x", (1, 2.5)), 3)]:
        memory = Memory()
        with pytest.raises(ValueError, match="cannot be kept"):
            memory["a"] = value
        with pytest.raises(ValueError, match="cannot be kept"):
            memory.write_through("a", value)
        assert "a" not in memory


def test_values_of_a_narrower_type_are_kept_however_deep() -> None:
    memory = Memory()
    memory["a"] = Level.LOW
    memory["b"] = (1, (Level.LOW, Words(("x",))))
    assert (memory["a"], memory["b"]) == (0, (1, (0, ("x",))))


def test_what_is_no_name_is_in_no_memory() -> None:
    memory = Memory()
    memory["a/1"] = 2
    for place in (memory, memory.section("a")):
        for name in (1, None, b"1"):
            assert name not in place
    assert "1" in memory.section("a")


def test_a_section_is_a_memory_with_shorter_names() -> None:
    memory = Memory()
    section = memory.section("Pin")
    section["a"] = 1
    section.section("deep")["b"] = 2
    section.write_through("c", 3)
    memory["other"] = 4
    assert set(memory) == {"Pin/a", "Pin/deep/b", "Pin/c", "other"}
    assert set(section) == {"a", "deep/b", "c"}
    assert len(section) == 3
    del section["a"]
    assert "a" not in section


def test_what_is_deleted_has_a_name() -> None:
    assert repr(DELETED) == "DELETED"


GETTERS = {"flag": True, "integer": 7, "text": "x", "octets": b"\1", "sequence": (1, b"")}


@pytest.mark.parametrize("make", [Memory, lambda: Memory().section("Part")])
@pytest.mark.parametrize("getter", GETTERS)
def test_a_typed_getter_gives_its_type_and_refuses_the_others(getter, make):
    memory = make()
    memory.update({**GETTERS, "nothing": None})
    assert getattr(memory, getter)(getter) == GETTERS[getter]
    for other in (*(GETTERS.keys() - {getter}), "nothing"):
        with pytest.raises(TypeError, match=f"^{other} in the memory is a .*, not a "):
            getattr(memory, getter)(other)
        with pytest.raises(TypeError):
            getattr(memory, getter)(other, GETTERS[getter])


@pytest.mark.parametrize(
    ("getter", "default"),
    [("flag", False), ("integer", 0), ("text", ""), ("octets", b""), ("sequence", ())],
)
def test_a_typed_getter_answers_its_default_only_where_the_name_is_missing(getter, default):
    memory = Memory()
    assert getattr(memory, getter)("a", default) is default
    assert "a" not in memory
    with pytest.raises(KeyError):
        getattr(memory, getter)("a")
    memory["a"] = GETTERS[getter]
    assert getattr(memory, getter)("a", default) == GETTERS[getter]


def test_the_parts_of_a_value_have_the_types_that_are_asked_for():
    assert parts((1, b"x"), int, bytes) == (1, b"x")
    assert parts((True, ()), int, tuple) == (True, ())
    for wrong in (None, 1, (1,), (1, b"x", 2), ("1", b"x"), (1, None)):
        with pytest.raises(TypeError, match="does not have the parts int, bytes"):
            parts(wrong, int, bytes)


def test_all_parts_of_a_value_are_those_of_a_tuple():
    assert all_parts((1, b"x", ())) == (1, b"x", ())
    for wrong in (None, 1, "x", b"x"):
        with pytest.raises(TypeError, match=f"is a {type(wrong).__name__}, not a tuple"):
            all_parts(wrong)


def test_a_series_has_parts_of_one_type():
    memory = Memory()
    memory["numbers"], memory["mixed"], memory["text"] = (1, 2), (1, "x"), "12"
    assert memory.series("numbers", int) == (1, 2)
    assert memory.series("none", int) == ()
    for wrong in ("mixed", "text"):
        with pytest.raises(TypeError, match=f"{wrong} in the memory"):
            memory.series(wrong, int)
