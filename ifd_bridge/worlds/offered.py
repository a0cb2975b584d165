"""The reader models and built-in cards on offer for a world, as values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from applets import catalogue
from applets.shared.options import Option
from readers.models import MODELS, Model

from ..doors.by_name import DOORS

Values = dict[str, Any]


def models() -> list[Values]:
    """Every reader model of the catalogue."""
    return [model(name, one) for name, one in MODELS.items()]


def model(name: str, one: Model) -> Values:
    """Describe a model for a list."""
    return {
        "model": name,
        "name": one.name,
        "usb_id": f"{one.vendor_id:04x}:{one.product_id:04x}",
        "level": one.descriptor.exchange_level.name.lower(),
        "slots": one.slots,
        "pin_pad": one.has_pinpad,
        "display": bool(one.descriptor.wLcdLayout),
        "built_in": one.is_token,
    }


def drivers() -> list[str]:
    """The drivers of a world's readers, by name."""
    return list(DOORS)


def cards(name: str | None = None) -> list[Values]:
    """Every built-in card with its options, or the one of that name."""
    return [_card(kind) for kind in catalogue.kinds() if name in (None, kind.name)]


def _card(kind: Any) -> Values:
    own: Sequence[Option[Any]] = kind.options
    shared = (catalogue.ATR, catalogue.WITH) if kind.applet else ()
    return {"name": kind.name, "options": [_option(option) for option in (*own, *shared)]}


def _option(option: Option[Any]) -> Values:
    default = option.default
    plain = default is None or isinstance(default, str | int | float | bool)
    return {
        "name": option.name,
        "help": option.help,
        "allowed": option.allowed,
        "default": default if plain else str(default),
        "example": option.example,
    }
