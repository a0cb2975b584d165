"""An ISD-R with keys: hosts open sessions of SCP03 with it, and manage these keys.

Spec: GlobalPlatform Card Specification 2.3.1, 11; Amendment D. SGP.22 lets the maker of the eUICC
decide whether its ISD-R has such keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.globalplatform.manager import CardManager, ManagedCard, Progress
from applets.shared.secure_channel import scp03
from applets.shared.secure_channel.domain import Protocol as ChannelProtocol
from applets.shared.secure_channel.domain import SecurityDomain
from applets.shared.secure_channel.keys import KeySet
from vcard import Applet, Command, Reply, handles

from .core import Core
from .download import Download
from .isdr import Function, Isdr, Pieces
from .security_domain import EuiccCard

_PARAMETER = 0x70


class IsdrCard(ManagedCard, EuiccCard, Protocol):
    """The card as an ISD-R with keys sees it."""


@dataclass
class Selection(Progress):
    """The unfinished work of a selection: as a security domain, and as a function of ES10."""

    pieces: Pieces = field(default_factory=Pieces)


class ManagedIsdr(Isdr, IssuerSecurityDomain):
    """The ISD-R with the commands of a security domain, which manages itself alone."""

    section = "Isdr"
    card: IsdrCard
    manages_card = False
    privileges = bytes.fromhex("800000")
    other_names = ()

    def __init__(
        self, core: Core, functions: Mapping[int, Function], download: Download, keys: KeySet
    ) -> None:
        Isdr.__init__(self, core, functions, download)
        domain = SecurityDomain([ChannelProtocol(scp03.PROTOCOL, _PARAMETER)], [keys])
        CardManager.__init__(self, domain, aid=Isdr.aid)

    def managed(self) -> Iterable[Applet]:
        """The ISD-R alone: ES10 manages the profiles."""
        return (self,)

    def new_session(self) -> Selection:  # type: ignore[override] # it has the pieces
        """Start a session with nothing in progress."""
        return Selection()

    @property
    def pieces(self) -> Pieces:
        """The blocks of a function of ES10."""
        selection = self.session
        assert isinstance(selection, Selection)
        return selection.pieces

    @handles(ins=0xE2, cla=0x80)
    def store_data(self, command: Command) -> Reply:
        """STORE DATA: of a security domain within a session, else a function of ES10."""
        if self.secure_session is None:
            return Isdr.store_data(self, command)
        return IssuerSecurityDomain.store_data(self, command)
