"""The applications that each port shows: those of its enabled profile.

Spec: GSMA SGP.22, 2.4.3 (the applications of a profile can be reached while it is enabled); 3GPP
TS 31.111, 7.1.1 (SMS-PP data download).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from applets.shared.file_system.tree import MF, Path
from applets.sim.remote import DOMAIN, RAM, DomainKeys, application_target
from applets.sim.remote_files import Access, Reach, file_target
from applets.sim.subscription import SubscriptionFiles
from applets.uicc.ota.access_domain import AccessDomain
from applets.uicc.ota.download import SmsDownload, Target
from applets.uicc.toolkit import Cat
from applets.uicc.toolkit.commands import send_short_message
from vcard import Applet, Reply, Tlv

from .inventory import Inventory
from .profile_applications import OfProfile, ProfileApplications
from .saip.applications import Rfm
from .saip.instances import tars_of


class ShowingCard(Protocol):
    """The card as this module sees it."""

    cat: Cat
    applets: list[Applet]

    @property
    def uicc(self) -> Applet:
        """The applet of the files."""

    def files(self, port: int) -> SubscriptionFiles:
        """The file system of a port."""

    def deselect(self, port: int, applets: tuple[OfProfile, ...]) -> None:
        """Select the default on the channels of a port that have one of the applets."""


class ShownApplications:
    """The applications of enabled profiles, put on the card and taken off it."""

    def __init__(self, card: ShowingCard, inventory: Inventory) -> None:
        self._card, self._inventory = card, inventory
        self._shown: dict[int, ProfileApplications] = {}
        self._downloads: dict[int, SmsDownload] = {}
        card.cat.download = self._received

    def follow(self, port: int) -> None:
        """Show the applications of the profile that is now enabled on a port.

        Called before each command, so that this follows the memory when a power cut or a failed
        command rolled it back.
        """
        entry = self._inventory.on_port(port)
        profile = None if entry is None else self._inventory.profile(entry.iccid)
        shown = self._shown.get(port)
        if profile is (None if shown is None else shown.profile):
            return
        self._withdraw(port)
        if profile is not None:
            self._show(port, self._inventory.applications(profile.iccid))

    def reset(self, port: int) -> None:
        """Discard an incomplete message."""
        if port in self._downloads:
            self._downloads[port].reset(port)

    def _withdraw(self, port: int) -> None:
        gone = self._shown.pop(port, None)
        self._downloads.pop(port, None)
        if gone is not None and gone.applets:
            self._card.deselect(port, tuple(gone.applets))
            self._card.applets[:] = [one for one in self._card.applets if one not in gone.applets]

    def _show(self, port: int, found: ProfileApplications) -> None:
        self._shown[port] = found
        for applet in found.applets:
            applet.card, applet.port = self._card, port  # type: ignore[assignment] # the same card
            self._card.applets.append(applet)
        if found.domains:
            keys = DomainKeys(found.domains[0].domain)
            targets = dict(self._targets(found))
            self._downloads[port] = SmsDownload(keys, targets, self._send)

    # Packets

    def _received(self, port: int, item: Tlv) -> Reply:
        """Pass on an SMS-PP download; a profile without a security domain drops it."""
        download = self._downloads.get(port)
        return None if download is None else download.receive(port, item)

    def _send(self, port: int, tpdu: bytes) -> None:
        """Have the terminal send a short message."""
        self._card.cat.queue(port, send_short_message(tpdu))

    def _targets(self, found: ProfileApplications) -> Iterator[tuple[bytes, Target]]:
        """Applications for packets by TAR: security domains, and remote file management."""
        for domain in found.domains:
            keys = DomainKeys(domain.domain)
            target = application_target(domain, keys, domain.made.instance.level)
            usual = (RAM, DOMAIN) if domain is found.domains[0] else ()
            yield from ((tar, target) for tar in (*usual, *domain.made.instance.tars))
        for rfm in found.remote_files:
            owner = found.domain(rfm.domain)
            if owner is not None:
                target = self._file_target(rfm, DomainKeys(owner.domain))
                yield from ((tar, target) for tar in rfm.tars or tars_of(rfm.aid))

    def _file_target(self, rfm: Rfm, keys: DomainKeys) -> Target:
        card, inside = (
            Access(*map(AccessDomain.parse, domains)) for domains in (rfm.card, rfm.inside)
        )
        reach = Reach(card, inside, partial(_start, rfm.adf))
        return file_target(self._card.uicc, self._card.files, reach, rfm.security, keys)


def _start(aid: bytes, files: SubscriptionFiles) -> Path:
    """Return the path of the ADF with this AID; that of the MF if there is none."""
    return next((adf.path for adf in files.tree.adfs if adf.aid == aid), (MF,))
