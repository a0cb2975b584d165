"""The doors by name, as `--driver` has them, and what stands behind ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from readers import CcidReader

from ..driver.cable import Cable
from ..driver.driver import Driver
from ..driver.options import RELEASE, DriverOptions
from ..ifdh.api import Code
from ..ifdh.server import Served
from ..spec import Spec
from .bridge import BridgeDoor
from .door import Door

Serve = Callable[[CcidReader, DriverOptions, int], Served]
MakeDoor = Callable[[Sequence[CcidReader], Serve], Door]


def serve(reader: CcidReader, options: DriverOptions | None = None, address: int = 1) -> Served:
    """A reader with its cable and driver, as the server wants it; ValueError if no host takes it.

    `address` is that of its device on the bus.
    """
    cable = Cable(reader, reader.model.slots)
    driver = Driver(cable, reader.model, options, address)
    if driver.refusal is not None:
        raise ValueError(f"no host would take this {reader.model.name}: {driver.refusal}")
    if driver.opened is not Code.SUCCESS:
        raise ValueError(f"no host would take this {reader.model.name}: {driver.opened.name}")
    return Served(cable, driver.slots)


def door(text: str, options: DriverOptions | None = None) -> MakeDoor:
    """What makes the door that `text` names: `bridge`, `libccid?ifdDriverOptions=0x0001`.

    ValueError if it names none, or if an option means nothing there.
    """
    spec = Spec.parse(text)
    if spec.source not in DOORS:
        raise ValueError(f"no driver is called {spec.source!r}; there are {', '.join(DOORS)}")
    make = DOORS[spec.source]
    chosen = (options or DriverOptions()).changed(spec.options)
    if make is _bridge and chosen.further:
        raise ValueError(f"our own driver has no use for option {chosen.further:#06x}: libccid has")
    if make is not _bridge and RELEASE in spec.options:
        raise ValueError(f"{RELEASE} is for bridge: {spec.source} is the release that is installed")
    return lambda readers, serve: make(readers, chosen, serve)


def _bridge(readers: Sequence[CcidReader], options: DriverOptions, serve: Serve) -> Door:
    return BridgeDoor(
        [
            (reader.model.name, serve(reader, options, address))
            for address, reader in enumerate(readers, 1)
        ]
    )


def _libccid(readers: Sequence[CcidReader], options: DriverOptions, _: Serve) -> Door:
    from .libccid import LibccidDoor  # only where it is asked for: most worlds need our own

    return LibccidDoor(readers, options=options)


def _libccid_serial(readers: Sequence[CcidReader], options: DriverOptions, _: Serve) -> Door:
    from .libccid import LibccidSerialDoor  # the same

    return LibccidSerialDoor(readers, options=options)


def _kernel(readers: Sequence[CcidReader], options: DriverOptions, _: Serve) -> Door:
    from .kernel import KernelDoor

    return KernelDoor(readers, options=options)


DOORS: dict[str, Callable[[Sequence[CcidReader], DriverOptions, Serve], Door]] = {
    "bridge": _bridge,
    "libccid": _libccid,
    "libccid-serial": _libccid_serial,
    "kernel": _kernel,
}
"""What can drive the readers."""
