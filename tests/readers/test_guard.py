from readers.guard import NoGuard


def test_no_guard_lets_everything_through():
    with NoGuard() as guard:
        guard.await_look(0)
        assert guard.unlocked(lambda: 7) == 7
