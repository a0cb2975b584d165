from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ifd_bridge.pcscd.reader_states import Seen
from ifd_bridge.worlds import sight as module
from ifd_bridge.worlds.sight import Sight
from readers import CcidReader, models
from vcard import Card

NAME = models.PLAIN.name


@pytest.fixture
def readers() -> list[CcidReader]:
    return [CcidReader(models.PLAIN), CcidReader(models.PLAIN)]


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Seen] | OSError]:
    """Prepare pcscd's answers, in order; the last one repeats."""
    answers: list[dict[str, Seen] | OSError] = []

    def reader_states(path: Path) -> dict[str, Seen]:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(module, "reader_states", reader_states)
    until = module.wait_until
    monkeypatch.setattr(module, "wait_until", lambda seen, **how: until(seen, 0.05, 0, **how))
    return answers


def known(*present: bool) -> dict[str, Seen]:
    return {f"{NAME} {n:02X} 00": Seen(there, 1) for n, there in enumerate(present)}


def test_inserting_returns_when_pcscd_has_seen_it(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    Sight(Path(), dict(enumerate(readers)), lambda _: True).watch()
    states += [known(False, False), known(True, False), known(True, True)]
    readers[1].insert(Card())
    assert states == [known(True, True)]
    with pytest.raises(TimeoutError, match=r"has not seen the card's removal in '.*' for 10 s"):
        readers[1].eject()
    with pytest.raises(RuntimeError, match="no card"):
        readers[1].eject()


def test_a_cards_own_thread_does_not_wait(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    Sight(Path(), dict(enumerate(readers)), lambda _: True).watch()
    states.append(known(False, False))
    thread = threading.Thread(target=readers[0].insert, args=(Card(),), daemon=True)
    thread.start()
    thread.join(10)
    assert readers[0].slots[0].card


def test_nothing_is_waited_for_where_pcscd_has_ended_or_the_reader_is_out(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    states.append(OSError())
    Sight(Path(), dict(enumerate(readers)), lambda _: True).wait_for_slot(0, 0)
    Sight(Path(), dict(enumerate(readers)), lambda _: True).wait_for_reader(0)
    Sight(Path(), dict(enumerate(readers)), lambda _: False).wait_for_slot(0, 0)
    assert Sight(Path(), dict(enumerate(readers)), lambda _: False).look(0, 0) is None


def test_an_unplugged_reader_is_counted_out_of_its_kind(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    states.append(known(True))
    sight = Sight(Path(), dict(enumerate(readers)), lambda number: number == 1)
    assert sight.look(1, 0) == Seen(True, 1)
    sight.wait_for_reader(0)
    with pytest.raises(TimeoutError, match="pcscd has not found"):
        Sight(Path(), dict(enumerate(readers)), lambda _: True).wait_for_reader(1)
    with pytest.raises(TimeoutError, match="pcscd still has"):
        Sight(Path(), dict(enumerate(readers)), lambda _: False).wait_for_reader(1)


def test_a_reader_is_looked_for_under_the_name_that_pcscd_shows(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    states.append({f"{NAME} at desk {n:02X} 00": Seen(n == 1, 1) for n in range(2)})
    sight = Sight(Path(), dict(enumerate(readers)), lambda _: True, lambda name: f"{name} at desk")
    assert sight.look(1, 0) == Seen(True, 1)
    sight.wait_for_reader(0)


def test_every_movement_is_to_be_counted_where_that_can_be_known(
    readers: list[CcidReader], states: list[dict[str, Seen] | OSError]
) -> None:
    states.append(known(False, False))
    with pytest.raises(TimeoutError):
        Sight(Path(), dict(enumerate(readers)), lambda _: True).wait_for_slot(
            0, 0, lambda seen: seen.events > 1
        )


def test_a_reader_is_there_and_gone_with_the_last_of_its_slots(
    states: list[dict[str, Seen] | OSError],
) -> None:
    two = [CcidReader(models.TWO_SLOT)]
    half = {f"{models.TWO_SLOT.name} 00 01": Seen(False, 0)}
    states.append(half)
    with pytest.raises(TimeoutError, match="pcscd still has"):
        Sight(Path(), dict(enumerate(two)), lambda _: False).wait_for_reader(0)
    with pytest.raises(TimeoutError, match="pcscd has not found"):
        Sight(Path(), dict(enumerate(two)), lambda _: True).wait_for_reader(0)
    states.append({**half, f"{models.TWO_SLOT.name} 00 00": Seen(False, 0)})
    Sight(Path(), dict(enumerate(two)), lambda _: True).wait_for_reader(0)
