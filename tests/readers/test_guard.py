from readers.guard import NoGuard


def test_no_guard_lets_everything_through():
    with NoGuard() as guard:
        assert guard.unlocked(lambda: 7) == 7
