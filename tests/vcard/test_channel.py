from __future__ import annotations

import pytest

from vcard import SW, Applet, Command
from vcard.channel import Channel, Port


class Watched(Applet):
    def __init__(self) -> None:
        self.log: list[str] = []

    def new_session(self) -> str:
        return f"session on {self.channel.number}"

    def deselected(self) -> None:
        self.log.append(f"deselected on {self.channel.number}")


def test_selecting_makes_a_session_and_tells_the_applet_before() -> None:
    channel, first, second = Channel(3, 0), Watched(), Watched()
    channel.select(first, b"first")
    assert channel.session == "session on 3"
    channel.select(second, b"second")
    assert first.log == ["deselected on 3"]
    assert channel.aid == b"second"
    channel.select(None, b"")
    assert (channel.applet, channel.session) == (None, None)


def test_selecting_again_can_leave_the_session_as_it_is() -> None:
    channel, applet = Channel(0, 0), Watched()
    applet.keeps_session = True
    channel.select(applet, b"first")
    session = channel.session = object()
    channel.select(applet, b"second")
    assert (channel.session, channel.aid, applet.log) == (session, b"second", [])


def test_a_command_outside_a_chain_passes() -> None:
    command = Command(0, 1)
    assert Channel(0, 0).link(command) is command


def test_a_chain_is_joined_at_its_end() -> None:
    channel = Channel(0, 0)
    assert channel.link(Command(0x10, 1, data=bytes(200))) is None
    assert channel.link(Command(0x10, 1, data=bytes(200))) is None
    whole = channel.link(Command(0x00, 1, data=b"end"))
    assert whole is not None
    assert whole.data == bytes(400) + b"end"
    assert channel.chain == b""


def test_another_command_breaks_the_chain() -> None:
    channel = Channel(0, 0)
    channel.link(Command(0x10, 1, data=b"a"))
    with pytest.raises(SW) as caught:
        channel.link(Command(0x00, 2))
    assert caught.value == SW.LAST_COMMAND_EXPECTED
    assert channel.link(Command(0x00, 2)) == Command(0x00, 2)


def test_a_chain_ends_at_65535_bytes() -> None:
    channel = Channel(0, 0)
    assert channel.link(Command(0x10, 1, data=bytes(65535), extended=True)) is None
    with pytest.raises(SW) as caught:
        channel.link(Command(0x00, 1, data=b"x"))
    assert caught.value == SW.WRONG_LENGTH
    assert channel.chain_key is None


def test_channels_are_opened_and_closed_once() -> None:
    port = Port(0)
    port.open(5)
    with pytest.raises(SW):
        port.open(5)
    port.close(5)
    with pytest.raises(SW):
        port.close(5)


def test_reset_leaves_a_fresh_basic_channel() -> None:
    port = Port(0)
    port.open(5)
    old = port.channels[0]
    port.reset()
    assert list(port.channels) == [0]
    assert port.channels[0] is not old
