from __future__ import annotations

from readers.guard import Guard, NoGuard


def test_no_guard_runs_the_cards_code_at_once() -> None:
    guard: Guard = NoGuard()
    with guard:
        assert guard.unlocked(lambda: 42) == 42
