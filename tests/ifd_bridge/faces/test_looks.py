"""A driver's progress with the last movement in each slot."""

import pytest

from ifd_bridge.faces.looks import NEVER, POLLED_QUIET_S, QUIET_S, Looks


def looks(slots=1, **options):
    return Looks(slots, **{"patience_s": 1.0, "longest_s": 5.0, **options})


def test_a_slot_that_nobody_has_looked_at_is_not_waited_for():
    one = looks(2)
    one.told([0], 0.0)
    assert not one.somebody_looks(0)
    one.looked(1, 0.0)
    assert [one.somebody_looks(slot) for slot in range(2)] == [False, True]


def test_a_look_before_anything_moved_is_no_round():
    one = looks(2)
    one.looked(1, 0.0)
    assert one.unsettled_s(1, 0.0) == 0


def test_two_looks_settle_a_movement():
    one = looks(2)
    one.looked(1, 0.0)
    one.told([1], 0.0)
    found = []
    for _ in range(2):
        found.append(one.unsettled_s(1, 9.0))
        one.looked(1, 9.0)
    assert [*found, one.unsettled_s(1, 9.0)] == [NEVER, NEVER, 0]


def test_after_one_look_and_a_pause_another_notification_is_due():
    one = looks(2)
    for slot in (0, 1):
        one.looked(slot, 0.0)
    one.told([0, 1], 0.0)
    one.looked(1, 1.0)
    assert one.half([0, 1], 1.0) == set()
    assert one.half([0, 1], 1.0 + QUIET_S) == {1}
    one.looked(1, 1.0)
    assert one.half([0, 1], 9.0) == set()


@pytest.mark.parametrize("slots", [1, 2])
def test_the_driver_of_one_slot_shows_when_its_round_is_over(slots):
    one = looks(slots)
    one.listens(1)
    one.looked(0, 0.0)
    one.told([0], 0.0)
    one.interrupted()
    for _ in range(3):
        one.looked(0, 0.0)
    assert one.exact == (slots == 1)
    assert one.unsettled_s(0, 9.0) == (NEVER if one.exact else 0)
    one.listens(1)
    assert one.unsettled_s(0, 9.0) == 0


def test_a_wait_that_ends_in_vain_is_none():
    one = looks()
    one.looked(0, 0.0)
    for waits in (1, -1):
        one.listens(waits)
    assert one.unsettled_s(0, 0.0) == NEVER
    one.restart()
    one.listens(1)
    one.looked(0, 0.0)
    assert one.unsettled_s(0, 0.0) == 0


def test_a_driver_that_hears_no_interrupts_has_done_after_a_pause():
    one = looks(polled=True)
    one.looked(0, 0.0)
    one.told([0], 1.0)
    one.looked(0, 2.0)
    assert one.unsettled_s(0, 2.0) == pytest.approx(POLLED_QUIET_S)
    assert one.unsettled_s(0, 3.0) < 0


def test_a_driver_that_is_at_it_or_slow_is_waited_for_longer():
    one = looks()
    one.looked(0, 0.0)
    one.told([0], 10.0)
    assert one.patience_s(0) == 1
    one.looked(0, 10.3)
    assert one.patience_s(0) == 5
    one.told([0], 20.0)
    assert one.patience_s(0) == pytest.approx(2.4)
    one.looked(0, 20.0)
    one.told([0], 30.0)
    assert one.patience_s(0) == pytest.approx(1.2)
    one.looked(0, 50.0)
    one.told([0], 50.0)
    assert one.patience_s(0) == 5


def test_who_did_not_look_in_time_is_forgotten_until_it_looks():
    one = looks()
    one.looked(0, 0.0)
    one.forget(0)
    one.forget(0)
    assert not one.somebody_looks(0)
    one.looked(0, 1.0)
    assert one.somebody_looks(0)
    assert one.unsettled_s(0, 1.0) == 0
