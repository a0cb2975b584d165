"""The greeting of a card named by a SPEC."""

from __future__ import annotations

from ifd_bridge.cards.opening import open_card

AID = b"12345"
SELECT = bytes.fromhex("00A4040005") + AID


def greeting(text: str) -> bytes:
    """Return the response data of the applet AID to 00 00 00 00, on the card of a SPEC."""
    card = open_card(text)
    card.power_up()
    card.exchange(SELECT)
    answer = card.exchange(bytes(4))
    assert isinstance(answer, bytes)
    return answer[:-2]
