"""The verbs: everything that a user can do to readers, their cards and the pcscd around them.

The command line and the panel use them through the control socket (ifd_bridge/control), so whatever
the command line can do, a test or a panel can do; programs call them as methods of their World.
ValueError and RuntimeError are the user's own mistakes and travel as text.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from vcard.touch import Touch

from ..cards import opening
from ..pcscd.reader_states import SEEN_TIMEOUT_S
from .host import HasUsbHosts
from .place import Place
from .plugging import Layout, Plugging

TOUCH_S = 60.0
"""Default time in seconds that `touch` waits until a card asks."""


class Status:
    """The process of a world: the command it is for, since when, and what ends it."""

    def __init__(self, about: Sequence[str], on_stop: Callable[[], None] | None) -> None:
        self._about = list(about)
        self._on_stop = on_stop
        self._began = time.monotonic()

    def told(self) -> dict[str, Any]:
        """The process's number, its command and its age in seconds."""
        age = round(time.monotonic() - self._began, 1)
        return {"pid": os.getpid(), "command": self._about, "age": age}

    def stop(self) -> None:
        """End the world; RuntimeError if only its own program can."""
        if self._on_stop is None:
            raise RuntimeError(
                f"this world belongs to a program (process {os.getpid()}) and ends with it"
            )
        self._on_stop()


