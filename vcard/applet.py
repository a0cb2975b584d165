"""Applets and their handlers: the part of a card that its author writes.

An applet is the application behind an AID. vcard.card decides which applet gets a command;
this module decides how the applet answers it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from .channel import Channel
from .command import CLASS_BYTES, Command, Reply
from .memory import Memory, Section
from .routes import Route, Routed

if TYPE_CHECKING:  # few cards have a button, or work on a bus
    from .hid import Around, HidFunction
    from .touch import Touch

Handler = Callable[[Any, Command], Reply] | Callable[[Any], Reply]
_H = TypeVar("_H", bound=Handler)


def handles(
    ins: int, *, cla: int | None = None, p1: int | None = None, p2: int | None = None
) -> Callable[[_H], _H]:
    """Mark a method as the handler of an instruction, of one class, P1 or P2 if given.

    The method gets the Command, if it has a parameter for it. It returns bytes (9000 is added), a
    SW, a Response, a Later or None (9000 alone), and may raise a SW to end early. `cla` is a base
    class, without channel bits, or one of the applet's `raw_classes`, and makes the applet
    understand that class. ValueError if no command can have these codes.
    """
    if not all(code is None or 0 <= code <= 0xFF for code in (ins, cla, p1, p2)):
        raise ValueError("handles: INS, CLA, P1 and P2 are 0..255")

    def mark(method: _H) -> _H:
        routes: list[Route] = getattr(method, "routes", [])
        marked = [*routes, Route(ins, cla, p1, p2, method.__name__)]
        method.routes = marked  # type: ignore[union-attr] # the decorator's own mark
        return method

    return mark


class Home(Protocol):
    """The part of its card that an applet may use."""

    memory: Memory
    current_port: int


class Applet(Routed):
    """An application on a card. Subclass it, name the `aid`, mark methods with @handles.

    A subclass declares, where the default will not do:

    * `aid`: the application identifier, 5..16 bytes
    * `section`: the name of its section of the card's memory, which state files have
    * `classes`: the base classes that it understands (00 and 80); others are answered with 6E00
    * `raw_classes`: proprietary classes whose commands reach it as they came (DESFire: 90)
    * `secure_messaging`: commands under secure messaging reach it, SELECT too (else 6882)
    * `manages_card`: it is the card manager, which SELECT without a name chooses
    * `keeps_session`: selecting it again where it is selected changes nothing
    * `secret_instructions`: instructions whose data never go into a log, beside PIN commands
    * `touch`: the card's button, if commands wait for it

    Once it is on a card it has its `card`, the `channel` of the command, and its `memory`.
    """

    aid: bytes = b""
    """The application identifier, 5..16 bytes (Spec: ISO/IEC 7816-4, 12.2.3)."""

    section: ClassVar[str]
    """The name of the applet's section of the card's memory.

    State files name it, so a class that declares it can be renamed without losing state. The
    default is the class's own name, in a subclass of a class that declares one as well. A second
    applet of the same section on one card gets `SECTION-AID` (first AID, lower-case hexadecimal).
    ValueError at the class statement if it is empty or contains a slash.
    """

    classes: ClassVar[frozenset[int]] = frozenset({0x00, 0x80})
    """The base classes that are understood; others are answered with 6E00."""

    raw_classes: ClassVar[frozenset[int]] = frozenset()
    """Proprietary classes (80..FE) whose bits mean nothing to the card: no channel, no chaining,
    no secure messaging. Their commands reach the applet as they came, while it is selected on the
    basic channel (Spec: ISO/IEC 7816-4, 5.4.1: proprietary classes belong to the application).

    DESFire's commands have CLA 90: `raw_classes = frozenset({0x90})`. ValueError at the class
    statement for an interindustry class (00..7F) or FF.
    """

    secure_messaging: bool = False
    """Whether commands under secure messaging reach the applet, SELECT too, as they came.

    Without it the card answers them with 6882. The parts of a chain are joined first.
    """

    manages_card: bool = False
    """Whether this is the card manager: SELECT without a name chooses it, and it is asked
    whether others can be selected (see `allows`). The first one on a card counts.
    """

    keeps_session: bool = False
    """Whether selecting the applet where it is selected already changes nothing."""

    secret_instructions: frozenset[int] = frozenset()
    """Instructions beside the standard's PIN commands whose data never go into a log."""

    touch: Touch | None = None
    """The card's button, if commands wait for it; applets of one card share it."""

    card: Home
    channel: Channel
    memory: Section

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.section = _section(cls)
        cls._routes = _collect(cls)
        named = {route.cla for routes in cls._routes.values() for route in routes}
        cls.classes = cls.classes.union(cla for cla in named if cla is not None)
        _check_classes(cls)

    @property
    def aids(self) -> Iterable[bytes]:
        """All AIDs that select this applet: usually one; none for one that is only a default."""
        return (self.aid,) if self.aid else ()

    @property
    def is_nameless(self) -> bool:
        """Whether no SELECT can ever choose this applet: it names no `aid` and no `aids`."""
        return not self.aid and type(self).aids is Applet.aids

    def visible(self, port: int) -> bool:  # noqa: ARG002 - subclasses need it
        """Whether the applet can be selected on this port."""
        return True

    def aids_on(self, port: int) -> Iterable[bytes]:
        """The AIDs that select this applet on a port."""
        return self.aids if self.visible(port) else ()

    def installed(self) -> None:
        """Called when the applet has been added to a card: `card` and `memory` can be used now."""

    def powered(self) -> None:
        """Called after power-up or reset: clear volatile state here."""

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - for applets that need it
        """Called when SELECT has chosen this applet by `aid`; returns the FCI."""
        return None

    def deselected(self) -> None:
        """Called when another applet is selected on the channel, or the channel is closed."""

    def hid_function(self, around: Around) -> HidFunction | None:  # noqa: ARG002 - for some applets
        """Begin the applet's work on a bus, if it has any there (see vcard.hid)."""
        return None

    def new_session(self) -> Any:
        """Make the state of one selection on one channel; `session` returns it while it lasts."""
        return None

    def inherited_session(self, opener: Any) -> Any:  # noqa: ARG002 - subclasses need it
        """Make the state for a channel opened from another one, whose session is `opener`."""
        return self.new_session()

    def allows(self, applet: Applet) -> bool:  # noqa: ARG002 - card managers need it
        """Return whether SELECT may choose `applet`; a card manager refuses locked applets."""
        return True

    @property
    def session(self) -> Any:
        """The state of the channel whose command is being handled."""
        return self.channel.session

    if TYPE_CHECKING:  # authors return these; the card looks whether they did

        def process(self, command: Command) -> Reply:
            """Answer a command; one that looks first goes on by `super().process(command)`."""

        def unknown(self, command: Command) -> Reply:
            """Answer an instruction that has no handler."""


