"""A plain SIM card: one UICC with the subscription of one operator.

Spec: ETSI TS 102 221, 4 and 6 to 8; 3GPP TS 31.101; TS 31.102 (USIM), TS 31.103 (ISIM).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from applets.uicc.atr import answer_to_reset
from applets.uicc.ota.download import SmsDownload
from applets.uicc.platform import GSM_CLASS
from applets.uicc.toolkit import Application, Cat
from applets.uicc.toolkit.commands import send_short_message
from applets.uicc.toolkit.phone import Phone
from applets.uicc.toolkit.spoken import spoken
from vcard import SW, Applet, Card, Command, Memory, Reply
from vcard.channel import Channel
from vcard.contact import Busy
from vcard.secret import SecretCommand

from . import gsm
from .gba import Bootstrapping
from .issuer_domain import SimIssuerDomain
from .models.files import viewer
from .models.table import Model
from .remote import DomainKeys, targets
from .subscription import Subscription, SubscriptionFiles
from .suci.get_identity import Identities

_UPDATE_BINARY = 0xD6
_HISTORICAL = bytes.fromhex("8031E073FE211F65762D53494D")
"""Compact TLV of TS 102 221, 6.3.3: card service data, card capabilities, and "v-SIM"."""


class SimApplication(Bootstrapping, Identities):
    """The files of a subscription: MF, USIM, ISIM, and their 2G interface."""

    section = "Sim"
    classes = frozenset({0x00, 0x80, GSM_CLASS})

    def process(self, command: Command) -> Reply:
        """Answer a command; the 2G class (A0) has its own meanings."""
        if command.cla == GSM_CLASS:
            return gsm.process(self, command)
        return super().process(command)


class Sim(Card):
    """A SIM card with one subscription.

    `subscription` is written to a blank memory; a memory that has one keeps it. `protocols` are
    (0,), (1,) or both, unless an `atr` is given. A `model` has its keys in files. `domain` is a
    security domain: its keys of versions 01 to 0F are for packets by short message, which need at
    least the protection `level` (first byte of the SPI); `more` are other applets beside the files.
    `application` is the toolkit application. ValueError without a subscription, or for other
    protocols.
    """

    # Terminals expect 61xx from a card over T=0, and accept it over T=1.
    data_need_le = True

    def __init__(
        self,
        subscription: Subscription | None = None,
        *,
        protocols: tuple[int, ...] = (0,),
        memory: Memory | None = None,
        atr: bytes = b"",
        model: Model | None = None,
        domain: SimIssuerDomain | None = None,
        level: int = 0,
        more: Iterable[Applet] = (),
        application: Application | None = None,
    ) -> None:
        super().__init__(atr=atr or answer_to_reset(protocols, _HISTORICAL), memory=memory)
        self._viewed = viewer(model)
        self._classic = model is not None and model.classic
        self._has_key_files = model is not None and not model.classic
        self.cat = Cat(proactive=True, application=application)
        self.phone = Phone(self.cat)
        self.subscription = self._issued(subscription)
        self._shown = self._view()
        self.application = SimApplication()
        for applet in (self.application, *([domain] if domain else []), *more):
            self.install(applet)
        self.default = self.application
        self._downloads = self._remote(domain, level) if domain else None

    def _remote(self, domain: SimIssuerDomain, level: int) -> SmsDownload:
        """Make the receiver of packets for the files and the security domain."""
        keys = DomainKeys(domain.domain)
        reached = targets(self.application, self.files, domain, keys, level)
        downloads = SmsDownload(keys, reached, self._send)
        self.cat.download = downloads.receive
        return downloads

    def _send(self, port: int, tpdu: bytes) -> None:
        """Have the terminal send a short message."""
        self.cat.queue(port, send_short_message(tpdu))

    def _issued(self, given: Subscription | None) -> Subscription:
        """Return the subscription in the memory; write the given one and its PINs to a new card."""
        state = self.memory.section("sim")
        if "subscription" not in state:
            if given is None:
                raise ValueError("a new SIM card needs a subscription")
            with self.memory.transaction():
                state["subscription"] = given.to_value()
                self._viewed(given, state).pins.write()
        return Subscription.from_value(state["subscription"])

    def _view(self) -> SubscriptionFiles:
        return self._viewed(self.subscription, self.memory.section("sim"))

    def power_up(self) -> bytes | None:
        """Reset: clear verified PINs and the position of each channel."""
        self._shown = self._view()
        self.cat.reset(0)
        self.phone.reset()
        if self._downloads is not None:
            self._downloads.reset(0)
        return super().power_up()

    @property
    def secret_commands(self) -> frozenset[SecretCommand]:
        """Commands hidden from traces: on a model with key files, also all writes to files."""
        known = super().secret_commands
        return known | {SecretCommand(_UPDATE_BINARY)} if self._has_key_files else known

    # The user of the phone

    def phone_shown(self) -> dict[str, Any]:
        """The card's question to its user, and its menu."""
        return self.phone.shown()

    def phone_told(
        self,
        action: str,
        *,
        text: str | None = None,
        item: int | None = None,
        result: int = 0,
        words: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Act as the phone's user, and return the card's next question.

        `action` is `look`, `on` (switch the phone on), `answer`, `choose` (an entry of the menu) or
        `queue` (queue the proactive command in `words`). ValueError or RuntimeError if it is
        refused.
        """
        work: dict[str, Callable[[], None]] = {
            "look": lambda: None,
            "on": self.phone.switch_on,
            "answer": lambda: self.phone.answer(text, item, result),
            "choose": lambda: self.phone.choose(item or 0),
            "queue": lambda: self.phone.queue(spoken(words)),
        }
        if action not in work:
            raise ValueError(f"the phone's user can {', '.join(work)}, not {action!r}")
        work[action]()
        return self.phone_shown()

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """Answer a command; a card that is not a UICC knows only the 2G class (A0)."""
        if self.powered and self._classic and command[:1] != bytes((GSM_CLASS,)):
            return SW.CLA_NOT_SUPPORTED.raw
        return super().exchange(command, port)

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel, and pass it a command."""
        channel.select(self.application, b"")
        return self.application.process(command)

    def files(self, port: int) -> SubscriptionFiles:  # noqa: ARG002 - a SIM has one port
        """The file system."""
        return self._shown
