"""The panel in a terminal takes keys and clicks, and shows the readers and the trace."""

import asyncio
import copy
import os
import shutil
import subprocess
import sys
import threading

import pytest
from textual.widgets import Button, RichLog

from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.terminal import TerminalPanel
from ifd_bridge.pcscd import hotplug
from ifd_bridge.trace.events import CommandSent, Displayed, Event, Lost, ResponseReceived
from ifd_bridge.worlds.world import World

from .fake_world import READER, Connections
from .test_serving import ARTEFACTS, CLIENT, END_S

pytestmark = pytest.mark.slow  # a terminal application draws for seconds

SIZE = (120, 40)


def run(script, *readers):
    """Let `script(pilot, app, world)` use a panel; the panel ends with it."""
    world = Connections()
    if readers:
        world.readers = copy.deepcopy(list(readers))

    async def use():
        with Hub(world) as hub:
            app = TerminalPanel(hub)
            async with app.run_test(size=SIZE) as pilot:
                await until(pilot, lambda: drawn(app))
                await script(pilot, app, world)
                world.end()

    asyncio.run(asyncio.wait_for(use(), 60))
    return world.asked


async def until(pilot, true):
    for _ in range(500):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not happen")


def drawn(app):
    return len(app.query(".title")) > 0 and text(app, ".title") != "" and len(app.query(Button)) > 0


def text(app, selector):
    """Return the text of the first such widget; empty while the readers are redrawn."""
    found = app.query(selector)
    return str(found.first().render()) if found else ""


def test_keys_of_the_keyboard_are_keys_of_the_keypad():
    async def script(pilot, app, world):
        await pilot.press("1", "2", "enter", "escape", "backspace", "delete", "x")

    asked = run(script)
    keys = ["1", "2", "OK", "CANCEL", "BACKSPACE", "CLEAR"]
    assert asked == [("press", {"keys": [key], "reader": 0}) for key in keys]


def test_a_click_is_a_key_and_letters_move_cards():
    async def script(pilot, app, world):
        app.query(Button).first().press()
        await pilot.pause()
        for letter in "eesub":
            await pilot.press(letter)
            await until(pilot, lambda: True)
            await pilot.pause(0.3)

    assert [verb for verb, _ in run(script)] == [
        "press",
        "eject",
        "insert",
        "swap",
        "unplug",
        "touch",
    ]


def test_readers_and_trace_follow_the_world():
    async def script(pilot, app, world):
        world.readers[0]["display"] = "Enter PIN:\n**"
        world.happens.put(Event(1.0, "Pad", Displayed(0, "Enter PIN:\n**")))
        await until(pilot, lambda: "Enter PIN:" in text(app, ".display"))
        fci = bytes.fromhex("6F048402A0009000")
        world.happens.put(Event(1.0, "Pad", CommandSent(0, bytes.fromhex("00A40400023F00"))))
        world.happens.put(Event(1.0, "Pad", ResponseReceived(0, b"", fci), 0.0))
        world.happens.put(Event(1.0, "", Lost(0, 5)))
        log = app.query_one(RichLog)
        await until(pilot, lambda: any("too fast" in line.text for line in log.lines))
        shown = "\n".join(line.text for line in log.lines)
        assert "→ SELECT  00 A4" in shown
        assert "84 DF name" in shown

    run(script)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"waiting": True}, "waiting for a PIN"),
        ({"powered": [0]}, "card powered"),
        ({"plugged": False}, "unplugged"),
        ({}, "card not powered"),
        ({"slots": [{"slot": 0, "card": None, "inserted": False}]}, "no card"),
    ],
)
def test_the_lamp_has_words(change, words):
    async def script(pilot, app, world):
        assert words in text(app, ".title")

    run(script, {**READER, **change})


def test_the_reader_that_waits_gets_the_keys_and_n_chooses_another():
    async def script(pilot, app, world):
        await pilot.press("n", "e")
        await pilot.pause(0.2)
        world.readers[0]["waiting"] = True
        app.hub.refresh()
        await until(pilot, lambda: "waiting" in text(app, ".title"))
        await pilot.press("7")

    other = {**READER, "reader": 1, "name": "Other", "keypad": False}
    asked = run(script, dict(READER), other)
    assert asked[0] == ("eject", {"reader": 1, "slot": 0})
    assert asked[1] == ("press", {"keys": ["7"], "reader": 0})


