"""The conditions of `vcard wait`, as a table."""

from __future__ import annotations

from collections.abc import Callable

from ..cards.attachment import Attachment
from ..pcscd.reader_states import wait_until
from .place import Place
from .sight import Sight

LOOK_S = 0.02
State = Callable[[Place, int, Sight | None], bool]


def wait(place: Place, slot: int, sight: Sight | None, condition: str, timeout_s: float) -> None:
    """Wait for a condition; TimeoutError says what a reader is like instead."""
    if condition not in CONDITIONS:
        raise ValueError(f"cannot wait for {condition!r}; there are {', '.join(CONDITIONS)}")
    place.tray(slot)
    holds, otherwise = CONDITIONS[condition]
    if not wait_until(lambda: holds(place, slot, sight), timeout_s, LOOK_S):
        raise TimeoutError(f"{place.name!r} {otherwise} after {timeout_s:g} s")


def _card(place: Place, slot: int, sight: Sight | None) -> bool:
    inside = place.reader.slots[slot].card is not None
    if sight is None or not inside:
        return inside
    seen = sight.look(place.number, slot)
    return seen is not None and seen.present


def _no_card(place: Place, slot: int, sight: Sight | None) -> bool:
    if place.reader.slots[slot].card is not None:
        return False
    seen = sight.look(place.number, slot) if sight else None
    return seen is None or not seen.present


def _reader(place: Place, slot: int, sight: Sight | None) -> bool:
    return place.plugged and (sight is None or sight.look(place.number, slot) is not None)


def _pin_entry(place: Place, slot: int, sight: Sight | None) -> bool:  # noqa: ARG001 - a State
    return bool(place.reader.pinpad.waiting)


def _connected(place: Place, slot: int, sight: Sight | None) -> bool:
    if not isinstance(place.tray(slot).card, Attachment):
        raise RuntimeError(  # noqa: TRY004 - the state of the world is wrong, not a type
            f"no card comes to {place.name!r} by itself: --card vpcd:listen is one"
        )
    return _card(place, slot, sight)


CONDITIONS: dict[str, tuple[State, str]] = {
    "card": (_card, "still has no card"),
    "no-card": (_no_card, "still has a card"),
    "pin-entry": (_pin_entry, "still waits for no PIN"),
    "reader": (_reader, "is still not there"),
    "connected": (_connected, "still has nobody connected to it"),
}
"""Each condition's name, when it holds, and what to say where it does not come."""
