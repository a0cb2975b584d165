import pytest
from click.testing import CliRunner

import ifd_bridge.cli.sim as commands
from ifd_bridge.cli import vcard
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import terminal


def run(*words):
    done = CliRunner().invoke(vcard, ["sim", *words])
    assert done.exception is None or done.exit_code, done.exception
    return done


def test_a_packet_is_made_and_its_receipt_read():
    done = run("ota", "00A40004026F07", "00B0000009")
    phone = terminal()
    (line,) = done.output.splitlines()
    answer = phone.data(line)
    read = run("ota", "--open", answer)
    assert read.output == "ok, counter 1: 029000080910100000000010\n"
    assert Server(phone).send("00A40004023F00")[0].name == "COUNTER_LOW"


def test_long_packets_are_several_commands():
    assert len(run("ota", *["00A40004023F00"] * 40).output.splitlines()) == 3


def test_wrong_digits_are_told():
    done = run("ota", "--tar", "xyz", "00")
    assert done.exit_code == 2
    assert "'--tar': 3 bytes in hexadecimal, not 'xyz'" in done.output


@pytest.fixture
def world(monkeypatch):
    """Record the requests to a world, which replies that it needs a name."""
    asked = []

    def do(verb, **arguments):
        asked.append((verb, {key: value for key, value in arguments.items() if value is not None}))
        question = {"command": "GET INPUT", "text": "Name?", "items": []}
        return {"menu": {"text": "Shop", "items": [[1, "Greet"]]}, "asks": question}

    monkeypatch.setattr(commands, "do", do)
    return asked


def test_commands_are_queued_from_words_and_from_a_file(world, tmp_path):
    path = tmp_path / "menu.txt"
    path.write_text("refresh\nmore-time\n")
    assert run("proactive", "display-text", "Hi").exit_code == 0
    assert run("proactive", "--script", str(path)).exit_code == 0
    assert [told["words"] for _, told in world] == [
        ["d00e81030121808202810 28d03044869".replace(" ", "")],
        ["d009810301010482028182"],
        ["d009810301020082028182"],
    ]
    assert run("proactive", "sing").exit_code == 1


def test_the_users_answers_reach_the_card_and_what_it_asks_is_shown(world):
    done = run("phone", "answer", "--text", "Bob")
    assert world == [("phone", {"action": "answer", "slot": 0, "text": "Bob", "result": 0})]
    assert done.output == "menu: Shop\n  1 Greet\nGET INPUT: Name?\n"
    run("phone")
    assert world[-1][1] == {"action": "look", "slot": 0}


def test_nothing_asked_is_nothing_shown(monkeypatch):
    monkeypatch.setattr(commands, "do", lambda *_, **__: {"menu": None, "asks": None})
    assert run("phone", "on").output == ""