def _check_classes(cls: type[Applet]) -> None:
    """ValueError for classes that no command can have, or that need to be raw."""
    for cla in cls.raw_classes:
        if not 0x80 <= cla < 0xFF:
            raise ValueError(
                f"{cls.__name__}: raw classes are 80..FE, {cla:02X} is not proprietary"
            )
    cls.classes |= cls.raw_classes
    for cla in cls.classes - cls.raw_classes:
        if CLASS_BYTES[cla].base != cla:
            raise ValueError(
                f"{cls.__name__}: CLA {cla:02X} has channel bits, its base is what counts;"
                " raw_classes has proprietary classes whole"
            )


def _section(cls: type[Applet]) -> str:
    """The section that the class itself declares, or its name.

    An inherited name does not count: before sections had names a subclass's state was kept under
    the subclass's name, and state files written then must load.
    """
    name: str = vars(cls).get("section", cls.__name__)
    if not name or "/" in name:
        raise ValueError(f"{cls.__name__}: a memory section cannot be named {name!r}")
    return name


def _collect(cls: type[Applet]) -> dict[int, tuple[Route, ...]]:
    """Collect the handlers of a class by INS: its own before inherited ones, the narrowest first.

    A method that overrides a handler without a mark of its own keeps the handler's routes.
    """
    found: dict[int, list[Route]] = {}
    for name in dict.fromkeys(name for base in cls.__mro__ for name in vars(base)):
        if routes := _marks(cls, name):
            with_command = _takes_command(getattr(cls, name))
            for route in routes:
                told = replace(route, with_command=with_command)
                found.setdefault(route.ins, []).append(told)
    return {ins: tuple(sorted(routes, key=_width)) for ins, routes in found.items()}


def _takes_command(method: Callable[..., Reply]) -> bool:
    """Return whether a method has a parameter beside `self`; cached for each class."""
    return len(inspect.signature(method).parameters) > 1


def _marks(cls: type[Applet], name: str) -> list[Route]:
    for base in cls.__mro__:
        method = vars(base).get(name, _marks)
        if method is None:
            break
        if routes := getattr(method, "routes", None):
            return [route for route in routes if isinstance(route, Route)]
    return []


def _width(route: Route) -> int:
    return (route.cla is None) + (route.p1 is None) + (route.p2 is None)
