"""Sizes of files as people write them: `500k`, `20M`, `1G`."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,12})\s*([kmg]?)(?:i?b)?", re.IGNORECASE)
BOUND_HELP = "Such as 500k, 20M or 2G. Default: 1G."


class Size(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """A number of bytes, at least 1."""

    name = "SIZE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a size; the usage error says how one is written."""
        found = _SIZE.fullmatch(str(value).strip())
        size = int(found[1]) * _UNITS[found[2].lower()] if found else 0
        if size < 1:
            self.fail(f"a size is 500k, 20M or 2G, not {value!r}", param, ctx)
        return size


SIZE = Size()
