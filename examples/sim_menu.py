"""A SIM with a menu of its own: a toolkit application in a few lines.

    vcard run --card examples/sim_menu.py:card -- vcard sim phone on

Then `vcard sim phone choose --item 1` and `vcard sim phone answer --text Alice` go on; the panel
(`vcard panel`) shows the same, and a phone's modem or pySim-shell can be the terminal as well.
"""

from collections.abc import Iterable

from applets.sim import Sim, small_subscription
from applets.uicc.toolkit import Envelope, ProactiveCommand, Script
from applets.uicc.toolkit.commands import display_text, get_input, select_item, set_up_menu
from vcard import Reply


class Menu:
    """Two entries: one asks for a name, one lets choose a colour."""

    def begin(self) -> Iterable[ProactiveCommand]:
        """What a terminal sets up when it introduces itself."""
        return [set_up_menu("My SIM", [(1, "Greet me"), (2, "Choose")])]

    def envelope(self, envelope: Envelope) -> Script | Reply:
        """The user has chosen an entry, or something else has happened."""
        if envelope.item == 1:
            return self.greet()
        return self.choose() if envelope.item == 2 else None

    def greet(self) -> Script:
        """Each command that is yielded is fetched; its answer comes back."""
        name = yield get_input("Your name?", 1, 20)
        if name.done:
            yield display_text(f"Hello {name.text}")

    def choose(self) -> Script:
        """An answer tells the number of the chosen item."""
        colours = [(1, "red"), (2, "green")]
        answer = yield select_item("Which colour?", colours)
        if answer.done:
            yield display_text(f"It is {dict(colours)[answer.item]}")


def card() -> Sim:
    """The card, for a SPEC."""
    return Sim(small_subscription("8949000000000000018", "001010000000001"), application=Menu())
