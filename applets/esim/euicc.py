"""The eUICC: a card with ports, each with the file system of its enabled profile.

Spec: GSMA SGP.22, 2.4 (architecture of the eUICC); ETSI TS 102 221, 7 (the UICC at its interface).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding

from applets.sim.digits import unswapped
from applets.sim.subscription import SubscriptionFiles
from applets.uicc.atr import answer_to_reset
from applets.uicc.toolkit import Cat
from vcard import Card, Command, Memory, Reply
from vcard.channel import Channel, Port
from vcard.secret import SecretCommand

from .certificates import check_own, key_identifier
from .core import Config, Core
from .download import Download
from .eid import checked, numbered
from .es10b import Es10b
from .es10c import Es10c
from .euicc_info import info2
from .inventory import Inventory
from .iot.functions import IotFunctions
from .iot.recovery import Installed
from .isdr import Isdr
from .lsi import Lsi, Mep
from .managed_isdr import ManagedIsdr
from .notifications import Notifications
from .pki import Chain, Pki
from .profile_applications import OfProfile, ProfileDomain
from .profiles import Profile
from .profiles_info import ProfilesInfo
from .security_domain import Ecasd, ProfileFiles
from .shown_applications import ShownApplications
from .small_profile import EMPTY
from .switching import Switch
from .versions import NEWEST

log = logging.getLogger("applets.esim")

_EUICC, _EUICC_MEP = 0x82, 0x83
"""The second global interface byte of an eUICC, and of one with multiple enabled profiles."""
_OF_ES10 = (0xE2, 0xC0)
"""STORE DATA and GET RESPONSE."""
_HISTORICAL = bytes.fromhex("8031E073FE211F67762D6555494343")


class EsimPort(Port):
    """A port of an eUICC."""

    __slots__ = ("_inventory",)

    def __init__(self, number: int, inventory: Inventory) -> None:
        super().__init__(number)
        self._inventory = inventory

    @property
    def enabled(self) -> Profile | None:
        """The profile that is enabled on the port, or None."""
        entry = self._inventory.on_port(self.number)
        return None if entry is None else self._inventory.profile(entry.iccid)


class Euicc(Card):
    """An eUICC.

    `profiles` are installed if the memory is empty, and the first `enable` of them enabled. `ports`
    counts eSIM ports; MEP-A1 and A2 have interface 0 in addition, for the ISD-R alone. `listener`
    is called with ("enabled" | "disabled" | "deleted" | "downloaded", ICCID) by the command that
    makes the change. `protocols` are (0,), (1,) or both: by default T=0 alone, as removable eUICCs
    have it, and both with ports, which a NAD may choose. `now` returns UTC without a zone, or None:
    certificates do not expire then. ValueError for an unknown `mep`, a wrong EID, number of ports
    or combination of versions, for a chain of another EID, and if `enable` profiles do not fit on
    the ports.
    """

    data_need_le = True

    def __init__(
        self,
        profiles: Iterable[Profile] = (),
        *,
        eid: str | None = None,
        ports: int = 1,
        mep: str = "none",
        enable: int = 0,
        strict: bool = False,
        proactive: bool = False,
        protocols: tuple[int, ...] | None = None,
        pki: Pki | Chain | None = None,
        config: Config | None = None,
        memory: Memory | None = None,
        now: Callable[[], datetime | None] = lambda: None,
        random: Callable[[int], bytes] = secrets.token_bytes,
        listener: Callable[[str, str], None] | None = None,
    ) -> None:
        self.eid = checked(eid or numbered(1))
        mode = Mep.named(mep)
        self.profile_ports = ports
        interfaces = ports + 1 if mode in (Mep.A1, Mep.A2) else ports
        if mode is Mep.NONE and ports != 1:
            raise ValueError("more than one port needs a mode of multiple enabled profiles")
        kind = config or (Config() if mode is Mep.NONE else Config(version=NEWEST))
        if mode is not Mep.NONE and not kind.version.ports:
            raise ValueError("multiple enabled profiles are of version 3 of SGP.22")
        if kind.iot is not None and kind.version.highest:
            raise ValueError("SGP.32 is for cards of version 2 of SGP.22, with one port")
        hierarchy = pki or Pki.demo(self.eid)
        chain = hierarchy.chain if isinstance(hierarchy, Pki) else hierarchy
        check_own(chain, self.eid)
        spoken = protocols or ((0,) if mode is Mep.NONE else (0, 1))
        tb = _EUICC if mode is Mep.NONE else _EUICC_MEP
        atr = answer_to_reset(spoken, _HISTORICAL, tb)
        super().__init__(atr=atr, memory=memory, ports=interfaces)
        state, eum = self.memory.section("euicc"), chain.eum.public_bytes(Encoding.DER)
        self.cat, self.lsi = Cat(proactive=proactive), Lsi(self, mode, strict=strict)
        self.core = core = Core(
            eid=self.eid,
            config=kind,
            euicc=chain.euicc,
            eum=eum,
            issuers={key_identifier(chain.ci): chain.ci},
            mode=mode,
            strict=strict,
            interfaces=interfaces,
            inventory=Inventory(state),
            notifications=Notifications(state.section("notification"), chain.euicc, eum),
            before_test=state.section("before-test"),
            cat=self.cat,
            clock=now,
            random=random,
            listener=listener,
        )
        self.inventory, self.notifications = core.inventory, core.notifications
        self.ports: tuple[EsimPort, ...] = tuple(
            EsimPort(number, self.inventory) for number in range(interfaces)
        )
        self._files: dict[int, SubscriptionFiles] = {}
        self.install_applets(core)
        if "order" not in state:
            self._furnish(profiles, enable)
        else:
            self._complete()

    def install_applets(self, core: Core) -> None:
        """Install the file system, the ISD-R and the ECASD."""
        es10b = Es10b(core)
        self.download = Download(core, partial(info2, core))
        self.switch = Switch(core, self.files_changed)
        es10c = Es10c(core, self.switch, ProfilesInfo(core))
        functions = {**es10c.commands, **es10b.commands, **self.download.commands}
        if core.config.iot is not None:
            self.iot = IotFunctions(
                core,
                version=core.config.iot,
                memory=self.memory.section("iot"),
                switch=self.switch,
                es10b=es10b,
                installed=self._installed,
            )
            functions = self.iot.merged(functions, lenient=core.config.lenient)
        self.uicc = ProfileFiles()
        keys = core.config.isdr_keys
        self.isdr = (
            Isdr(core, functions, self.download)
            if keys is None
            else ManagedIsdr(core, functions, self.download, keys)
        )
        for applet in (self.uicc, self.isdr, Ecasd(self.eid)):
            self.install(applet)
        self.default = self.uicc
        self.shown = ShownApplications(self, core.inventory)

    def _installed(self) -> Installed | None:
        """The profile of the last download since the reset, if there was one."""
        done = self.download.completed
        return None if done is None else Installed(*done)

    @property
    def progress(self) -> tuple[str, int, int] | None:
        """Progress of a download for a panel: what is being done, bytes received, bytes in all."""
        return self.download.progress

    def profiles_shown(self) -> list[dict[str, object]]:
        """The profiles for a panel: `name`, `iccid`, `enabled` and `port` of each."""
        return [
            {
                "name": entry.nickname or self.inventory.profile(entry.iccid).metadata.name,
                "iccid": unswapped(entry.iccid),
                "enabled": entry.port is not None,
                "port": entry.port if self.profile_ports > 1 else None,
            }
            for entry in self.inventory
        ]

    def _furnish(self, profiles: Iterable[Profile], enable: int) -> None:
        """Install profiles on a new card and enable the first `enable` on ports in order."""
        first = min(1, len(self.ports) - 1)  # interface 0 is for the ISD-R if there are more
        with self.memory.transaction():
            self.memory["euicc/order"] = ()
            for number, profile in enumerate(profiles):
                entry = self.inventory.add(profile)
                if number < enable:
                    if first + number >= len(self.ports):
                        raise ValueError(f"{enable} profiles do not fit on the ports")
                    self.inventory.switch(entry, first + number)

    def _complete(self) -> None:
        """Write the initial state of profiles that a memory saved by an older version lacks."""
        with self.memory.transaction():
            for entry in self.inventory:
                if self.inventory.profile(entry.iccid).kept:
                    self.inventory.write(entry.iccid)

    @property
    def secret_commands(self) -> frozenset[SecretCommand]:
        """Return the secret commands of its applets and of the applications that profiles bring."""
        brought = (SecretCommand(ins) for ins in ProfileDomain.secret_instructions)
        return super().secret_commands | frozenset(brought)

    # Power

    def power_up(self) -> bytes | None:
        """Reset: forget sessions, verified PINs and unfinished downloads."""
        self._files.clear()
        for port in self.ports:
            self.cat.reset(port.number)
            self.shown.reset(port.number)
        self.lsi.reset()
        self.download.reset()
        return super().power_up()

    def reset_port(self, number: int, keep: Channel | None = None) -> bytes:
        """Reset one interface and return the ATR.

        Channel `keep` carries the response: it stays open, as if newly opened.
        """
        port = self.ports[number]
        self.cat.reset(number)
        self.shown.reset(number)
        self._files.pop(number, None)
        for channel in list(port.channels.values()):
            if channel.number:
                port.close(channel.number)
        basic = port.channels[0]
        basic.unlink()
        basic.pending = b""
        self._select_default(basic)
        if keep is not None and keep.port == number and keep.number:
            port.channels[keep.number] = keep
            self._select_default(keep)
        return self.atr

    # What a port shows

    def _dispatch(self, channel: Channel, command: Command) -> object:
        if channel.applet is not self.isdr or command.ins not in _OF_ES10:  # many, about no applet
            self.shown.follow(channel.port)
        return super()._dispatch(channel, command)

    def deselect(self, port: int, applets: tuple[OfProfile, ...]) -> None:
        """Select the default on the channels of a port that have one of the applets."""
        for channel in self.ports[port].channels.values():
            if channel.applet in applets:
                channel.pending = b""
                self._select_default(channel)

    def files(self, port: int) -> SubscriptionFiles:
        """The file system of a port."""
        known = self._files.get(port)
        if known is None:
            entry = self.inventory.on_port(port)
            known = self._files[port] = (
                SubscriptionFiles(EMPTY, self.memory.section("empty"))
                if entry is None
                else self.inventory.files(entry.iccid)
            )
        return known

    def files_changed(self, port: int) -> None:
        """Select the MF of the newly enabled profile on every channel of the port."""
        self._files.pop(port, None)
        for channel in self.ports[port].channels.values():
            if channel.applet is self.uicc:
                channel.pending = b""
                self._select_default(channel)

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel and pass it a command."""
        channel.select(self.uicc, b"")
        return self.uicc.process(command)
