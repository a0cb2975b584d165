"""Faults of a card as text, for the command line and configuration files.

One fault a text: an occasion with conditions, a colon, what happens.

    ins=20:mute                      every VERIFY
    ins=20,nth=3:status=6F00         the third one
    ins=20,nth=2,count=5:oversize=70000
    00 A4 ...:delay=2                a pattern (see vcard.doubles.pattern)
    ...:hostile                      every command
    ins=B0:cut=1      ins=20:remove      ins=20:reset      ins=CA:answer=61
    power-up,nth=2:mute              the second power-up; `power-up=cold`, `power-up=warm`
    power-up=warm:answer=3B 00       another ATR at a warm reset
    pps:refuse                       the card does not answer the PPS request; `pps:answer=FF 00 FF`
    block=3:raw=00 82 00 82          what the card sends for the third block; also mute, cut, delay
    write=2:tear=after               the second memory write (before or after it)
    atr=3B 00                        another ATR at each power-up; `atr=` is none at all
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..contact import Unit
from .faults import Faults
from .numbers import octet, seconds, status, whole
from .trigger import Trigger

MOST_BYTES = 1 << 20
SHOWN, LONGEST = 60, 300
"""Characters of a fault, and of what is wrong with it, in a message."""
BELOW_APDU = frozenset(unit.value for unit in Unit)
"""Occasions that only a reader has which exchanges blocks or characters with its card."""
OCCASIONS = ("ins", "power-up", *sorted(BELOW_APDU), "write")
COUNTS = ("nth", "count")


def parse(text: str, faults: Faults) -> None:
    """Add the fault that `text` describes; ValueError says what is wrong with it."""
    try:
        _parse(text, faults)
    except ValueError as error:
        raise ValueError(f"the fault {text[:SHOWN]!r}: {str(error)[:LONGEST]}") from error


def occasion(text: str) -> str:
    """The first word of a fault: what it is about."""
    return text.partition(":")[0].partition(",")[0].partition("=")[0].strip()


def split(text: str) -> tuple[dict[str, str], str, str]:
    """A fault's conditions, what happens, and its value; ValueError where no effect is named."""
    where, _, what = text.partition(":")
    name, _, value = what.strip().partition("=")
    pairs = (part.strip().partition("=") for part in where.split(","))
    return {key: given for key, _, given in pairs}, name, value


def numbers(conditions: Mapping[str, str]) -> tuple[int, int | None]:
    """`nth` and `count` (None: without end); ValueError if one is no positive whole number."""
    if not conditions.keys() & {*COUNTS}:
        return 1, None
    first = whole("nth", conditions.get("nth", "1"), 1)
    return first, whole("count", conditions.get("count", "1"), 1)


def _parse(text: str, faults: Faults) -> None:
    if ":" not in text and text.startswith("atr="):
        faults.change_atr(bytes.fromhex(text[4:]))
        return
    conditions, name, value = split(text)
    if "write" in conditions:
        if name != "tear":
            raise ValueError("a write can only be torn (write=N:tear=before|after)")
        faults.on_write(whole("write", conditions["write"], 1)).tear(value or "before")
        return
    about = next((one for one in OCCASIONS if one in conditions), "pattern")
    effects = _ALLOWED.get(about, _EFFECTS)
    if name not in effects:
        raise ValueError(f"{name!r} is none of {', '.join(effects)}")
    trigger = _trigger(about, conditions, faults)
    first, count = numbers(conditions)
    if count is not None:
        trigger.nth(first, count=count)
    effects[name](trigger, value)


def _trigger(about: str, conditions: Mapping[str, str], faults: Faults) -> Trigger:
    given = conditions.get(about, "")
    others = [key for key in conditions if key not in {about, *COUNTS}]
    if about == "power-up":
        _only(others)
        return faults.on_power_up(warm=_warm(given))
    if about in BELOW_APDU:
        _only(others)
        trigger = faults.on_line(Unit(about))
        return trigger.nth(whole(about, given, 1)) if given else trigger
    if about == "ins":
        _only(others)
        return faults.on(ins=octet("ins", given))
    if not any(others):
        raise ValueError(f"no occasion: a pattern (... is every command), {', '.join(OCCASIONS)}")
    if len(others) != 1 or conditions[others[0]]:
        raise ValueError(f"{others[-1]!r} is none of {', '.join((*OCCASIONS, *COUNTS))}")
    return faults.on(others[0])


def _only(others: list[str]) -> None:
    if others:
        raise ValueError(f"{others[0]!r} is none of {', '.join(COUNTS)}")


def _warm(text: str) -> bool | None:
    if text not in ("", "cold", "warm"):
        raise ValueError(f"a power-up is cold or warm, not {text!r}")
    return text == "warm" if text else None


Build = Callable[[Trigger, str], Trigger]

_EFFECTS: dict[str, Build] = {
    "mute": lambda trigger, _: trigger.mute(),
    "delay": lambda trigger, value: trigger.delay(seconds("delay", value)),
    "status": lambda trigger, value: trigger.status(status(value)),
    "answer": lambda trigger, value: trigger.answer(bytes.fromhex(value)),
    "cut": lambda trigger, value: trigger.cut(whole("cut", value, 0)),
    "oversize": lambda trigger, value: trigger.oversize(
        whole("oversize", value or "70000", 0, MOST_BYTES)
    ),
    "hostile": lambda trigger, _: trigger.hostile(),
    "remove": lambda trigger, _: trigger.remove(),
    "reset": lambda trigger, _: trigger.reset(),
}
"""The faults at a command."""


def _some(*names: str, **others: str) -> dict[str, Build]:
    """Some of the effects, and others that are the same under a name of their own."""
    return {name: _EFFECTS[name] for name in names} | {
        name: _EFFECTS[same] for name, same in others.items()
    }


_ALLOWED: dict[str, dict[str, Build]] = {
    "power-up": _some("mute", "answer", "remove"),
    "pps": _some("mute", "answer", "cut", refuse="mute"),
    "block": _some("mute", "answer", "cut", "delay", "hostile", "remove", raw="answer"),
}
"""The faults at another occasion."""
