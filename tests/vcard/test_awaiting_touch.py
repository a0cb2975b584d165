from vcard import Later
from vcard.awaiting_touch import when_touched
from vcard.touch import STEP_S, Touch


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
