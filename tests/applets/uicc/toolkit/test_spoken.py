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
    "words",
    [[], ["sing"], ["D009"], ["get-input"], ["poll-interval", "x"], ["set-up-event-list", "x"]],
)
def test_other_words_are_an_error(words):
    with pytest.raises(ValueError, match=r"command|words"):
        spoken(words)


def test_a_script_has_a_command_a_line():
    text = '# a menu\nset-up-menu "My menu" One Two\n\nD009810301010482028182  # REFRESH\n'
    assert [one.name for one in script(text)] == ["SET UP MENU", "REFRESH"]
