"""OpenPGP cards made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from dataclasses import replace

from applets.shared.options import ATR, TOUCH, Options
from vcard import Card, Memory

from . import kind
from .codes import USER_SLOTS, Tag
from .openpgp import OpenPgp
from .persona import PERSONAS, Persona


def create(memory: Memory | None, options: Options) -> Card:
    """Make an OpenPGP card; `demo` gives a blank one keys and a cardholder.

    The options are those of applets.openpgp.kind. ValueError for a wrong option.
    """
    blank = memory is None or f"{OpenPgp.section}/serial" not in memory
    make = OpenPgp.demo if kind.DEMO.of(options) and blank else OpenPgp
    objects: dict[int, bytes] = {}
    if kind.NAME.given(options):
        objects[Tag.NAME] = kind.NAME.of(options).encode()
    tries = kind.PIN_TRIES.of(options), 3, kind.ADMIN_TRIES.of(options)
    card = make(
        algorithms={slot: kind.SLOTS[slot.name].of(options) for slot in USER_SLOTS},
        objects=objects,
        pin=kind.PIN.of(options),
        admin_pin=kind.ADMIN_PIN.of(options),
        resetting_code=kind.RESETTING_CODE.of(options),
        tries=tries,
        serial=kind.SERIAL.of(options),
        persona=_persona(options),
        touch=TOUCH.of(options)(),
    )
    return card.on_card(memory, ATR.of(options))


def _persona(options: Options) -> Persona:
    persona = PERSONAS[kind.IDENTITY.of(options)]
    changes: dict[str, object] = {"version": kind.VERSION.of(options)}
    if kind.MANUFACTURER.given(options):
        changes["manufacturer"] = kind.MANUFACTURER.of(options)
    if kind.UIF.given(options) and not kind.UIF.of(options):
        changes["uif"] = frozenset[int]()
    changes["kdf_sets_passwords"] = kind.KDF.of(options) == "apply"
    if kind.KDF.of(options) == "none":
        changes["flags"] = persona.flags & ~1
    return replace(persona, **changes)  # type: ignore[arg-type]  # fields of Persona, by name
