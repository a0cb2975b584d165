"""The driver's tables as Markdown, for the page on the drivers' repairs."""

from __future__ import annotations

from collections.abc import Iterator

from ..driver.options import DISTRIBUTIONS, FIRST
from ..driver.repairs import LOWEST_FIRMWARE, REPAIRS, release_text
from .reader_text import repair_text


def usb_id(reader_id: int) -> str:
    """`04e6:5116`."""
    return f"{reader_id >> 16:04x}:{reader_id & 0xFFFF:04x}"


def repairs() -> Iterator[str]:
    """Return the corrections of descriptors."""
    yield "| Reader | Taken as | Because it | From libccid |"
    yield "|---|---|---|---|"
    for one in REPAIRS:
        since = "all" if one.since == FIRST else str(one.since)
        yield f"| {usb_id(one.reader_id)} | {repair_text(one)} | {one.why} | {since} |"


def firmware() -> Iterator[str]:
    """The firmware that is refused."""
    yield "| Reader | Refused below |"
    yield "|---|---|"
    for reader_id, lowest in LOWEST_FIRMWARE.items():
        yield f"| {usb_id(reader_id)} | {release_text(lowest)} |"


def releases() -> Iterator[str]:
    """The releases by distribution."""
    yield "| Distribution | libccid |"
    yield "|---|---|"
    for name, release in DISTRIBUTIONS.items():
        yield f"| {name} | {release} |"
