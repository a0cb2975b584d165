"""What a card says that a SPEC names."""

from __future__ import annotations

from ifd_bridge.cards.opening import open_card

AID = b"12345"
SELECT = bytes.fromhex("00A4040005") + AID


def greeting(text: str) -> bytes:
    """The data that the applet AID on the card of this SPEC answers to 00 00 00 00."""
    card = open_card(text)
    card.power_up()
    card.exchange(SELECT)
    answer = card.exchange(bytes(4))
    assert isinstance(answer, bytes)
    return answer[:-2]