def test_the_slot_is_chosen_and_profiles_are_shown():
    profiles = [
        {"name": "One", "iccid": "89", "enabled": True, "port": 1},
        {"name": "Two", "iccid": "88", "enabled": False, "port": None},
    ]
    slots = [
        {"slot": 0, "card": "hello", "inserted": False},
        {
            "slot": 1,
            "card": "esim",
            "inserted": True,
            "profiles": profiles,
            "progress": ["download", 43, 100],
            "touch": True,
        },
    ]

    async def script(pilot, app, world):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        app.save_screenshot("terminal.svg", str(ARTEFACTS))
        lines = text(app, ".slots").splitlines()
        assert lines == [
            "▸ slot 0: empty",
            "  slot 1: [esim] download 43 % wants a touch",
            "    ● One (enabled, port 1)",
            "    ○ Two (disabled)",
        ]
        await pilot.press("t")
        await until(pilot, lambda: "▸ slot 1" in text(app, ".slots"))
        await pilot.press("e", "t", "e")
        await until(pilot, lambda: len(world.asked) == 2)

    asked = run(script, {**READER, "slots": slots})
    assert asked == [("eject", {"reader": 0, "slot": 1}), ("insert", {"reader": 0, "slot": 0})]


def test_what_the_world_refuses_is_shown_and_its_end_is_the_end():
    async def script(pilot, app, world):
        def refuse(verb, **arguments):
            raise RuntimeError("no")

        world.do = refuse
        await pilot.press("1")
        await until(pilot, lambda: bool(app._notifications))
        world.end()
        await until(pilot, lambda: app.return_code is not None or not app.is_running)

    run(script)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")
@pytest.mark.pcsc
def test_a_pin_is_typed_under_tmux(tmp_path):
    with World([("pinpad-display", "pin-dump")]) as world:
        environ = {**os.environ, **world.environ, "TERM": "xterm-256color"}
        tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
        panel = f"{sys.executable} -m ifd_bridge.cli panel --terminal"

        def client():
            return subprocess.Popen(
                [sys.executable, "-c", CLIENT], env=environ, stdout=subprocess.PIPE, text=True
            )

        subprocess.run(
            [*tmux, "new-session", "-d", "-x", "120", "-y", "40", panel], env=environ, check=True
        )
        try:
            shown(tmux, "Virtual PIN Pad")
            program = client()
            shown(tmux, "Enter PIN:")
            subprocess.run([*tmux, "send-keys", "1", "2", "3", "4"], check=True)
            shown(tmux, "****")
            subprocess.run([*tmux, "send-keys", "Enter"], check=True)
            output = program.communicate(timeout=END_S)[0]
            assert output.splitlines()[-1] == "002000800831323334ffffffff"
            entry = threading.Event()
            world.trace.add(lambda event: entry.set() if "Enter" in str(event.what) else None)
            program = client()
            assert entry.wait(END_S)
            subprocess.run([*tmux, "send-keys", "e"], check=True)
            assert "Exception" in program.communicate(timeout=END_S)[0]
            shown(tmux, "slot 0: empty")
            subprocess.run([*tmux, "send-keys", "e"], check=True)
            shown(tmux, "[pin-dump]")
            for key, words in ("e", "slot 0: empty"), ("e", "[pin-dump]"), ("s", "card ejected"):
                subprocess.run([*tmux, "send-keys", key], check=True)
                shown(tmux, words)
            subprocess.run([*tmux, "send-keys", "u"], check=True)
            shown(tmux, "unplugged" if hotplug.why_not() is None else "cannot be plugged")
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)


def shown(tmux, words):
    """Wait until the screen shows the words, for a bounded time."""
    script = f"until {' '.join(tmux)} capture-pane -p | grep -qF -- '{words}'; do :; done"
    subprocess.run(["timeout", str(END_S), "sh", "-c", script], check=True)
