"""Cards that are built into a reader: tokens, which are card and reader in one."""

from __future__ import annotations

from applets import catalogue

from ..spec import Spec


def reader_of(text: str) -> str:
    """The reader model that a card's SPEC is built into; "" for a card that goes into any.

    Errors of a SPEC are reported when it is opened.
    """
    try:
        spec = Spec.parse(text)
        known = spec.source in catalogue.CARDS
        return catalogue.kind(spec.source).reader(spec.options) if known else ""
    except ValueError:
        return ""
