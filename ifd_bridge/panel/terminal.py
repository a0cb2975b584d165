"""The front panel in a terminal: the same hub, drawn with textual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, VerticalScroll
from textual.events import Key
from textual.widgets import Button, Footer, Header, RichLog, Static

from .hub import Hub
from .view import Values

PAUSE_S = 0.1
KEYS = (
    "1", "2", "3", "CANCEL",
    "4", "5", "6", "CLEAR",
    "7", "8", "9", "BACKSPACE",
    "", "0", "", "OK",
)  # fmt: skip
WORDS = {"CANCEL": "Cancel", "CLEAR": "Clear", "BACKSPACE": "Back"}
VARIANTS = {"OK": "success", "CANCEL": "error", "CLEAR": "warning", "BACKSPACE": "warning"}
KEYBOARD = {"enter": "OK", "escape": "CANCEL", "backspace": "BACKSPACE", "delete": "CLEAR"}
MARKS = {">": "→", "<": "←", "!": "!", "=": "·"}


class ReaderBox(Static):
    """One reader: its lamp, display and keypad, and what lies in its slots."""

    def __init__(self, reader: Values) -> None:
        super().__init__(classes="reader")
        self.reader = reader
        self.slot = 0
        """The slot whose card is moved."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static(classes="title")
        yield Static(classes="display")
        with Grid(classes="keypad"):
            for key in KEYS:
                if key:
                    variant: Any = VARIANTS.get(key, "default")
                    yield Button(WORDS.get(key, key), name=key, variant=variant, compact=True)
                else:
                    yield Static()
        yield Static(classes="slots")

    def on_mount(self) -> None:
        """Draw what is known."""
        self.draw(self.reader)

    def draw(self, reader: Values) -> None:
        """Show the reader as it stands."""
        self.reader = reader
        lamp, words = _lamp(reader)
        title = Text.assemble((" ● ", lamp), (reader["name"], "bold"), f"  {words}")
        self.query_one(".title", Static).update(title)
        display = self.query_one(".display", Static)
        display.display = bool(reader["lcd"][0] or reader["display"])
        display.update(Text("\n".join([*reader["display"].split("\n"), "", ""][:2])))
        self.query_one(".keypad", Grid).display = bool(reader["keypad"])
        self.slot = min(self.slot, len(reader["slots"]) - 1)
        several = len(reader["slots"]) > 1
        marks = [
            ("▸ " if slot["slot"] == self.slot else "  ") * several for slot in reader["slots"]
        ]
        slots = zip(marks, reader["slots"], strict=True)
        lines = [line for mark, slot in slots for line in _slot(mark, slot)]
        self.query_one(".slots", Static).update(Text("\n".join(lines)))
        self.set_class(reader["waiting"], "waiting")

    def choose_slot(self) -> None:
        """Let the next slot be the one whose card is moved."""
        self.slot = (self.slot + 1) % len(self.reader["slots"])
        self.draw(self.reader)


def _slot(mark: str, slot: Values) -> Iterator[str]:
    """A slot, and below it the profiles of an eSIM."""
    what = f"[{slot['card']}]" if slot["inserted"] else "empty"
    if work := slot.get("progress"):
        what += f" {work[0]} {100 * work[1] // max(1, work[2])} %"
    if slot.get("touch"):
        what += " wants a touch"
    yield f"{mark}slot {slot['slot']}: {what}"
    for title, shown in slot.get("phone", {}).items():
        if shown:
            entries = ", ".join(f"{number} {text}" for number, text in shown["items"])
            name = shown.get("command", title)
            yield f"{mark and '  '}  {name}: {shown['text']} {entries}".rstrip()
    for profile in slot.get("profiles", ()):
        port = "" if profile["port"] is None else f", port {profile['port']}"
        state = f"enabled{port}" if profile["enabled"] else "disabled"
        yield f"{mark and '  '}  {'●' if profile['enabled'] else '○'} {profile['name']} ({state})"


def _lamp(reader: Values) -> tuple[str, str]:
    if not reader["plugged"]:
        return "grey37", "unplugged"
    if reader.get("host", {}).get("state") == "waiting":
        return "grey37", "waiting for a USB host"
    if reader["waiting"]:
        return "bright_blue", "waiting for a PIN"
    if reader["powered"]:
        return "bright_green", "card powered"
    inside = any(slot["inserted"] for slot in reader["slots"])
    return ("yellow", "card not powered") if inside else ("grey37", "no card")


