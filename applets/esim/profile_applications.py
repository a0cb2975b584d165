"""The applications of a profile: security domains, remote management, an ARA-M.

Each is made from an element of the profile's package, and is selectable on the port where the
profile is enabled.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.6 to 8.8; GSMA
SGP.22, 2.4.3 (MNO-SD).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Protocol

from applets.globalplatform.codes import CardState
from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.globalplatform.manager import ManagedCard
from applets.shared.secure_channel import scp02, scp03
from applets.shared.secure_channel.domain import Protocol as ChannelProtocol
from applets.shared.secure_channel.domain import SecurityDomain
from applets.shared.secure_channel.keys import Key, KeyType
from applets.uicc.aram.aram import STORE_RULE, Aram
from applets.uicc.aram.rules import REF_AR
from vcard import SW, Applet, Section, tlv

from .profiles import Profile
from .saip.applications import Domain, Rfm, read_application, read_domain, read_rfm
from .saip.applications import Key as PackageKey
from .saip.element import APPLICATION, RFM, SECURITY_DOMAIN, elements
from .saip.instances import Instance, data_objects
from .security_domain import BesideProfile, EuiccCard

log = logging.getLogger("applets.esim")

_USUAL = (
    (range(0x20, 0x30), ChannelProtocol(scp02.PROTOCOL, 0x55)),
    (range(0x30, 0x40), ChannelProtocol(scp03.PROTOCOL, 0x70)),
)
"""Protocols by the key versions used for them, for a domain whose parameters name none."""
_FIRST_STATES = {int(CardState.INITIALIZED), int(CardState.SECURED)}


class ProfileCard(ManagedCard, EuiccCard, Protocol):
    """The card as the applications of a profile see it."""


class OfProfile(BesideProfile):
    """An applet of a profile, selectable on the port where the profile is enabled."""

    port = 0

    def visible(self, port: int) -> bool:
        """On that port alone."""
        return port == self.port


class ProfileDomain(OfProfile, IssuerSecurityDomain):
    """A security domain of a profile; the first one is the operator's (MNO-SD).

    It manages the applications of its profile, and nothing else on the card.
    """

    section = "ProfileDomain"
    card: ProfileCard

    def __init__(self, made: Domain, *, first: bool) -> None:
        super().__init__(SecurityDomain(_protocols(made)), aid=made.instance.aid)
        self.made, self.manages_card = made, first
        if not first:
            self.other_names = ()  # only the operator's has the old name of all ISDs
        self.privileges = made.instance.privileges.ljust(3, b"\0")
        self.neighbours: tuple[Applet, ...] = ()

    def managed(self) -> Iterable[Applet]:
        """List the profile's applications for the operator; another domain sees itself alone."""
        return self.neighbours if self.manages_card else (self,)

    def installed(self) -> None:
        """Write to the memory the keys of the package, and its data for the domain."""
        new = "personalised" not in self.memory.section("domain")
        super().installed()
        if not new:
            return
        if self.made.instance.life in _FIRST_STATES:
            self.registry.card_state = CardState(self.made.instance.life)
        for one in self.made.keys:
            self._put(one)
        for data in self.made.stored:
            try:
                self.personalise(data)
            except ValueError as error:
                log.warning("not stored in a security domain of a profile: %s", error)

    def _put(self, one: PackageKey) -> None:
        key = _key(one)
        if key is None:
            log.warning("a key of type %02X of a profile is not used", one.parts[0][0])
            return
        self.domain.keys.put(one.version, one.identifier, key)
        if one.counter:
            self.domain.begin_count(one.version, one.counter)


def _protocols(made: Domain) -> list[ChannelProtocol]:
    """Return the named protocols that the card supports; without names, those of the keys."""
    known = {scp02.PROTOCOL: scp02.PARAMETERS, scp03.PROTOCOL: scp03.PARAMETERS}
    known[scp03.PROTOCOL] |= scp03.PARAMETERS_S16
    named = [(number, i) for number, i in made.instance.protocols if number in known]
    if named:
        return [ChannelProtocol(number, i) for number, i in named if i in known[number]]
    versions = {one.version for one in made.keys}
    return [protocol for found, protocol in _USUAL if versions & set(found)]


def _key(one: PackageKey) -> Key | None:
    """Convert a key to a security domain's form; None if a domain cannot use it."""
    (kind, value), *more = one.parts
    if kind not in tuple(KeyType):
        return None
    curve = dict(more).get(KeyType.EC_PARAMETERS, b"\0")
    return Key(KeyType(kind), value, curve[-1] if curve else 0)


class ProfileAram(OfProfile, Aram):
    """The ARA-M of a profile, with the rules of its package."""

    section = "ProfileAccessRules"

    def __init__(self, made: Instance) -> None:
        super().__init__()
        self.aid, self.made = made.aid, made

    def installed(self) -> None:
        """Store the rules that the package sends, and those among its parameters."""
        new = "tag" not in self.memory
        super().installed()
        for data in (*self._parameters(), *self.made.data) if new else ():
            try:
                word = self.personalise(data)
            except SW as refused:
                word = refused
            if isinstance(word, SW):
                log.warning("a rule of a profile is not taken as it is: %s", word)

    def _parameters(self) -> Iterator[bytes]:
        for item in data_objects(self.made.parameters):
            if item.tag == STORE_RULE:
                yield bytes(item)
            elif item.tag == REF_AR:
                yield tlv(STORE_RULE, item)


class ProfileApplications:
    """The applets of one profile, and how it is managed remotely.

    Making them writes the package's keys and data to `section` (the profile's part of the memory),
    unless present.
    """

    def __init__(self, profile: Profile, section: Section) -> None:
        self.profile = profile
        self.domains: list[ProfileDomain] = []
        self.remote_files: list[Rfm] = []
        self.applets: list[OfProfile] = []
        for raw in profile.kept:
            for element in elements(raw):
                if element.number == SECURITY_DOMAIN:
                    domain = ProfileDomain(read_domain(element), first=not self.domains)
                    self.domains.append(domain)
                    self.applets.append(domain)
                elif element.number == RFM:
                    self.remote_files.append(read_rfm(element))
                elif element.number == APPLICATION:
                    self.applets += [ProfileAram(one) for one in read_application(element)]
        for applet in self.applets:
            name = next(iter(applet.aids)).hex()
            applet.memory = section.section(f"{applet.section}-{name}")
            applet.installed()
        for domain in self.domains:
            domain.neighbours = tuple(self.applets)

    def domain(self, aid: bytes) -> ProfileDomain | None:
        """The security domain with this AID, the operator's if it is empty; None if unknown."""
        named = (one for one in self.domains if not aid or one.first_aid == aid)
        return next(named, None)
