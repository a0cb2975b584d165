"""A small menu, like the example's."""

from __future__ import annotations

from collections.abc import Iterable

from applets.uicc.toolkit import Envelope, ProactiveCommand, Script
from applets.uicc.toolkit.commands import display_text, get_input, set_up_menu
from vcard import Reply

MENU = [(1, "Greet me"), (2, "My number")]


class Shop:
    """Two entries: one asks for a name, one tells a number."""

    def begin(self) -> Iterable[ProactiveCommand]:
        return [set_up_menu("Shop", MENU)]

    def envelope(self, envelope: Envelope) -> Script | Reply:
        return {1: self.greet, 2: self.tell}.get(envelope.item or 0, lambda: None)()

    def greet(self) -> Script:
        name = yield get_input("Your name?", 1, 20)
        if name.done:
            yield display_text(f"Hello {name.text}")

    def tell(self) -> Script:
        yield display_text("0123456")
