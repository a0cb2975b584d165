import pytest

from applets.fido2.authenticator import COMMANDS, selection
from applets.fido2.codes import Status
from tests.kits.fido2.platform import Platform, assertion, creation, fido
from vcard import Memory, RamStore
from vcard.touch import Touch


def test_unknown_commands_are_refused(platform):
    for code in set(range(256)) - COMMANDS.keys():
        assert platform.refused(code) is Status.INVALID_COMMAND


def test_an_empty_message_is_no_command(platform):
    assert platform.applet.authenticator.call(b"").answer == bytes((Status.INVALID_COMMAND,))


def test_parameters_are_one_canonical_map(platform):
    assert platform.message(b"\x01") == bytes((Status.INVALID_CBOR,))
    assert platform.message(b"\x01\x80") == bytes((Status.CBOR_UNEXPECTED_TYPE,))
    assert platform.message(b"\x01\xa1\x18\x01\x01") == bytes((Status.INVALID_CBOR,))


def test_a_message_that_is_too_long_is_refused(platform):
    assert platform.message(b"\x01" + bytes(2048)) == bytes((Status.REQUEST_TOO_LARGE,))


def test_commands_of_ctap_21_are_missing_in_an_older_authenticator():
    platform = Platform(fido(versions=("FIDO_2_0",)))
    for code in (0x0B, 0x0C, 0x0D):
        assert platform.refused(code, {}) is Status.INVALID_COMMAND


def test_a_selection_is_a_touch(platform):
    assert platform.ok(0x0B) is None
    platform.applet.touch.refuses = True
    assert platform.refused(0x0B) is Status.OPERATION_DENIED
    assert next(selection(platform.core, {})) is None


def test_a_reset_forgets_everything(owner):
    made, kept = owner.make(), owner.resident()
    owner.config(3, {1: 6})
    owner.power_up()
    owner.ok(4)
    owner.ok(7)
    info = owner.ok(4)
    assert (info[4]["clientPin"], info[13], info[12], info[20]) == (False, 4, False, 100)
    for credential in (made, kept):
        fields = assertion([credential.identity])
        assert owner.refused(2, fields) is Status.NO_CREDENTIALS


def test_a_reset_comes_first_after_power_up(platform):
    platform.ok(7)
    assert platform.refused(7) is Status.NOT_ALLOWED
    platform.power_up()
    platform.make()
    assert platform.refused(7) is Status.NOT_ALLOWED
    platform.power_up()
    platform.apdu("00030000")
    platform.ok(7)


def test_a_reset_may_be_allowed_always_or_never():
    always, never = Platform(fido(reset="always")), Platform(fido(reset="never"))
    always.make()
    always.ok(7)
    assert never.refused(7) is Status.NOT_ALLOWED


@pytest.mark.parametrize(("now", "status"), [(10.0, Status.SUCCESS), (10.1, Status.NOT_ALLOWED)])
def test_a_clock_allows_a_reset_for_ten_seconds(platform, now, status):
    authenticator = platform.applet.authenticator
    authenticator.power_up(0.0)
    assert authenticator.call(b"\x04", 5.0).answer
    assert authenticator.call(b"\x07", now).poll(0.0) == bytes((status,))


def test_a_new_command_cancels_one_that_waits():
    authenticator = Platform(fido(touch=Touch(None))).applet.authenticator
    waiting = authenticator.call(b"\x0b")
    assert waiting.poll(1.0) is None
    assert authenticator.call(b"\x04").answer
    assert waiting.answer == bytes((Status.KEEPALIVE_CANCEL,))
    waiting.cancel()
    assert waiting.poll(2.0) == bytes((Status.KEEPALIVE_CANCEL,))


def test_a_command_ends_as_the_user_decides():
    for touch, status in (
        (Touch(5.0), Status.SUCCESS),
        (Touch(None), Status.USER_ACTION_TIMEOUT),
        (Touch(refuses=True), Status.OPERATION_DENIED),
    ):
        call = Platform(fido(touch=touch)).applet.authenticator.call(b"\x0b")
        assert call.poll(30.0) == bytes((status,))


class Full(RamStore):
    full = False

    def commit(self, changes):
        if self.full:
            raise OSError("full")
        super().commit(changes)


def test_a_memory_that_cannot_be_written_is_an_error_of_its_own():
    store = Full()
    platform = Platform(memory=Memory(store))
    store.full = True
    authenticator = platform.applet.authenticator
    from fido2 import cbor

    call = authenticator.call(b"\x01" + cbor.encode(creation(options={"rk": True})))
    assert call.poll(0.0) == bytes((Status.OTHER,))
    store.full = False
    assert platform.core.store.accounts() == []
