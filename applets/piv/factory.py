"""PIV cards made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from vcard import Card, Memory

from .codes import Algorithm, Slot
from .issuing import DEMO_KEYS, FIRST_DAY, LAST_DAY, Issuer
from .piv import Piv
from .schemes import SCHEMES
from .state import DEFAULT_PIN, DEFAULT_PUK

SLOTS = {slot.name.lower().replace("_", "-"): slot for slot in DEMO_KEYS}
"""The options that choose the algorithm of a slot: `authentication=P-384`."""

KNOWN = (
    *("demo", "subject", "identity", "atr", "not-before", "not-after", "without-key"),
    *("pin", "puk", "global-pin", "pairing-code", "pin-tries", "puk-tries"),
    *("ca-certificate", "ca-key"),
    *SLOTS,
)


def create(memory: Memory | None, options: Mapping[str, str]) -> Card:
    """A PIV card; with `demo`, `subject` or a CA's PEM it is personalised.

    Dates are YYYY-MM-DD; `without-key` names a slot (9A) that has a certificate but no key.
    ValueError says what is wrong with an option.
    """
    unknown = sorted(options.keys() - set(KNOWN))
    if unknown:
        raise ValueError(f"the card 'piv' has no option {unknown[0]!r}; it has {', '.join(KNOWN)}")
    return _piv(memory, options).on_card(memory, _atr(options))


def _piv(memory: Memory | None, options: Mapping[str, str]) -> Piv:
    chosen = {
        "pin": options.get("pin", DEFAULT_PIN),
        "puk": options.get("puk", DEFAULT_PUK),
        "global_pin": options.get("global-pin"),
        "pairing_code": options.get("pairing-code"),
        "identity": options.get("identity", "nist"),
    }
    tries = {
        name.replace("-", "_"): _number(name, options[name])
        for name in ("pin-tries", "puk-tries")
        if name in options
    }
    wanted = {"demo", "subject", "ca-certificate", *SLOTS} & options.keys()
    blank = memory is None or f"{Piv.section}/serial" not in memory
    equipment = _equipment(options) if wanted and blank else {}
    return Piv(**equipment, **chosen, **tries)  # type: ignore[arg-type] # options by name


def _equipment(options: Mapping[str, str]) -> dict[str, object]:
    """Keys, certificates and the signer of a personalised card, as Piv takes them."""
    algorithms = dict(DEMO_KEYS)
    for name, slot in SLOTS.items():
        if name in options:
            algorithms[slot] = _algorithm(name, options[name])
    issuer = _issuer(options)
    keys, certificates = issuer.equip(
        options.get("subject", "Alice Example"),
        algorithms,
        not_before=_day("not-before", options, FIRST_DAY),
        not_after=_day("not-after", options, LAST_DAY),
    )
    if "without-key" in options:
        keys.pop(_slot(options["without-key"]), None)
    return {"keys": keys, "certificates": certificates, "signer": issuer.content_signer()}


def _issuer(options: Mapping[str, str]) -> Issuer:
    if "ca-certificate" not in options:
        return Issuer.create()
    return Issuer.load(options["ca-certificate"].encode(), options.get("ca-key", "").encode())


def _atr(options: Mapping[str, str]) -> bytes | None:
    if "atr" not in options:
        return None
    try:
        atr = bytes.fromhex(options["atr"])
    except ValueError:
        raise ValueError("the option atr is not hexadecimal") from None
    if not 2 <= len(atr) <= 33:
        raise ValueError(f"an ATR has 2..33 bytes, not {len(atr)}")
    return atr


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{name} is a number, not {text!r}")
    return int(text)


def _algorithm(name: str, text: str) -> Algorithm:
    names = {a.name.replace("_", ""): a for a in SCHEMES}
    found = names.get(text.upper().replace("-", "").replace("_", ""))
    if found is None:
        raise ValueError(f"{name} is one of {', '.join(a.name for a in SCHEMES)}, not {text!r}")
    return found


def _slot(text: str) -> Slot:
    try:
        return Slot(int(text, 16))
    except ValueError:
        raise ValueError(f"without-key is a slot in hexadecimal (9A), not {text!r}") from None


def _day(name: str, options: Mapping[str, str], default: datetime) -> datetime:
    if name not in options:
        return default
    try:
        return datetime.strptime(options[name], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{name} is a day (2024-12-31), not {options[name]!r}") from None
