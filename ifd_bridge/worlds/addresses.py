"""The names of readers for users: a number, a part of the name, or a name in a program's output."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..pcscd.name_filter import NameFilter
from .place import Place

UNFILTERED = NameFilter()
_AS_LISTED = re.compile(r"(\d+)/\d+")
_AS_CLIENTS_PRINT = re.compile(r"(.+) [0-9A-F]{2} [0-9A-F]{2}")


def plain(text: str, filtered: NameFilter = UNFILTERED) -> str:
    """`0/1` as `vcard list` prints it is reader 0, `NAME 00 00` as clients print it is NAME.

    `filtered` is what pcscd makes of names.
    """
    if found := _AS_LISTED.fullmatch(text):
        return found[1]
    found = _AS_CLIENTS_PRINT.fullmatch(text)
    return filtered.own(found[1]) if found else text


def find(places: Sequence[Place], reader: str | int, filtered: NameFilter = UNFILTERED) -> Place:
    """Return the place that is named; an exact name wins. ValueError names those there are."""
    named = plain(str(reader), filtered)
    for place in places:
        if named == str(place.number):
            return place
    exact = [place for place in places if named in (place.name, place.model.name)]
    found = exact or [place for place in places if named.lower() in place.name.lower()]
    if len(found) == 1:
        return found[0]
    question = "which" if found else "no"
    raise ValueError(f"{question} reader is {reader!r}? There are {listed(found or places)}")


def listed(places: Sequence[Place]) -> str:
    """Readers as a message tells them: number and name of each."""
    return ", ".join(f"{place.number} {place.name!r}" for place in places) or "none"
