"""Cards from schemes: scripts, recordings, relays and the like."""

import pytest

from ifd_bridge.cards.opening import open_card
from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.cards.vpcd.connection import listener
from ifd_bridge.spec import SpecError
from vcard.doubles.recording import ReplayCard
from vcard.doubles.scripted import ScriptedCard


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "card.txt"
        path.write_text(text)
        return path

    return write


def test_a_script_makes_a_card(file):
    card = open_card(f"script:{file('00 => 90 00')}")
    assert isinstance(card, ScriptedCard)
    assert card.exchange(b"\0") == b"\x90\x00"


@pytest.mark.parametrize("order", ["strict", "lookup"])
def test_a_recording_makes_a_card(file, order):
    path = file("# vcard recording 1\n0 up 3B 00\n1 > 00\n2 < 90 00")
    card = open_card(f"replay:{path}?order={order}")
    assert isinstance(card, ReplayCard)
    assert card.exchange(b"\0") == b"\x90\x00"


def test_a_foreign_card_may_connect_to_us():
    slot = open_card("vpcd:listen:0?timeout=2")
    assert isinstance(slot, ForeignSlot)
    assert slot.port > 0
    slot.close()


def test_we_may_connect_to_a_foreign_card():
    slot = open_card("vpcd:[::1]:4711")
    assert slot.port == 4711
    slot.close()


def test_a_taken_port_is_an_error_at_once():
    with listener("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)):
            open_card(f"vpcd:listen:{port}")


def test_a_wrong_source_is_explained():
    cases = [
        ("script:/nonexistent", "No such file"),
        ("replay:/nonexistent?order=random", "order is strict or lookup"),
        ("replay:/nonexistent", "No such file"),
        ("script:/nonexistent?colour=red", "no option 'colour' here; there is none"),
        ("vpcd:", "needs listen"),
        ("vpcd:listen:99999", "a port is 0..65535"),
        ("vpcd:listen:0?timeout=soon", "soon"),
        ("pcsc:Reader?hook=/nonexistent.py:f", "a hook is FILE.py:NAME"),
    ]
    for spec, message in cases:
        with pytest.raises(SpecError, match=message):
            open_card(spec)


def test_a_hook_is_a_function_of_a_file(tmp_path):
    path = tmp_path / "hook.py"
    path.write_text("def change(command, send): return send(command)")
    with pytest.raises(SpecError, match="has no function 'other'"):
        open_card(f"pcsc:Reader?hook={path}:other")
