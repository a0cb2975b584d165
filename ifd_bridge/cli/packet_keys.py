"""The options for the keys of secured packets, which decipher them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from ifd_bridge.explain.toolkit_text import GivenKeys

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Key(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """A key of 8 to 32 bytes in hexadecimal."""

    name = "HEX"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """Read a key; the usage error says what is one."""
        if isinstance(value, bytes):
            return value
        try:
            key = bytes.fromhex(str(value))
        except ValueError:
            key = b""
        if not 8 <= len(key) <= 32 or len(key) % 8:
            self.fail("a key is 8, 16, 24 or 32 bytes in hexadecimal", param, ctx)
        return key


def packet_keys(command: _Command) -> _Command:
    """Give a command the options `--kic` and `--kid`."""
    for name, what in (
        ("--kid", "The key of its checksum."),
        ("--kic", "The key that a packet in an ENVELOPE is ciphered with."),
    ):
        command = click.option(name, type=Key(), help=what)(command)
    return command


def given_keys(options: Mapping[str, bytes | None]) -> GivenKeys:
    """The keys among the values of these options."""
    return GivenKeys({name: key for name, key in options.items() if key})
