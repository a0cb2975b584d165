"""Keys that require a touch."""

from __future__ import annotations

import pytest

from applets.openpgp import SIGNATURE, OpenPgp
from applets.openpgp.persona import YUBIKEY
from tests.kits.openpgp.host import Host, made_key
from vcard import Busy
from vcard.touch import Touch

SIGN = bytes.fromhex("002A9E9A0401020304") + b"\0"


def host_with(touch: Touch, policy: int = 1) -> Host:
    host = Host(OpenPgp(keys={SIGNATURE: made_key("Ed25519")}, persona=YUBIKEY, touch=touch))
    host.administer()
    assert host.put(0xC4, b"\1") == host.put(0xD6, bytes((policy, 0x20))) == "9000"
    host.user()
    return host


def sign(host: Host, looks: int = 400) -> tuple[str, int]:
    """Return the status word of a signature, and the number of waits for it."""
    answer = host.card.exchange(SIGN)
    waited = 0
    while isinstance(answer, Busy):
        waited += 1
        assert waited < looks
        answer = answer.finish()
    assert answer is not None
    return answer[-2:].hex().upper(), waited


def test_a_user_who_touches_at_once_is_not_waited_for() -> None:
    assert sign(host_with(Touch())) == ("9000", 0)


def test_a_touch_that_comes_later_ends_the_wait() -> None:
    assert sign(host_with(Touch(0.5))) == ("9000", 5)


def test_a_touch_that_does_not_come_is_a_time_out() -> None:
    host = host_with(Touch(None, timeout=2.0))
    assert sign(host) == ("6600", 20)
    assert host.get(0x93) == bytes(3)


def test_a_press_ends_the_wait() -> None:
    touch = Touch(None)
    host = host_with(touch)
    answer = host.card.exchange(SIGN)
    assert isinstance(answer, Busy)
    assert touch.wanted
    touch.press()
    done = answer.finish()
    assert isinstance(done, bytes)
    assert done[-2:].hex() == "9000"
    assert host.get(0x93) == b"\0\0\1"


@pytest.mark.parametrize(("policy", "second"), [(1, "6600"), (3, "9000")])
def test_a_cached_touch_counts_for_the_session(policy: int, second: str) -> None:
    touch = Touch(None, timeout=1.0)
    host = host_with(touch, policy)
    touch.press()
    assert sign(host)[0] == "9000"
    assert sign(host)[0] == second


def test_a_policy_that_is_off_asks_nobody() -> None:
    assert sign(host_with(Touch(refuses=True), 0)) == ("9000", 0)
    assert sign(host_with(Touch(refuses=True))) == ("6600", 0)
