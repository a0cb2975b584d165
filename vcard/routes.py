"""Which of an applet's handlers answers a command: by class, instruction, P1 and P2.

applet.py collects the routes of a class; here a command finds its own among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from .command import CLASS_BYTES, Command
from .compiled import mypyc_attr
from .sw import SW

_PROPRIETARY: Final = 0x80


@dataclass(frozen=True, slots=True)
class Route:
    """The commands that a handler answers; None means any.

    `cla` is the class without channel bits. `with_command` is False for a method that has no
    parameter for the command.
    """

    ins: int
    cla: int | None
    p1: int | None
    p2: int | None
    name: str
    with_command: bool = True


@mypyc_attr(allow_interpreted_subclasses=True)
class Routed:
    """What has handlers: Applet declares what these attributes are."""

    classes: ClassVar[frozenset[int]] = frozenset()
    raw_classes: ClassVar[frozenset[int]] = frozenset()
    _routes: ClassVar[dict[int, tuple[Route, ...]]] = {}
    """The routes of each instruction, the narrowest first."""

    def process(self, command: Command) -> object:
        """Answer a command with its handler, or with the status word that says why there is none.

        What a handler returns is looked at by the card.
        Spec: ISO/IEC 7816-4, 5.6 (6E00 class, 6D00 instruction, 6A86 P1-P2 not supported).
        """
        cla, p1, p2 = command.cla, command.p1, command.p2
        base = CLASS_BYTES[cla].base
        if cla >= _PROPRIETARY and cla in self.raw_classes:
            base = cla
        if base not in self.classes:
            return SW.CLA_NOT_SUPPORTED
        routes = self._routes.get(command.ins)
        if routes is None:
            return self.unknown(command)
        for route in routes:
            if (
                (route.cla is None or route.cla == base)
                and (route.p1 is None or route.p1 == p1)
                and (route.p2 is None or route.p2 == p2)
            ):
                handler = getattr(self, route.name)
                return handler(command) if route.with_command else handler()
        return _mismatch(routes, base)

    def unknown(self, command: Command) -> object:  # noqa: ARG002 - subclasses need it
        """Answer an instruction that has no handler."""
        return SW.INS_NOT_SUPPORTED


def _mismatch(routes: Iterable[Route], base: int) -> SW:
    if any(route.cla is None or route.cla == base for route in routes):
        return SW.INCORRECT_P1_P2
    return SW.CLA_NOT_SUPPORTED
