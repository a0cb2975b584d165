import pytest

from applets.uicc.ota.scripts import compact_commands, run
from vcard import SW, Command

OUTGOING = frozenset({0xB0})


class Card:
    """Records commands, and returns prepared answers."""

    def __init__(self, *answers):
        self.commands, self.answers = [], list(answers)

    def __call__(self, command: Command):
        self.commands.append(bytes(command).hex())
        return self.answers.pop(0) if self.answers else (b"", SW.OK)


def compact(script, *answers):
    card = Card(*answers)
    return run(bytes.fromhex(script), card, OUTGOING).hex(), card.commands


def test_commands_with_data_announce_what_they_answer():
    assert compact("00A40004023F00", (b"fcp", SW.OK))[0] == "016103"
    assert compact("00A40004023F00" + "00C0000003", (b"fcp", SW.OK))[0] == "029000" + b"fcp".hex()
    assert compact("00A40004023F00" + "00C0000002", (b"fcp", SW.OK))[0] == "029000" + b"fc".hex()


def test_an_error_ends_the_script_and_a_warning_does_not():
    answer, commands = compact("00A4000000" * 3, (b"", SW(0x6283)), (b"", SW.FILE_NOT_FOUND))
    assert (answer, len(commands)) == ("026a82", 2)


def test_instructions_without_data_have_a_length_instead():
    assert compact("00B0000003", (b"abc", SW.OK)) == ("019000616263", ["00b0000003"])
    assert compact("00B0000000", (b"abc", SW.OK))[1] == ["00b0000000"]
    assert compact("00B00000", (b"abc", SW.OK))[1] == ["00b0000000"]


@pytest.mark.parametrize("script", ["00A400", "00A40000023F"])
def test_a_command_cut_short_is_refused(script):
    with pytest.raises(SW) as caught:
        list(compact_commands(bytes.fromhex(script), OUTGOING))
    assert caught.value == SW.WRONG_LENGTH


def test_an_empty_script_does_nothing():
    assert compact("") == ("009000", [])


def test_the_expanded_format_has_an_answer_for_each_command():
    script = "AA0F" + "220700A40004023F00" + "220400B00000"
    answer, commands = compact(script, (b"fcp", SW.OK), (b"abc", SW(0x6282)))
    assert answer == "ab11" + "800102" + "2305" + b"fcp".hex() + "9000" + "2305" + "6162636282"
    assert len(commands) == 2


def test_a_script_may_have_no_announced_length():
    answer, _ = compact("AE80" + "220700A40004023F00" + "0000")
    assert answer == "af80" + "800101" + "23029000" + "0000"


def test_an_error_ends_an_expanded_script():
    answer, commands = compact("AA12" + "220700A40004023F00" * 2, (b"", SW.FILE_NOT_FOUND))
    assert (answer, len(commands)) == ("ab07" + "800101" + "23026a82", 1)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ("AA0422070000", "ab06" + "800100" + "900102"),
        ("AE80220000", "af80" + "800100" + "900102" + "0000"),
        ("AE22", "af80" + "800100" + "900102" + "0000"),
        ("AA0481020000", "ab06" + "800100" + "900101"),
        ("AA0422020000", "ab07" + "800101" + "23026700"),
    ],
)
def test_what_is_no_script_is_told(script, answer):
    assert compact(script)[0] == answer


def test_what_follows_a_command_that_asks_for_data_is_done_too():
    assert compact("00B0000002" + "00D60000 01 AA", (b"xy", SW.OK))[1] == [
        "00b0000002", "00d6000001aa",
    ]  # fmt: skip
