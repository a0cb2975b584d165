"""The options for the keys of secured packets, which decipher them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from ifd_bridge.explain.toolkit_text import GivenKeys

from .hexadecimal import KEY

_Command = TypeVar("_Command", bound=Callable[..., Any])


def packet_keys(command: _Command) -> _Command:
    """Give a command the options `--kic` and `--kid`."""
    for name, what in (
        ("--kid", "The key of its checksum."),
        ("--kic", "The key that a packet in an ENVELOPE is ciphered with."),
    ):
        command = click.option(name, type=KEY, help=what)(command)
    return command


def given_keys(options: Mapping[str, bytes | None]) -> GivenKeys:
    """The keys among the values of these options."""
    return GivenKeys({name: key for name, key in options.items() if key})
