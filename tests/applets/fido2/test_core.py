import pytest

from applets.fido2.codes import CtapError, Status
from applets.fido2.core import present
from tests.kits.fido2.platform import Platform, fido
from vcard.touch import Verdict


def test_a_power_up_forgets_tokens_keys_and_what_is_half_done(owner):
    token = owner.token()
    before = owner.ok(6, {1: 1, 2: 2})
    owner.power_up()
    mac = owner.protocol.authenticate(token, b"\1")
    fields = {1: 1, 3: owner.protocol.VERSION, 4: mac}
    assert owner.refused(0x0A, fields) is Status.PIN_AUTH_INVALID
    assert owner.ok(6, {1: 1, 2: 2}) != before


def test_a_touch_that_does_not_come_has_a_status(platform):
    for verdict, status in (
        (Verdict.REFUSED, Status.OPERATION_DENIED),
        (Verdict.TIMED_OUT, Status.USER_ACTION_TIMEOUT),
        (Verdict.CANCELLED, Status.KEEPALIVE_CANCEL),
    ):
        steps = present(platform.core)
        next(steps)
        with pytest.raises(CtapError) as refused:
            steps.send(verdict)
        assert refused.value.status is status


def test_an_authenticator_is_protected_by_a_pin_or_a_finger(platform, owner):
    assert not platform.core.protected
    assert owner.core.protected
    assert Platform(fido(verification="accept")).core.protected


def test_a_finger_that_fits_gives_all_tries_back():
    core = Platform(fido(verification="accept")).core
    core.store.memory["uv tries"] = 1
    core.verify_user()
    assert core.store.get("uv tries", 0) == 3
