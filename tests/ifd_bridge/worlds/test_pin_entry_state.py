from ifd_bridge.trace import Stream
from ifd_bridge.worlds.pin_entry_state import entry_state
from ifd_bridge.worlds.place import Place
from readers import OK
from readers.models import PINPAD_DISPLAY, PLAIN
from tests.kits.reader_host import pinpad_host
from tests.readers.commands.test_secure import MODIFY, message


def test_the_lines_and_the_prompt_that_waits_are_shown() -> None:
    host = pinpad_host(PINPAD_DISPLAY)
    pad = host.reader.pinpad
    idle = {"display": "\n", "waiting": False, "asking": None}
    assert entry_state(pad) == idle
    host.send(message(MODIFY))
    pad.press("1234", OK, "5")
    asking = {"step": 2, "steps": 3, "what": "the new PIN", "digits": 1}
    assert entry_state(pad) == {"display": "New PIN:\n*", "waiting": True, "asking": asking}


def test_a_reader_without_a_keypad_shows_nothing_and_waits_for_nothing() -> None:
    state = Place(0, PLAIN, Stream()).state()
    assert {key: state[key] for key in ("display", "waiting", "asking")} == {
        "display": "",
        "waiting": False,
        "asking": None,
    }
