"""The security domain's applet without its commands: registry, state, selection.

Spec: GlobalPlatform Card Specification 2.3.1, 5.1 (card life cycle), 6.6 (OPEN), 11.9 (SELECT).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from applets.shared.secure_channel.domain import SecurityDomain
from applets.shared.secure_channel.secured import SecuredApplet
from vcard import SW, Applet, Command, Memory, Reply, Response
from vcard.tlv import tlv

from .codes import GET_DATA, ISD_AID, ISD_PRIVILEGES, VISA_ISD_AID, CardState
from .identity import Identity
from .registry import Instance, Registry

FCI, PROPRIETARY, DF_NAME, MAX_DATA = 0x6F, 0xA5, 0x84, 0x9F65
CARD_IS_LOCKED = SW(0x6283)


class ManagedCard(Protocol):
    """The part of the card that its manager uses."""

    memory: Memory
    current_port: int
    applets: list[Applet]

    def install(self, applet: Applet) -> None:
        """Put an applet on the card."""

    def uninstall(self, applet: Applet) -> None:
        """Take an applet off the card."""


@dataclass
class Progress:
    """The unfinished work of a selection: a load, STORE DATA, a list in several parts."""

    loading: bytes | None = None
    block: int = 0
    loaded: bytes = b""
    target: bytes | None = None
    stored: bytes = field(default=b"", repr=False)
    stored_blocks: int = 0
    listed: tuple[int, list[bytes]] = (0, [])


class CardManager(SecuredApplet):
    """A security domain that manages a card.

    `loadable` are the applets that a load file may name; without any, LOAD is not supported.
    """

    manages_card = True
    privileges = ISD_PRIVILEGES
    """Three bytes, as in GET STATUS. A change of the card's state needs its privilege."""
    other_names: tuple[bytes, ...] = (VISA_ISD_AID,)
    """Further AIDs that select the domain."""
    card: ManagedCard

    def __init__(
        self,
        domain: SecurityDomain,
        *,
        aid: bytes = ISD_AID,
        identity: Identity | None = None,
        loadable: Mapping[str, Callable[[], Applet]] | None = None,
    ) -> None:
        self.domain = domain
        self.first_aid = aid
        self.identity = identity or Identity()
        self.loadable = dict(loadable or {})
        self._made: dict[bytes, Applet] = {}

    @property
    def aids(self) -> Iterable[bytes]:
        """The domain's own AID, which STORE DATA may change, and others."""
        return dict.fromkeys((self.own_aid, *self.other_names))

    @property
    def own_aid(self) -> bytes:
        """The domain's AID."""
        memory = getattr(self, "memory", None)  # absent until the applet is on a card
        return self.first_aid if memory is None else memory.octets("aid", self.first_aid)

    def installed(self) -> None:
        """Attach keys and registry to the memory."""
        self.registry = Registry(self.memory.section("registry"))
        self.domain.attach(self.memory.section("domain"))

    def powered(self) -> None:
        """Install the applications in the registry: a power cut may have separated the two."""
        wanted = {one.aid: one for one in self.registry.instances()}
        for aid in self._made.keys() - wanted.keys():
            self.remove(aid)
        for aid in sorted(wanted.keys() - self._made.keys()):
            with suppress(ValueError):  # the card was made with an applet that has this AID
                self.make(wanted[aid])

    def make(self, one: Instance) -> None:
        """Put an application on the card; ValueError if its AID is taken."""
        file = self.registry.load_file(one.load_file)
        name = "" if file is None else file.modules[one.module]
        if name not in self.loadable:
            return  # the registry lists an applet that is not `loadable`
        applet = self.loadable[name]()
        applet.aid = one.aid
        applet.section = f"{applet.section}-{one.aid.hex()}"  # type: ignore[misc] # of this one
        self.card.install(applet)
        self._made[one.aid] = applet

    def remove(self, aid: bytes) -> None:
        """Remove an application that `make` installed."""
        applet = self._made.pop(aid, None)
        if applet is not None:
            self.card.uninstall(applet)

    # The card's other applets

    def managed(self) -> Iterable[Applet]:
        """The applets that the domain manages, itself among them."""
        return self.card.applets

    def applications(self) -> Iterator[tuple[bytes, Applet]]:
        """All applications but the domain itself, by their first AIDs."""
        for applet in self.managed():
            aid = next(iter(applet.aids), b"")
            if applet is not self and aid:
                yield aid, applet

    def allows(self, applet: Applet) -> bool:
        """Whether an applet can be selected in the card's state and in its own."""
        if applet is self or applet not in self.managed():
            return True
        aid = next(iter(applet.aids), b"")
        in_use = self.registry.card_state not in (CardState.LOCKED, CardState.TERMINATED)
        return in_use and not self.registry.locked(aid)

    # Selection

    def new_session(self) -> Progress:
        """Start a session with nothing in progress."""
        return Progress()

    @property
    def progress(self) -> Progress:
        """The unfinished work of the current selection."""
        progress = self.session
        assert isinstance(progress, Progress)
        return progress

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - an applet's shape
        """Return the FCI; the status word says whether the card is locked."""
        fci = tlv(FCI, tlv(DF_NAME, self.own_aid), tlv(PROPRIETARY, tlv(MAX_DATA, b"\xff")))
        locked = self.registry.card_state is CardState.LOCKED
        return Response(fci, CARD_IS_LOCKED if locked else SW.OK)

    def process(self, command: Command) -> Reply:
        """Process a command as any applet does; a terminated card answers only GET DATA."""
        if self.registry.card_state is CardState.TERMINATED and command.ins != GET_DATA:
            return SW.CONDITIONS_NOT_SATISFIED
        return super().process(command)


def length_values(data: bytes, count: int) -> list[bytes]:
    """Fields that each follow their length byte; raises 6A80 if there are not `count`."""
    fields, at = [], 0
    for _ in range(count):
        if at >= len(data) or at + 1 + data[at] > len(data):
            raise SW.WRONG_DATA
        fields.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    if at != len(data):
        raise SW.WRONG_DATA
    return fields
