import pytest

from applets.uicc.toolkit.spoken import NAMES, script, spoken

EXAMPLES = {
    "display-text": ["Hello"], "get-inkey": ["Key?"], "get-input": ["Name?", "1", "20"],
    "select-item": ["Which?", "A", "B"], "set-up-menu": ["Menu", "A"],
    "set-up-event-list": ["idle-screen"], "set-up-idle-mode-text": ["Idle"],
    "set-up-call": ["123", "Calling"], "launch-browser": ["http://a"],
    "provide-local-information": ["1"], "poll-interval": ["30"], "play-tone": ["Ring"],
    "timer": ["1", "60"], "refresh": [], "more-time": [],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_spoken(name):
    assert spoken([name, *EXAMPLES[name]]).name.lower().replace(" ", "-").startswith(name[:5])


def test_a_timer_without_a_time_ends():
    assert spoken(["timer", "2"]).qualifier == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "a command is one of display-text"),
        (["sing"], "a command is one of display-text"),
        (["D009"], "command"),
        (["display-text"], "display-text needs TEXT"),
        (["get-input"], "get-input needs TEXT"),
        (["poll-interval", "x"], "poll-interval needs SECONDS"),
        (["set-up-event-list", "x"], "set-up-event-list needs EVENT"),
    ],
)
def test_other_words_are_an_error(words, says):
    with pytest.raises(ValueError, match=says):
        spoken(words)


def test_a_script_has_a_command_a_line():
    text = '# a menu\nset-up-menu "My menu" One Two\n\nD009810301010482028182  # REFRESH\n'
    assert [one.name for one in script(text)] == ["SET UP MENU", "REFRESH"]