class Verbs(Plugging):
    """The actions of a World, with its readers at `places` and what `layout` makes later."""

    def __init__(
        self, places: Sequence[Place], layout: Layout, name: str | None, status: Status
    ) -> None:
        super().__init__(places, layout)
        self.name = name
        self._status = status

    def verbs(self) -> dict[str, Callable[..., Any]]:
        """The verbs of the control socket."""
        return {
            "list": self.list,
            "insert": self.insert,
            "eject": self.eject,
            "swap": self.swap,
            "press": self.press,
            "pin": self.pin,
            "touch": self.touch,
            "phone": self.phone,
            "plug": self.plug,
            "unplug": self.unplug,
            "add": self.add,
            "remove": self.remove,
            "fault": self.fault,
            "catalogue": self.catalogue,
            "wait": self.wait,
            "status": self.status,
            "stop": self._status.stop,
            "service": self.service,
        }

    def list(self) -> Sequence[dict[str, Any]]:
        """Every reader, its slots and what is in them."""
        return [
            place.state() | {"hidden": self.names.hides(place.model.name)} | self._usb_host(place)
            for place in self.places
        ]

    def catalogue(self) -> dict[str, Any]:
        """The names for `add` and `insert`: reader models, and cards with their options."""
        from . import offered  # a world that adds nothing needs none of it

        return {"models": offered.models(), "cards": offered.cards()}

    def insert(
        self,
        card: str | None = None,
        reader: str | int = 0,
        slot: int = 0,
        *,
        wait: bool = True,
    ) -> None:
        """Put a card in: the one that SPEC `card` names, or the one that was there before.

        Returns when pcscd has seen it, unless `wait` is false; TimeoutError after 10 s.
        """
        place = self.find(reader)
        tray = place.tray(slot)
        if tray.inserted:
            raise RuntimeError(f"there is a card in {place.name!r} already: {tray.name}")
        if card is not None:
            tray.load(card)
        if tray.card is None:
            raise RuntimeError(f"{place.name!r} has had no card yet: name one")
        place.insert(slot)
        if wait:
            self._seen(place)

    def eject(self, reader: str | int = 0, slot: int = 0, *, wait: bool = True) -> None:
        """Take the card out; waits as `insert` does."""
        place = self.find(reader)
        tray = place.tray(slot)
        if not tray.inserted:
            raise RuntimeError(f"there is no card in {place.name!r}")
        if place.model.is_token:
            raise RuntimeError(f"the card of {place.name!r} is built in: `unplug` takes both")
        place.eject(slot)
        if wait:
            self._seen(place)

    def swap(
        self,
        card: str | None = None,
        reader: str | int = 0,
        slot: int = 0,
        *,
        wait: bool = True,
    ) -> None:
        """Take the card out and put another (or the same) in, as soon as pcscd has seen it go."""
        tray = self.find(reader).tray(slot)
        fresh = opening.open_card(card) if card is not None else tray.card
        self.eject(reader, slot, wait=wait)
        tray.lay(fresh, card or tray.name)
        self.insert(None, reader, slot, wait=wait)

    def press(self, keys: Sequence[str], reader: str | int | None = None) -> None:
        """Press keys, one after the other; those that come early wait for the next PIN entry."""
        place = self._with_keypad(reader)
        place.reader.pinpad.queue(*keys)

    def pin(self, pin: str, reader: str | int | None = None) -> None:
        """Type a PIN and OK: into the PIN entry under way, or into the next one."""
        self.press([*pin, "OK"], reader)

    def touch(
        self,
        reader: str | int | None = None,
        slot: int = 0,
        *,
        wait: bool = False,
        seconds: float = TOUCH_S,
    ) -> None:
        """Touch a card's button, now or for the next time that the card asks.

        `wait` waits until it asks: RuntimeError if it has not within `seconds`.
        """
        place, button = self._with_button(reader, slot)
        if wait:
            with place.asked:
                wanted = place.asked.wait_for(lambda: button.wanted, seconds)
            if not wanted:
                raise RuntimeError(f"no touch was wanted within {seconds:g} s")
        button.press()

    def phone(
        self, action: str, reader: str | int | None = None, slot: int = 0, **told: Any
    ) -> dict[str, Any]:
        """Do as the user of a SIM's phone does, and give what the card asks then.

        Actions are those of `applets.sim.sim.Sim.phone_told`; ValueError for another one,
        RuntimeError if there is no SIM, or it does not take the answer.
        """
        places = self.places if reader is None else [self.find(reader)]
        for place in places:
            trays = place.trays if reader is None else [place.tray(slot)]
            for tray in trays:
                if (phone := tray.phone) is not None:
                    return phone(action, **told)
        raise RuntimeError("no SIM is in; `--card sim` is one")

    def wait(
        self,
        condition: str = "card",
        reader: str | int = 0,
        slot: int = 0,
        timeout: float = SEEN_TIMEOUT_S,
    ) -> None:
        """Wait until a reader is in the state that `condition` names (waiting.CONDITIONS).

        TimeoutError after `timeout` seconds; ValueError for an unknown condition.
        """
        from . import waiting  # each verb brings what it alone needs

        place, sight = self.find(reader), self._entered().sight
        waiting.wait(place, slot, sight, condition, timeout)

    def status(self) -> dict[str, Any]:
        """The world's name, process, command, age, readers, and whether its pcscd lives."""
        host = self._entered()
        return {
            "name": self.name or host.directory.name,
            "pcscd": getattr(host, "alive", True),
            "readers": [place.name for place in self.places],
            "cards": [t.name for p in self.places for t in p.trays if t.inserted and t.name],
            **self._status.told(),
        }

    def service(self, action: str = "status") -> str:
        """Stop or start the pcscd inside, as an administrator would; what it is then.

        ValueError for another action than stop, start, restart and status; RuntimeError if the
        pcscd is not ours.
        """
        from . import service

        service.change(self._entered(), action)
        for place in self.places:
            place.pulled = place.pulled or action in ("start", "restart")
        return service.state(self._entered())

    def _usb_host(self, place: Place) -> dict[str, Any]:
        host = self._running
        return {"host": host.state(place.number)} if isinstance(host, HasUsbHosts) else {}

    def _with_button(self, reader: str | int | None, slot: int) -> tuple[Place, Touch]:
        """The card that is named; the first one with a button if none is."""
        if reader is not None:
            place = self.find(reader)
            button = place.tray(slot).touch
            if button is None:
                raise RuntimeError(f"no card with a button is in {place.name!r}")
            return place, button
        for place in self.places:
            for tray in place.trays:
                if tray.touch is not None:
                    return place, tray.touch
        raise RuntimeError("no card here has a button; `--card fido2` has one")

    def _with_keypad(self, reader: str | int | None) -> Place:
        if reader is not None:
            place = self.find(reader)
            if not place.model.has_pinpad:
                raise RuntimeError(f"{place.name!r} has no keypad")
            return place
        for place in self.places:
            if place.model.has_pinpad:
                return place
        raise RuntimeError("no reader here has a keypad; `--reader pinpad` has one")
