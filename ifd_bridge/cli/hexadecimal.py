"""Values of the command line in hexadecimal."""

from __future__ import annotations

import click


class Hexadecimal(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """Bytes in hexadecimal, spaces allowed: as many as one of `sizes`, any number without."""

    name = "HEX"

    def __init__(self, *sizes: int) -> None:
        self._sizes = sizes

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """Read bytes; the usage error says how many they are to be."""
        if isinstance(value, bytes):
            return value
        try:
            found = bytes.fromhex(str(value))
        except ValueError:
            self.fail(f"{self._allowed()} in hexadecimal, not {value!r}", param, ctx)
        if self._sizes and len(found) not in self._sizes:
            self.fail(f"{self._allowed()} in hexadecimal, not {len(found)}", param, ctx)
        return found

    def _allowed(self) -> str:
        if not self._sizes:
            return "bytes"
        *most, last = self._sizes
        words = f"{', '.join(map(str, most))} or {last}" if most else str(last)
        return f"{words} byte{'' if self._sizes == (1,) else 's'}"


KEY = Hexadecimal(8, 16, 24, 32)
"""A key of DES, Triple DES or AES."""
