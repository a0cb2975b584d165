"""The state of a reader's keypad and display, as `vcard list` and the panel show it."""

from __future__ import annotations

from typing import Any

from readers.ccid.pin_request import Prompt
from readers.pinpad.pinpad import Pinpad

PROMPTS = {Prompt.ENTER: "the PIN", Prompt.NEW: "the new PIN", Prompt.CONFIRM: "the new PIN again"}


def entry_state(pinpad: Pinpad) -> dict[str, Any]:
    """The lines on the display, whether an entry waits for keys, and for which."""
    return {
        "display": "\n".join(pinpad.display),
        "waiting": pinpad.waiting,
        "asking": _asking(pinpad),
    }


def _asking(pinpad: Pinpad) -> dict[str, Any] | None:
    """The prompt under way; None without an entry."""
    told = pinpad.asking
    if told is None:
        return None
    step, steps, prompt, digits = told
    return {"step": step, "steps": steps, "what": PROMPTS[prompt], "digits": digits}
