"""A SIM with its own menu: a toolkit application in a few lines.

    vcard run --card examples/sim_menu.py:card -- vcard sim phone on

Then continue with `vcard sim phone choose --item 1` and `vcard sim phone answer --text Alice`; the
panel (`vcard panel`) shows the same, and a phone's modem or pySim-shell can be the terminal as
well.
"""

from collections.abc import Iterable

from applets.sim import Sim, small_subscription
from applets.uicc.toolkit import Envelope, ProactiveCommand, Script
from applets.uicc.toolkit.commands import display_text, get_input, select_item, set_up_menu
from vcard import Reply


class Menu:
    """Two entries: one asks for a name, the other offers colours."""

    def begin(self) -> Iterable[ProactiveCommand]:
        """Return the commands for a terminal after TERMINAL PROFILE."""
        return [set_up_menu("My SIM", [(1, "Greet me"), (2, "Choose")])]

    def envelope(self, envelope: Envelope) -> Script | Reply:
        """Handle a chosen entry; ignore other envelopes."""
        if envelope.item == 1:
            return self.greet()
        return self.choose() if envelope.item == 2 else None

    def greet(self) -> Script:
        """Yield commands for the terminal; each is sent its response."""
        name = yield get_input("Your name?", 1, 20)
        if name.done:
            yield display_text(f"Hello {name.text}")

    def choose(self) -> Script:
        """Offer colours; the response has the number of the chosen item."""
        colours = [(1, "red"), (2, "green")]
        answer = yield select_item("Which colour?", colours)
        if answer.done:
            yield display_text(f"It is {dict(colours)[answer.item]}")


def card() -> Sim:
    """Make the card, for a SPEC."""
    return Sim(small_subscription("8949000000000000018", "001010000000001"), application=Menu())
