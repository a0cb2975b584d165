"""Passwords with their counters."""

from __future__ import annotations

import pytest

from applets.openpgp.passwords import Password
from vcard import SW, Memory


def made(tries: int = 3) -> Password:
    return Password(Memory(), "pw1", b"123456", tries=tries, left=tries)


@pytest.mark.parametrize("candidate", [b"", b"1", b"654321", b"1" * 200])
def test_a_wrong_value_of_any_length_counts(candidate: bytes) -> None:
    password = made()
    with pytest.raises(SW, match="6982"):
        password.check(candidate)
    assert password.tries_left == 2


def test_a_blocked_password_says_so() -> None:
    password = made(1)
    for word in (0x6982, 0x6983):
        with pytest.raises(SW) as caught:
            password.check(b"000000")
        assert caught.value.value == word


def test_a_new_value_has_its_lengths() -> None:
    for value in (b"12345", b"1" * 128):
        with pytest.raises(SW):
            made().renew(value)
    password = made()
    password.renew(b"1" * 127)
    assert password.split(b"1" * 127 + b"new") == (b"1" * 127, b"new")


def test_a_removed_code_stays_removed_when_tries_are_set() -> None:
    password = made()
    password.remove()
    password.limit_to(5)
    assert (password.tries_left, password.limit) == (0, 5)
    password.replace(b"12345678")
    assert password.tries_left == 5
    password.limit_to(2)
    assert password.tries_left == 2
