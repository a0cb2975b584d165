from __future__ import annotations

import pytest

from vcard.channel import Channel, Port
from vcard.command import Command, Reply
from vcard.manage_channel import manage_channel
from vcard.sw import SW


def manage(port: Port, text: str, number: int = 0) -> Reply:
    """The reply, or what is raised; a channel opened from the basic one gets AID 00."""

    def start(channel: Channel) -> None:
        channel.aid = b"\0"

    try:
        return manage_channel(
            port, port.channels[number], Command.parse(bytes.fromhex(text)), start
        )
    except SW as sw:
        return sw


def test_the_lowest_free_channel_is_opened_unless_one_is_named() -> None:
    port = Port(0)
    assert manage(port, "0070000200") is None
    assert [manage(port, "0070000001") for _ in "12"] == [b"\1", b"\3"]
    assert manage(port, "0070000200") == SW.CHANNEL_NOT_SUPPORTED


def test_a_channel_begins_as_after_reset_or_where_its_opener_stands() -> None:
    port = Port(0)
    manage(port, "0070000001")
    assert port.channels[1].aid == b"\0"
    port.channels[1].aid = b"\1"
    manage(port, "0170000001", 1)
    assert port.channels[2].aid == b"\1"


def test_a_channel_is_closed_by_its_number_or_from_within() -> None:
    port = Port(0)
    for number in (1, 2):
        manage(port, f"007000{number:02X}00")
    assert manage(port, "01708000", 1) is None
    assert manage(port, "00708002") is None
    assert list(port.channels) == [0]
    assert manage(port, "00708002") == SW.CHANNEL_NOT_SUPPORTED


@pytest.mark.parametrize("text", ["00708000", "0070001400", "0070010000"])
def test_what_cannot_be_is_refused(text: str) -> None:
    assert manage(Port(0), text) == SW.INCORRECT_P1_P2


def test_with_every_channel_open_none_is_free() -> None:
    port = Port(0)
    for _ in range(19):
        manage(port, "0070000001")
    assert manage(port, "0070000001") == SW.FUNCTION_NOT_SUPPORTED