class TerminalPanel(App[None]):
    """The application; ends with the world."""

    TITLE = "vcard front panel"
    CSS = """
    #readers { width: 44; border-right: tall $panel; }
    .reader { height: auto; padding: 0 1; margin-bottom: 1; border: round $panel; }
    .reader.chosen { border: round $accent; }
    .reader.waiting { border: round $success; }
    .title { height: auto; }
    .display { height: 2; padding: 0 1; margin: 1 0; text-style: bold; }
    .display { background: #b9cfa0; color: #14230c; }
    .keypad { grid-size: 4 4; grid-gutter: 0 1; height: 4; grid-rows: 1; }
    .keypad Button { width: 100%; min-width: 6; }
    .slots { height: auto; margin-top: 1; }
    #trace { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "move", "eject/insert"),
        Binding("s", "swap", "swap"),
        Binding("u", "plug", "unplug/plug"),
        Binding("b", "touch", "touch"),
        Binding("n", "next", "next reader"),
        Binding("t", "slot", "next slot"),
        Binding("q", "quit", "quit"),
    ]

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.viewer = hub.look(lambda: None)
        self.chosen = 0

    def compose(self) -> ComposeResult:
        """The readers beside the trace."""
        yield Header()
        with Horizontal():
            yield VerticalScroll(id="readers")
            yield RichLog(id="trace", max_lines=1000, wrap=True)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to follow the world."""
        self.query_one("#trace").can_focus = False
        self.set_interval(PAUSE_S, self.look)

    async def look(self) -> None:
        """Show what is new, while there is a screen to show it on."""
        if not self.query("#trace"):
            return  # the program is on its way out
        news = self.viewer.news()
        if "state" in news:
            await self._draw(news["state"]["readers"])
        log = self.query_one("#trace", RichLog)
        if "lost" in news:
            log.write(Text(f"{news['lost']} events came too fast to be shown", "red"))
        several = len(self.query(ReaderBox)) > 1
        for line in news.get("lines", ()):
            log.write(_line(line, several=several))
        if "ended" in news:
            self.exit(message="the world has ended")

    async def _draw(self, readers: list[Values]) -> None:
        boxes = list(self.query(ReaderBox))
        for box, reader in zip(boxes, readers, strict=False):
            box.draw(reader)
        for reader in readers[len(boxes) :]:
            await self.query_one("#readers").mount(ReaderBox(reader))
        self._mark()

    def _mark(self) -> None:
        for number, box in enumerate(self.query(ReaderBox)):
            box.set_class(number == self.chosen, "chosen")

    @property
    def box(self) -> ReaderBox | None:
        """The chosen reader; the one that waits for a PIN goes first."""
        boxes = list(self.query(ReaderBox))
        waiting = [box for box in boxes if box.reader["waiting"]]
        return next(iter(waiting or boxes[self.chosen : self.chosen + 1]), None)

    def on_key(self, event: Key) -> None:
        """Digits, Enter, Escape, Backspace and Delete are the keypad's."""
        key = event.key if event.key.isdigit() else KEYBOARD.get(event.key)
        box = self.box
        if key is None or box is None or not box.reader["keypad"]:
            return
        event.stop()
        event.prevent_default()
        self._do("press", keys=[key], reader=box.reader["reader"])

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A key of a keypad was clicked."""
        for box in self.query(ReaderBox):
            if event.button in box.query(Button):
                self._do("press", keys=[event.button.name], reader=box.reader["reader"])

    def action_move(self) -> None:
        """Take the card out, or put it in."""
        if self.box is not None:
            slot = self.box.reader["slots"][self.box.slot]
            verb = "eject" if slot["inserted"] else "insert"
            self._do(verb, reader=self.box.reader["reader"], slot=self.box.slot)

    def action_swap(self) -> None:
        """Take the card out and put it in at once."""
        if self.box is not None:
            self._do("swap", reader=self.box.reader["reader"], slot=self.box.slot)

    def action_touch(self) -> None:
        """Touch the card's button."""
        if self.box is not None:
            self._do("touch", reader=self.box.reader["reader"], slot=self.box.slot)

    def action_plug(self) -> None:
        """Unplug the reader, or plug it in."""
        if self.box is not None:
            verb = "unplug" if self.box.reader["plugged"] else "plug"
            self._do(verb, reader=self.box.reader["reader"])

    def action_next(self) -> None:
        """Choose the next reader."""
        self.chosen = (self.chosen + 1) % max(1, len(self.query(ReaderBox)))
        self._mark()

    def action_slot(self) -> None:
        """Choose the next slot of the reader."""
        if self.box is not None:
            self.box.choose_slot()

    def _do(self, verb: str, **arguments: Any) -> None:
        try:
            self.hub.do(verb, **arguments)
        except (RuntimeError, OSError) as error:
            self.notify(str(error), severity="error")
        self.hub.refresh()


def _line(line: Values, *, several: bool) -> Text:
    if "lost" in line:
        return Text(f"{line['lost']} events came too fast to be shown", "red")
    tone = {True: "green", False: "red"}.get(line["good"], "cyan")
    text = Text.assemble(
        f"{MARKS[line['mark']]} ",
        (line["name"], f"bold {tone}"),
        f"  {line['hex']}",
        (f"  {line['note']}", "dim"),
        (f"  {line['reader']}/{line['slot']}" if several else "", "dim italic"),
    )
    for detail in line["details"]:
        text.append(f"\n    {detail}", "dim")
    return text
