import pytest

from applets.fido2.codes import CtapError, Permission
from applets.fido2.pin_protocols import mac
from applets.fido2.tokens import Tokens, bind

CM = Permission.CREDENTIAL_MANAGEMENT


def usable(tokens, value, now=None, permission=CM):
    try:
        tokens.verify(2, b"m", mac(2, value, b"m"), permission, now)
    except CtapError:
        return False
    return True


def test_a_token_ends_after_thirty_seconds_without_use_and_after_ten_minutes():
    tokens = Tokens()
    value = tokens.issue(2, CM, None, 0.0)
    assert usable(tokens, value, 30.0)
    assert usable(tokens, value, 600.0)
    assert not usable(tokens, value, 600.1)
    value = tokens.issue(2, CM, None, 0.0)
    assert not usable(tokens, value, 30.1)


def test_without_a_clock_a_token_lasts():
    tokens = Tokens()
    assert usable(tokens, tokens.issue(2, CM, None, None), 9999.0)
    assert usable(tokens, tokens.issue(2, CM, None, 0.0), None)


def test_a_new_token_ends_the_earlier_one():
    tokens = Tokens()
    first, second = (tokens.issue(2, CM, None, None) for _ in range(2))
    assert not usable(tokens, first)
    assert usable(tokens, second)
    tokens.end()
    assert not usable(tokens, second)


def test_a_consumed_token_writes_large_blobs_alone():
    tokens = Tokens()
    tokens.consume()  # there is none
    value = tokens.issue(2, CM | Permission.LARGE_BLOB_WRITE, None, None)
    tokens.consume()
    assert not usable(tokens, value)
    assert usable(tokens, value, permission=Permission.LARGE_BLOB_WRITE)


def test_a_token_binds_to_the_first_rp_and_hides_its_value():
    tokens = Tokens()
    value = tokens.issue(1, CM, None, None)
    token = tokens.verify(1, b"m", mac(1, value, b"m"), CM, None)
    bind(token, "rp")
    bind(token, "rp")
    with pytest.raises(CtapError):
        bind(token, "other")
    assert "value" not in repr(token)
