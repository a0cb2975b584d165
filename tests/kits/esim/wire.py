"""The assistant as a separate program, with a card behind a PC/SC connection."""

from __future__ import annotations

from tests.kits.pcsc.client import EXCLUSIVE, T0, Client


class Wire:
    """A client's connection with an Lpa's interface to a card."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def power_up(self) -> None:
        """Connect as assistants do."""
        assert self.client.connect(share=EXCLUSIVE, protocols=T0) == T0

    def exchange(self, raw: bytes, port: int | None = None) -> bytes:
        """One APDU."""
        return self.client.transmit(raw)
