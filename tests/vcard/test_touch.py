import pytest

from vcard import Later
from vcard.contact import asked
from vcard.touch import STEP_S, TIMEOUT_S, Touch, Verdict, when_touched


def test_a_user_touches_at_once_unless_told_otherwise():
    touch = Touch()
    touch.ask()
    assert touch.wanted
    assert touch.verdict(0.0) is Verdict.TOUCHED
    assert not touch.wanted


def test_a_user_touches_after_a_while():
    touch = Touch.parse("1.5")
    touch.ask()
    assert touch.verdict(1.4) is None
    assert touch.verdict(1.5) is Verdict.TOUCHED


def test_a_user_who_is_too_slow_is_too_late():
    touch = Touch(60.0)
    touch.ask()
    assert touch.verdict(TIMEOUT_S) is Verdict.TIMED_OUT


def test_a_press_touches_now_or_the_next_time():
    touch = Touch.parse("press")
    touch.ask()
    assert touch.verdict(1.0) is None
    touch.press()
    assert touch.verdict(1.1) is Verdict.TOUCHED
    touch.press()
    touch.ask()
    assert touch.verdict(0.0) is Verdict.TOUCHED
    touch.ask()
    assert touch.verdict(0.0) is None


def test_a_user_who_never_touches_or_refuses():
    never, refuses = Touch.parse("never"), Touch.parse("refuse")
    never.press()
    assert never.verdict(1.0) is None
    assert never.verdict(TIMEOUT_S) is Verdict.TIMED_OUT
    refuses.press()
    assert refuses.verdict(0.0) is Verdict.REFUSED


def test_what_is_wanted_is_told_when_it_changes():
    told = []
    touch = Touch(None)
    touch.changed = lambda: told.append(touch.wanted)
    touch.ask()
    touch.ask()
    touch.stop()
    touch.ask()
    touch.reset()
    assert told == [True, False, True, False]


def test_a_power_up_forgets_an_early_touch():
    touch = Touch(None)
    touch.press()
    touch.reset()
    touch.ask()
    assert touch.verdict(0.0) is None


def test_times_and_names_that_cannot_be_are_refused():
    for text in ("soon", "-1", "nan", "inf", ""):
        with pytest.raises(ValueError, match=r"seconds|float"):
            Touch.parse(text)
    with pytest.raises(ValueError, match="seconds"):
        Touch(timeout=-1)


class Wrapper:
    def __init__(self, contact):
        self.contact = contact


def test_a_button_is_found_whatever_is_around_the_card():
    class WithButton:
        touch = Touch()

    card = WithButton()
    assert asked(Wrapper(Wrapper(card)), "touch", Touch) is card.touch
    assert asked(Wrapper(object()), "touch", Touch) is None
    assert asked(None, "touch", Touch) is None


def after(reply):
    """The reply in the end, and the seconds until then."""
    waited = 0.0
    while isinstance(reply, Later):
        waited += reply.seconds
        reply = reply.then()
    return reply, round(waited, 3)


def test_a_touch_is_waited_for_in_steps():
    assert after(when_touched(Touch(), lambda: b"done", None)) == (b"done", 0)
    assert after(when_touched(Touch(0.25), lambda: b"done", None)) == (
        b"done",
        round(3 * STEP_S, 3),
    )


def test_without_a_touch_the_other_answer_comes():
    assert after(when_touched(Touch(None, timeout=1), lambda: b"done", b"no")) == (b"no", 1.0)
    assert after(when_touched(Touch(refuses=True), lambda: b"done", b"no")) == (b"no", 0)
