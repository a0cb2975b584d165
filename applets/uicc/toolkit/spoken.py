"""Proactive commands as text: one command in each line.

display-text "Hello"
get-input "Your name?" 1 20
select-item "Which one?" "The first" "The second"
D009810301010482028182
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from . import commands
from .codes import Event
from .commands import ProactiveCommand, read_command

Words = Sequence[str]


def _numbered(texts: Words) -> list[tuple[int, str]]:
    return list(enumerate(texts, 1))


_MAKERS: dict[str, Callable[[Words], ProactiveCommand]] = {
    "display-text": lambda words: commands.display_text(*words[:1]),
    "get-inkey": lambda words: commands.get_inkey(*words[:1]),
    "get-input": lambda words: commands.get_input(words[0], *map(int, words[1:3])),
    "select-item": lambda words: commands.select_item(words[0], _numbered(words[1:])),
    "set-up-menu": lambda words: commands.set_up_menu(words[0], _numbered(words[1:])),
    "set-up-event-list": lambda words: commands.set_up_event_list(
        *(Event[word.upper().replace("-", "_")] for word in words)
    ),
    "set-up-idle-mode-text": lambda words: commands.set_up_idle_mode_text(words[0]),
    "set-up-call": lambda words: commands.set_up_call(*words[:2]),
    "launch-browser": lambda words: commands.launch_browser(*words[:2]),
    "provide-local-information": lambda words: commands.provide_local_information(
        *map(int, words[:1])
    ),
    "poll-interval": lambda words: commands.poll_interval(int(words[0])),
    "play-tone": lambda words: commands.play_tone(title="".join(words[:1])),
    "timer": lambda words: commands.timer_management(
        int(words[0]), int(words[1]) if words[1:] else None
    ),
    "refresh": lambda words: commands.refresh(*map(int, words[:1])),
    "more-time": lambda _words: commands.more_time(),
}
NAMES = tuple(_MAKERS)
_WORDS = {
    "display-text": "TEXT",
    "get-inkey": "TEXT",
    "get-input": "TEXT [SHORTEST LONGEST]",
    "select-item": "TITLE ITEM...",
    "set-up-menu": "TITLE ITEM...",
    "set-up-event-list": "EVENT..., such as call-connected",
    "set-up-idle-mode-text": "TEXT",
    "set-up-call": "NUMBER [TITLE]",
    "launch-browser": "ADDRESS [TITLE]",
    "provide-local-information": "[NUMBER]",
    "poll-interval": "SECONDS",
    "play-tone": "[TITLE]",
    "timer": "TIMER [SECONDS]",
    "refresh": "[NUMBER]",
    "more-time": "nothing else",
}
"""The arguments of each command name."""


def spoken(words: Words) -> ProactiveCommand:
    """Parse the words of a command; ValueError lists the accepted ones."""
    if not words:
        raise ValueError(f"a command is one of {', '.join(NAMES)}, or hexadecimal")
    maker = _MAKERS.get(words[0].lower())
    if maker is None:
        return _from_digits("".join(words))
    try:
        return maker(words[1:])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{words[0]} needs {_WORDS[words[0].lower()]}") from error


def _from_digits(digits: str) -> ProactiveCommand:
    try:
        return read_command(bytes.fromhex(digits))
    except ValueError as error:
        raise ValueError(f"a command is one of {', '.join(NAMES)}, or hexadecimal") from error


def script(text: str) -> Iterator[ProactiveCommand]:
    """Parse the commands of a file, one in each line; # begins a comment."""
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield spoken(words)
