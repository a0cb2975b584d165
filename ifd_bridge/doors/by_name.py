"""The doors by name, as `--driver` has them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ..driver.options import RELEASE, DriverOptions
from ..spec import Spec

if TYPE_CHECKING:
    from .door import Door, Drivable

OURS = "bridge"
DOORS = {
    OURS: ("bridge", "BridgeDoor"),
    "libccid": ("libccid", "LibccidDoor"),
    "libccid-serial": ("libccid", "LibccidSerialDoor"),
    "kernel": ("kernel", "KernelDoor"),
}
"""The drivers, and the class of the door to each; only the chosen one is imported."""


@dataclass(frozen=True, slots=True)
class DoorName:
    """A chosen door, with the options of the driver behind it."""

    name: str
    options: DriverOptions

    @classmethod
    def parse(cls, text: str, options: DriverOptions | None = None) -> Self:
        """Read `bridge` or `libccid?ifdDriverOptions=0x0001`; `options` are what it starts from.

        ValueError if `text` names no door, or if an option means nothing there.
        """
        spec = Spec.parse(text)
        if spec.source not in DOORS:
            raise ValueError(f"no driver is called {spec.source!r}; there are {', '.join(DOORS)}")
        chosen = options or DriverOptions()
        if spec.options:
            chosen = chosen.changed(spec.options)
        if spec.source == OURS and chosen.further:
            raise ValueError(
                f"our own driver has no use for option {chosen.further:#06x}: libccid has"
            )
        if spec.source != OURS and RELEASE in spec.options:
            raise ValueError(
                f"{RELEASE} is for {OURS}: {spec.source} is the release that is installed"
            )
        return cls(spec.source, chosen)

    def door(self, places: Sequence[Drivable]) -> Door:
        """Make the door to these places; ValueError for a reader that its driver does not take."""
        module, kind = DOORS[self.name]
        made: Door = getattr(importlib.import_module(f".{module}", __package__), kind)(
            places, self.options
        )
        return made
