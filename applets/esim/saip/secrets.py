"""PINs and PUKs of a package.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.4; ETSI TS 102 221,
9.5.1 (key references).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from applets.shared.file_system.tree import Path
from applets.uicc.pins import PinSpec

from .element import Element
from .fcp import path_of
from .node import SEQUENCE, Node, automatic, bad, fields, integer, items, malformed, octets

GLOBAL = frozenset((*range(0x01, 0x09), *range(0x0A, 0x0F)))
LOCAL = frozenset(reference | 0x80 for reference in GLOBAL)
_PUKS = frozenset((*range(0x01, 0x09), *range(0x81, 0x89)))
_PIN = automatic("reference", "value", "puk", "attributes", "tries")
_PUK = automatic("reference", "value", "tries")
_SIZE = 8
ENABLED = 0x01
"""Bit of pinAttributes: the PIN is on."""


@dataclass(frozen=True, slots=True)
class Puk:
    """A PUK: value, maximum and remaining tries."""

    value: bytes = field(repr=False)
    tries: int
    left: int


@dataclass(frozen=True, slots=True)
class OwnPin:
    """A PIN, the reference of its PUK (0: none), and the place of that reference."""

    spec: PinSpec
    puk: int
    at: int
    where: tuple[int | None, str] = (None, "")


def read_pins(element: Element, df: Path) -> list[OwnPin] | Path:
    """Read the PINs of a directory, or the path of the directory that shares its PINs."""
    choice = _chosen(element)
    if choice.tag == 0x81:
        return path_of(octets(choice, 0, 8), choice.start)
    if choice.tag != 0xA0:
        raise malformed("PIN codes are a list or a path", choice.start)
    where = element.identification, element.name
    found = [replace(_pin(node, df), where=where) for node in items(choice, SEQUENCE)]
    references = [one.spec.reference for one in found]
    for place, one in enumerate(found):
        if references[place] in references[:place]:
            raise bad(f"PIN {references[place]:02X} occurs twice", one.at)
    return found


def _chosen(element: Element) -> Node:
    """The chosen alternative of the CHOICE in the first component."""
    outer = next(iter(element.components()), None)
    inner = None if outer is None or outer.tag != 0xA1 else next(iter(outer.children), None)
    if inner is None:
        raise malformed("the codes are missing", element.node.start)
    return inner


def _pin(node: Node, df: Path) -> OwnPin:
    found, _ = fields(node, _PIN, ["reference", "value"])
    reference = integer(found["reference"], 255)
    at = found["reference"].start
    known = GLOBAL if len(df) < 2 else LOCAL
    if reference not in known:
        kind = "global" if len(df) < 2 else "local"
        raise bad(f"{reference:02X} is no reference of a {kind} PIN", at)
    tries, left = _tries(found.get("tries"), 0x33)
    attributes = integer(found["attributes"], 255) if "attributes" in found else 7
    puk = integer(found["puk"], 255) if "puk" in found else 0
    spec = PinSpec(
        reference, octets(found["value"], _SIZE, _SIZE), tries, left=left,
        enabled=bool(attributes & ENABLED), adf=df if reference in LOCAL else (),
    )  # fmt: skip
    return OwnPin(spec, puk, found["puk"].start if puk else at)


def read_puks(element: Element) -> dict[int, Puk]:
    """Read the PUKs by reference."""
    outer = next(iter(element.components()), None)
    if outer is None or outer.tag != 0xA1:
        raise malformed("the codes are missing", element.node.start)
    puks: dict[int, Puk] = {}
    for node in items(outer, SEQUENCE):
        found, _ = fields(node, _PUK, ["reference", "value"])
        reference = integer(found["reference"], 255)
        if reference not in _PUKS or reference in puks:
            what = "occurs twice" if reference in puks else "is no reference"
            raise bad(f"PUK {reference:02X} {what}", node.start)
        puks[reference] = Puk(
            octets(found["value"], _SIZE, _SIZE), *_tries(found.get("tries"), 0xAA)
        )
    return puks


def _tries(node: Node | None, default: int) -> tuple[int, int]:
    """Maximum and remaining tries, a nibble each."""
    coded = default if node is None else integer(node, 255)
    tries = max(1, coded >> 4)
    return tries, min(tries, coded & 15)
