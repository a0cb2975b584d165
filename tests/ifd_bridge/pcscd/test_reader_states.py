from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ifd_bridge.pcscd.reader_states import (
    EXTEND,
    IGNORE,
    LOOK_S,
    MAX_NAME,
    SOON_S,
    NameFilter,
    Seen,
    names_of,
    reader_states,
    wait_until,
)

ENTRY = "=128sIIi33s3xII"


def entry(name: bytes = b"", events: int = 0, state: int = 0) -> bytes:
    return struct.pack(ENTRY, name, events, state, 0, b"\x3b" * 33, 2, 1)


@pytest.fixture
def answer(tmp_path: Path) -> Iterator[list[bytes]]:
    """A pcscd at tmp_path / "s" that answers a request with these parts."""
    parts: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(8) == struct.pack("=II", 0, 0x12)
                for part in parts:
                    connection.sendall(part)

        thread = threading.Thread(target=serve)
        thread.start()
        yield parts
        thread.join(10)


def test_readers_are_read_with_their_cards_and_counters(
    answer: list[bytes], tmp_path: Path
) -> None:
    raw = entry(b"R 00 00", 7, 0x34) + entry() + entry(b"S 01 00", 8, 0x02) + 13 * entry()
    answer += [raw[:100], raw[100:]]
    found = reader_states(tmp_path / "s")
    assert found == {"R 00 00": Seen(True, 7), "S 01 00": Seen(False, 8)}


def test_half_an_answer_is_an_error(answer: list[bytes], tmp_path: Path) -> None:
    answer.append(entry())
    with pytest.raises(ConnectionResetError, match="184 of 2944 bytes"):
        reader_states(tmp_path / "s")


def test_a_dead_pcscd_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader_states(tmp_path / "nobody")


def test_the_names_of_a_slot_come_in_the_order_of_the_readers() -> None:
    known = dict.fromkeys(["R 01 00", "R 00 00", "R 00 01", "R 1 02 00"], Seen(False, 0))
    assert names_of(known, "R", 0) == ["R 00 00", "R 01 00"]
    assert names_of(known, "R", 1) == ["R 00 01"]
    assert names_of(known, "R 1", 0) == ["R 1 02 00"]


def test_what_cannot_be_there_yet_is_looked_for_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A query costs pcscd a thread, just when it has a movement to report to its clients."""
    steps: list[object] = []

    class Pause:
        def wait(self, timeout_s: float) -> None:
            steps.append(timeout_s)

    def seen() -> bool:
        steps.append("look")
        return steps.count("look") == 6

    monkeypatch.setattr(threading, "Event", Pause)
    assert wait_until(seen, at_once=False)
    looks = [step for step in steps if step == "look"]
    pauses = [step for step in steps if isinstance(step, float)]
    assert steps[0] == SOON_S
    assert len(looks) == len(pauses) == 6
    assert pauses == sorted(pauses)
    assert pauses[-1] == LOOK_S
    steps.clear()
    assert wait_until(seen)
    assert steps[0] == "look"


def test_waiting_ends_with_the_time() -> None:
    looks = iter([False, False, True])
    assert wait_until(lambda: next(looks), 10, 0)
    assert not wait_until(lambda: False, 0)


def test_without_a_filter_names_are_what_they_are() -> None:
    none = NameFilter.of({})
    assert none == NameFilter()
    assert not none.hides("Reader")
    assert (none.shown("Reader"), none.own("Reader")) == ("Reader", "Reader")


def test_readers_are_hidden_by_any_part_of_their_names() -> None:
    names = NameFilter.of({IGNORE: "Pad::Twin"})
    assert [names.hides(name) for name in ("My Pad 2", "GemPC Twin", "pad", "")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not NameFilter.of({IGNORE: ":"}).hides("Reader")


def test_an_extension_stands_behind_every_name() -> None:
    names = NameFilter.of({EXTEND: " at desk"})
    assert names.shown("Reader") == "Reader at desk"
    assert (names.own("Reader at desk"), names.own("Reader")) == ("Reader", "Reader")


def test_a_name_that_pcscd_would_refuse_is_told_with_the_cause() -> None:
    names = NameFilter.of({EXTEND: "é" * 60})
    assert len(names.shown("R").encode()) == MAX_NAME
    with pytest.raises(ValueError, match=f"{EXTEND} makes the name of 'RR' longer than 121 bytes"):
        names.shown("RR")
