"""A token and its host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from applets.yubikey import YubiKey
from vcard import Busy, Command, Memory, Response


class Host:
    """A host of a token."""

    def __init__(self, card: YubiKey) -> None:
        self.card = card
        card.power_up()

    def send(self, ins: int, p1: int = 0, p2: int = 0, data: bytes = b"", **more: Any) -> Response:
        """Send a command of class 00; wait for a busy card."""
        raw = self.card.exchange(bytes(Command(0, ins, p1, p2, data, **{"le": 256, **more})))
        while isinstance(raw, Busy):
            raw = raw.finish()
        assert raw is not None
        return Response.parse(raw)

    def select(self, aid: bytes) -> Response:
        return self.send(0xA4, 4, 0, aid)


@pytest.fixture
def token() -> Callable[..., Host]:
    """Makes a host with a token: `token(firmware="5.4.3")`; the memory can be shared."""

    def make(**options: Any) -> Host:
        return Host(YubiKey(**{"serial": 12345678, "memory": Memory(), **options}))

    return make
