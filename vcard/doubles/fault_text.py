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
        faults.on_write(int(conditions["write"])).tear(value or "before")
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
        trigger.nth(int(conditions.get("nth", "1")), count=int(count) if count else 1)
    return trigger


_EFFECTS: dict[str, Callable[[Trigger, str], Trigger]] = {
    "mute": lambda trigger, _: trigger.mute(),
    "delay": lambda trigger, value: trigger.delay(float(value)),
    "status": lambda trigger, value: trigger.status(int(value, 16)),
    "answer": lambda trigger, value: trigger.answer(bytes.fromhex(value)),
    "cut": lambda trigger, value: trigger.cut(int(value)),
    "oversize": lambda trigger, value: trigger.oversize(int(value or "70000")),
    "hostile": lambda trigger, _: trigger.hostile(),
    "remove": lambda trigger, _: trigger.remove(),
    "reset": lambda trigger, _: trigger.reset(),
}
