from __future__ import annotations

import pytest

from applets.shared.secure_channel import session
from applets.shared.secure_channel.session import (
    check_mac,
    has_protected_response,
    protected_header,
)
from vcard import SW, Command


@pytest.mark.parametrize(
    ("sw", "protected"),
    [(0x9000, True), (0x6283, True), (0x6310, True), (0x6400, False), (0x6982, False)],
)
def test_success_and_warnings_have_protected_responses(sw: int, protected: bool) -> None:
    assert has_protected_response(SW(sw)) is protected


@pytest.mark.parametrize(
    ("cla", "covered"), [(0x84, 0x84), (0x87, 0x84), (0x04, 0x04), (0xE5, 0x84), (0x94, 0x84)]
)
def test_a_mac_covers_the_class_without_channel_and_chaining(cla: int, covered: int) -> None:
    command = Command(cla, 0xF2, 0x80, 0x02)
    assert protected_header(command) == bytes((covered, 0xF2, 0x80, 0x02))
    assert protected_header(command, marked=False)[0] == covered & 0x80


def test_a_wrong_mac_is_6982() -> None:
    check_mac(b"12345678", b"12345678")
    for wrong in (b"12345679", b"1234567", b""):
        with pytest.raises(SW, match="6982"):
            check_mac(wrong, b"12345678")


def test_the_levels_are_those_of_the_standard() -> None:
    """Spec: GlobalPlatform Card 2.3, 10.6; amendment D, table 7-4."""
    assert frozenset({0x00, 0x01, 0x03, 0x11, 0x13, 0x33}) == session.LEVELS
