"""One reader of a world: the reader itself, and the trays that its cards lie in.

A card is inserted with the world's wrappers around it, and reports to the world's trace. What a
user may do to a place is in verbs.py.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from readers import CcidReader
from readers.ccid.codes import IccStatus
from readers.ccid.descriptor import ExchangeLevel
from readers.models import Model
from vcard import Contact
from vcard.touch import Touch

from ..cards.attachment import Attachment, OneInSlots, Withdrawable
from ..driver.options import DriverOptions
from ..ifdh.api import Source
from ..ifdh.server import Served
from ..pcscd.reader_states import Seen
from ..trace import Stream
from ..trace.events import FaultStruck, ReaderEvent, TouchAsked, Unplugged
from ..trace.traced_driver import TracedDriver
from .tray import Tray

if TYPE_CHECKING:  # few cards work on a bus beside their contacts; few worlds wrap theirs
    from vcard.hid import HidFunction

    from .wrapping import Wrapper


class Place:
    """Reader `number` of a world; `source` is where our driver counts its cards' movements."""

    def __init__(
        self, number: int, model: Model, trace: Stream, wrappers: Sequence[Wrapper] = ()
    ) -> None:
        self.number = number
        self.address = number + 1
        """The address of its device on the bus, which readers of one device share."""
        self.model = model
        self.name = model.name
        """The model's name, with a number if several readers have it, as pcscd names them."""
        self.reader = CcidReader(model)
        self.trays = [Tray() for _ in range(model.slots)]
        self.source: Source | None = None
        self.plugged = True
        self.pulled = False
        """True once it has been unplugged: pcscd counts its events anew since."""
        self.pull: Callable[[], object] | None = None
        """Pulls the device out, where a card that is built in can take it along."""
        self.asked = threading.Condition()
        """Notified when a card starts or stops to want a touch."""
        self.faults: tuple[str, ...] = ()
        """The faults of the reader and its cards, as `--fault` has them."""
        self._faulty: Wrapper | None = None
        self._switch: Callable[[bool], None] | None = None
        self._trace = trace
        self._wrappers = tuple(wrappers)

    def tray(self, slot: int) -> Tray:
        """The tray of the card in a slot; ValueError if there is no such slot."""
        if not 0 <= slot < len(self.trays):
            raise ValueError(f"{self.name!r} has slots 0..{len(self.trays) - 1}, not {slot}")
        return self.trays[self._home(slot)]

    def _home(self, slot: int) -> int:
        """Return the tray of a slot's card: the slot's own, or that of a card with a port here."""
        for number, tray in enumerate(self.trays):
            if isinstance(tray.card, OneInSlots) and slot in tray.card.slots:
                return number
        return slot

    def insert(self, slot: int) -> None:
        """Put in the card that lies in a slot's tray."""
        tray = self.tray(slot)
        assert tray.card is not None
        if isinstance(tray.card, Attachment):
            self._attach(tray.card, slot)
        else:
            self.reader.insert(self._wrapped(tray.card, slot), slot)
        tray.inserted = True
        if tray.touch is not None:
            self._watch_button(slot, tray.touch)

    def _attach(self, card: Attachment, slot: int) -> None:
        """Put in the card that an attachment has, or begin to wait for one."""
        from .wrapping import Wrapped  # few cards are attachments

        if not (isinstance(card, Withdrawable) and card.put_back()):
            card.attach(Wrapped(self.reader, self._wrapped), slot)

    def _watch_button(self, slot: int, button: Touch) -> None:
        """Notify the trace, and waiting threads, when the card wants a touch."""

        def changed() -> None:
            with self.asked:
                self.asked.notify_all()
            self.tell(TouchAsked(slot, button.wanted))

        button.changed = changed

    def hid_function(self) -> HidFunction | None:
        """Begin what a card that is built in does on the bus beside its contacts, if anything."""
        card = self.trays[0].card
        if not self.model.is_token or card is None or isinstance(card, Attachment):
            return None
        from vcard.hid import hid_function_of

        return hid_function_of(self._wrapped(card, 0))

    def eject(self, slot: int) -> None:
        """Take the card out; it stays in the tray. RuntimeError if it is locked in."""
        tray = self.tray(slot)
        assert tray.card is not None
        if isinstance(tray.card, Withdrawable):
            tray.card.withdraw()
        elif isinstance(tray.card, Attachment):
            tray.card.close()
        else:
            self.reader.eject(slot)
        tray.inserted = False

    def _leave(self, slot: int) -> None:
        """Let a card go by itself, as a fault asks; one that is built in takes its reader along."""
        if self.pull is None or not self.model.is_token:
            self.eject(slot)
            return
        self.pull()
        self.gone()

    def gone(self) -> None:
        """Note that the reader was pulled out."""
        self.reader.reset()
        self.plugged, self.pulled = False, True
        self.tell(Unplugged(0))

    def insert_all(self) -> None:
        """Put in every card that lies in a tray and is not in."""
        for slot, tray in enumerate(self.trays):
            if tray.card is not None and not tray.inserted:
                self.insert(slot)

    def eject_all(self) -> None:
        """Take out every card that can be, for good."""
        for slot, tray in enumerate(self.trays):
            if tray.inserted:
                with contextlib.suppress(RuntimeError):  # it was locked in, or has gone
                    self.eject(slot)
            tray.part()

    def clear(self) -> None:
        """Empty every slot, attachments included, and drop the keypad's queued keys."""
        self.eject_all()
        for slot, tray in enumerate(self.trays):
            with contextlib.suppress(RuntimeError):  # it is empty already
                self.reader.eject(slot)
            tray.inserted = False
        if self.model.has_pinpad:
            self.reader.pinpad.forget()

    def watch(self) -> None:
        """Connect the reader to the trace, which gets events while it has taps."""
        tap = self._trace.teller(self.name)
        self._trace.know(self.name, lambda: self.reader.secrets)

        def switch(on: bool) -> None:  # noqa: FBT001 - the signature of Stream.switches
            self.reader.tap = tap if on else None

        self._switch = switch
        self._trace.switches.append(switch)
        switch(self._trace.on)

    def unwatch(self) -> None:
        """Tell the trace nothing more: the reader has gone for good."""
        if self._switch is not None:
            self._trace.switches.remove(self._switch)
            self._switch = None
        self.reader.tap = None
        self._trace.forget(self.name)

    def drive(self, options: DriverOptions) -> Served:
        """Make the reader's cable and a driver of ours, whose calls are in the trace.

        ValueError if no host would take the reader. See doors.door.Drivable.
        """
        from ..doors.bridge import served  # other doors bring a driver of their own

        made = served(self.reader, options, self.address)
        self.source = made.source
        return Served(
            made.source,
            [TracedDriver(one, self._trace, self.name, n) for n, one in enumerate(made.drivers)],
        )

    def counted(self, slot: int) -> Callable[[Seen], bool] | None:
        """Tell whether pcscd has counted every movement in a slot; None where that is unknown.

        It counts anew for a reader that was unplugged; a driver that is not ours loses some. A card
        that was in from the start is not counted; whether pcscd sees one now tells the two apart.
        """
        source = self.source
        if source is None or self.pulled:
            return None

        def counted(seen: Seen) -> bool:
            presence = source.presence(slot)
            return (2 * presence.removals + presence.present - seen.events) % 0x10000 in (0, 1)

        return counted

    def state(self) -> dict[str, Any]:
        """The state that `vcard list` and the panel show."""
        model, reader = self.model, self.reader
        return {
            "reader": self.number,
            "name": self.name,
            "keypad": model.has_pinpad,
            "plugged": self.plugged,
            "lcd": list(model.descriptor.lcd),
            **self._entry_state(),
            "powered": [slot.number for slot in reader.slots if slot.state is IccStatus.ACTIVE],
            "usb": _usb(model),
            "faults": list(self.faults),
            "slots": [self._slot_state(number) for number in range(len(self.trays))],
        }

    def _entry_state(self) -> dict[str, Any]:
        """The state of display and keypad."""
        if not self.model.has_pinpad:
            return {"display": "", "waiting": False, "asking": None}
        from .pin_entry_state import entry_state

        return entry_state(self.reader.pinpad)

    def _slot_state(self, number: int) -> dict[str, Any]:
        """The state of a slot; of a card in several, the profiles are listed once."""
        home = self._home(number)
        told = self.trays[home].state(number)
        if isinstance(self.trays[home].card, Attachment) and told["inserted"]:
            told["connected"] = self.reader.slots[number].card is not None
        return told if home == number else {key: told[key] for key in ("slot", "card", "inserted")}

    def _wrapped(self, card: Contact, slot: int) -> Contact:
        """A card with the wrappers around it; the same ones each time it comes."""
        tray = self.tray(slot)
        if not self._around() and not self.model.is_token:
            return card
        if tray.wrapped is None or tray.wrapped[0] is not card:
            tray.wrapped = card, self._wrap(card, slot)
        return tray.wrapped[1]

    def _around(self) -> tuple[Wrapper, ...]:
        """Every wrapper of a card, the innermost first: faults, then those of the world."""
        return (*([self._faulty] if self._faulty else []), *self._wrappers)

    def _wrap(self, card: Contact, slot: int) -> Contact:
        from ..cards.one_at_a_time import OneAtATime
        from .wrapping import Where

        where = Where(
            self.number,
            slot,
            lambda: self._leave(slot),
            lambda text: self.tell(FaultStruck(slot, text)),
            self._below_apdu,
        )
        made = OneAtATime(card) if self.model.is_token else card
        for wrapper in self._around():
            made = wrapper(made, where)
        return made

    def break_by(self, faults: Sequence[str], seed: int = 0) -> None:
        """Let reader and cards fail from now on as `--fault` says, and in no other way.

        A fault of a card counts from the next time that one is put in. Without `faults` nothing
        fails any more. ValueError for a text that is no fault here.
        """
        if faults or self.faults:
            from .breaking import parsed  # few worlds have faults

            self._faulty, self.reader.faults = parsed(
                faults,
                seed,
                lambda slot, text: self.tell(FaultStruck(slot, text)),
                below_apdu=self._below_apdu,
            )
        self.faults = tuple(faults)
        for tray in self.trays:
            tray.wrapped = None

    @property
    def _below_apdu(self) -> bool:
        """Whether the reader exchanges blocks or characters with its card, as its host sees it."""
        return self.model.descriptor.exchange_level < ExchangeLevel.SHORT_APDU

    def tell(self, what: ReaderEvent) -> None:
        """Report an event at this place to the trace, if it has taps."""
        if self._trace.on:
            self._trace.say(self.name, what)


def _usb(model: Model) -> dict[str, Any]:
    """The descriptors' values, for captures."""
    return {
        "vendor_id": model.vendor_id,
        "product_id": model.product_id,
        "bcd_device": model.bcd_device,
        "vendor_name": model.vendor_name,
        "product_name": model.product_name,
        "serial_number": model.serial_number,
        "ccid": bytes(model.descriptor).hex(),
    }
