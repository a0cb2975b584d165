"""Faults as text, for the command line and configuration files.

One fault a text: conditions, a colon, what happens.

    ins=20:mute                      every VERIFY
    ins=20,nth=3:status=6F00         the third one
    ins=20,nth=2,count=5:oversize=70000
    00 A4 ...:delay=2                a pattern (see vcard.pattern)
    ...:hostile                      every command
    ins=B0:cut=1      ins=20:remove      ins=20:reset      ins=CA:answer=61
    write=2:tear=after               the second memory write (before or after it)
    atr=3B 00                        another ATR
"""

from __future__ import annotations

from collections.abc import Callable

from .faults import Faults, Trigger


def parse(text: str, faults: Faults) -> None:
    """Add the fault that `text` describes; ValueError says what is wrong with it."""
    try:
        _parse(text, faults)
    except ValueError as error:
        raise ValueError(f"the fault {text!r}: {error}") from error


def _parse(text: str, faults: Faults) -> None:
    where, colon, what = text.partition(":")
    if not colon and where.startswith("atr="):
        faults.change_atr(bytes.fromhex(where[4:]))
        return
    name, _, value = what.strip().partition("=")
    conditions = dict(
        part.strip().split("=", 1) if "=" in part else ["pattern", part]
        for part in where.split(",")
    )
    if "write" in conditions:
        if name != "tear":
            raise ValueError("a write can only be torn (write=N:tear=before|after)")
        faults.on_write(_whole("write", conditions["write"], 1)).tear(value or "before")
        return
    build = _EFFECTS.get(name)
    if build is None:
        raise ValueError(f"{name!r} is none of {', '.join(_EFFECTS)}")
    build(_trigger(conditions, faults), value)


def _trigger(conditions: dict[str, str], faults: Faults) -> Trigger:
    unknown = conditions.keys() - {"ins", "pattern", "nth", "count"}
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is none of ins, nth, count, write")
    ins = int(conditions["ins"], 16) if "ins" in conditions else None
    trigger = faults.on(conditions.get("pattern", "..."), ins=ins)
    if "nth" in conditions or "count" in conditions:
        count = conditions.get("count")
        first = _whole("nth", conditions.get("nth", "1"), 1)
        trigger.nth(first, count=_whole("count", count, 1) if count else 1)
    return trigger


MOST_BYTES = 1 << 20
LONGEST_S = 86_400.0


def _whole(name: str, text: str, least: int, most: int = 1_000_000_000) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= LONGEST_S:  # so not a number (nan) is refused as well
        raise ValueError(f"delay is 0 to {LONGEST_S:.0f} seconds, not {text!r}")
    return found


_EFFECTS: dict[str, Callable[[Trigger, str], Trigger]] = {
    "mute": lambda trigger, _: trigger.mute(),
    "delay": lambda trigger, value: trigger.delay(_seconds(value)),
    "status": lambda trigger, value: trigger.status(int(value, 16)),
    "answer": lambda trigger, value: trigger.answer(bytes.fromhex(value)),
    "cut": lambda trigger, value: trigger.cut(_whole("cut", value, 0)),
    "oversize": lambda trigger, value: trigger.oversize(
        _whole("oversize", value or "70000", 0, MOST_BYTES)
    ),
    "hostile": lambda trigger, _: trigger.hostile(),
    "remove": lambda trigger, _: trigger.remove(),
    "reset": lambda trigger, _: trigger.reset(),
}
