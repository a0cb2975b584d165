from __future__ import annotations

from applets.globalplatform.codes import NEXT_CARD_STATES, CardState


def test_a_card_goes_back_from_locked_alone_and_never_from_terminated() -> None:
    back = {
        (state, following)
        for state, others in NEXT_CARD_STATES.items()
        for following in others
        if following < state
    }
    assert back == {(CardState.LOCKED, CardState.SECURED)}
    assert set(NEXT_CARD_STATES) == set(CardState)
    assert NEXT_CARD_STATES[CardState.TERMINATED] == set()
