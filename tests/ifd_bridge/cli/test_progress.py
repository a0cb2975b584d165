"""Long operations have a progress bar on a terminal, and print nothing elsewhere."""

import io
import threading

from ifd_bridge.cli import progress


class Terminal(io.StringIO):
    def __init__(self, *, tty):
        super().__init__()
        self.tty = tty
        self.came = threading.Event()

    def isatty(self):
        return self.tty

    def write(self, text):
        if "50%" in text:
            self.came.set()
        return super().write(text)


class World:
    """One card that is half through its work until that has been seen."""

    def __init__(self, seen):
        self.seen = seen

    def progress(self):
        return [] if self.seen.is_set() else [("download", 5, 10)]


def stderr(monkeypatch, *, tty):
    """Put a terminal, or what is none, in place of stderr (in the test: pytest does so before)."""
    made = Terminal(tty=tty)
    monkeypatch.setattr(progress.sys, "stderr", made)
    return made


def test_what_a_card_is_at_is_shown_on_a_terminal(monkeypatch):
    terminal = stderr(monkeypatch, tty=True)
    with progress.of_cards(World(terminal.came)):
        assert terminal.came.wait(10)
    assert "download" in terminal.getvalue()


def test_nothing_is_shown_elsewhere(monkeypatch):
    terminal, before = stderr(monkeypatch, tty=False), threading.active_count()
    with progress.of_cards(World(terminal.came)), progress.bar([1, 2], "counting") as items:
        assert threading.active_count() == before
        assert list(items) == [1, 2]
    assert terminal.getvalue() == ""


def test_items_have_a_bar_on_a_terminal(monkeypatch):
    terminal = stderr(monkeypatch, tty=True)
    assert list(progress.counted(3, "counting")) == [0, 1, 2]
    assert "counting" in terminal.getvalue()


def test_the_end_of_the_world_ends_a_bar(monkeypatch):
    terminal = stderr(monkeypatch, tty=True)
    with progress.of_cards(World(threading.Event())):
        assert terminal.came.wait(10)
