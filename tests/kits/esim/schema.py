"""The ASN.1 of profile packages for asn1tools, in tests that make packages.

Elements that are built from templates share one type, whose fields have numbers instead of names
(see applets.esim.saip.templates). Tags follow from the order, as the module has automatic tags; a
CHOICE with a tag of its own has none of these. What a SEQUENCE OF holds is always an extensible
CHOICE. The card parses packages with its own code; this is an independent second implementation.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8 (elements).
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, Protocol, cast

from applets.esim.saip.templates import BY_NUMBER
from applets.esim.saip.templates.rows import rows

TEMPLATED = tuple(BY_NUMBER)
OCTETS, INTEGER, NULL = "OCTET STRING", "INTEGER", "NULL"

Node = dict[str, Any]
_MORE = None
"""The extension marker."""


def _a(name: str, kind: str | Node, tag: int | None = None, **more: Any) -> Node:
    """A component: `tag` is its context tag; `optional`, `default` or `of` (a class) in `more`."""
    found = {"name": name, **({"type": kind} if isinstance(kind, str) else kind)}
    if tag is not None:
        found["tag"] = {"number": tag} | ({"class": more.pop("of")} if "of" in more else {})
    return found | more


def _maybe(name: str, kind: str | Node, tag: int | None = None, **more: Any) -> Node:
    return _a(name, kind, tag, optional=True, **more)


def _sequence(*members: Node | None) -> Node:
    return {"type": "SEQUENCE", "members": list(members)}


def _choice(*members: Node | None) -> Node:
    return {"type": "CHOICE", "members": list(members)}


def _many(*members: Node) -> Node:
    """A SEQUENCE OF what is one of these, or unknown."""
    return {"type": "SEQUENCE OF", "element": _choice(*members, _MORE)}


def _list(kind: str) -> Node:
    return _many(_a("one", kind), _a("never", NULL, 30, of="PRIVATE"))


def _element(*members: Node | None) -> Node:
    """A profile element: what all of them begin with, which the library needs as a new object."""
    return _sequence(_a("common", "Common"), *members)


_TYPES = {
    "Element": _choice(
        _a("header", "Header", 0),
        _a("files", "Files1", 1),
        _a("pins", "Pins", 2),
        _a("puks", "Puks", 3),
        _a("aka", "Aka", 4),
        *(_a(f"t{number}", f"T{number}", number) for number in TEMPLATED),
    ),
    "Common": _sequence(_maybe("mandated", NULL), _a("identification", INTEGER), _MORE),
    "Header": _sequence(
        _a("major", INTEGER),
        _a("minor", INTEGER),
        _maybe("kind", "UTF8String"),
        _a("iccid", OCTETS),
        _MORE,
    ),
    "Proprietary": _sequence(
        _maybe("special", OCTETS, 0, of="PRIVATE"),
        _maybe("fill", OCTETS, 1, of="PRIVATE"),
        _maybe("repeat", OCTETS, 2, of="PRIVATE"),
        _maybe("limit", OCTETS, 6),
        _maybe("details", OCTETS, 4),
        _MORE,
    ),
    "Fcp": _sequence(
        _maybe("descriptor", OCTETS, 2),
        _maybe("fid", OCTETS, 3),
        _maybe("aid", OCTETS, 4),
        _maybe("lifecycle", OCTETS, 10),
        _maybe("rule", OCTETS, 11),
        _maybe("size", OCTETS, 0),
        _maybe("pins", OCTETS, 6, of="PRIVATE"),
        _maybe("sfi", OCTETS, 8),
        _maybe("proprietary", "Proprietary", 5),
        _maybe("link", OCTETS, 7, of="PRIVATE"),
        _MORE,
    ),
    "File": _many(
        _a("absent", NULL), _a("fcp", "Fcp"), _a("offset", INTEGER), _a("content", OCTETS)
    ),
    "Files1": _element(_a("commands", _list("Command"))),
    "Command": _many(
        _a("path", OCTETS, 0),
        _a("fcp", "Fcp", 2, of="APPLICATION"),
        _a("offset", INTEGER),
        _a("content", OCTETS, 1),
    ),
    "Pins": _element(_a("codes", _choice(_a("own", _list("Pin")), _a("shared", OCTETS)))),
    "Pin": _sequence(
        _a("reference", INTEGER),
        _a("value", OCTETS),
        _maybe("puk", INTEGER),
        _a("attributes", INTEGER, default=7),
        _a("tries", INTEGER, default=0x33),
    ),
    "Puks": _element(_a("codes", _list("Puk"))),
    "Puk": _sequence(
        _a("reference", INTEGER), _a("value", OCTETS), _a("tries", INTEGER, default=0xAA)
    ),
    "Aka": _element(
        _a("configuration", _choice(_a("mapping", "Mapping"), _a("own", "Own"))),
        _maybe("rules", OCTETS),
        _maybe("jump", OCTETS),
        _maybe("age", OCTETS),
        _maybe("sqn", _list(OCTETS)),
        _MORE,
    ),
    "Mapping": _sequence(_a("options", OCTETS), _a("source", OCTETS)),
    "Own": _sequence(
        _a("algorithm", INTEGER),
        _a("options", OCTETS),
        _a("key", OCTETS),
        _a("opc", OCTETS),
        _maybe("rotations", OCTETS),
        _maybe("constants", OCTETS),
        _maybe("counter", OCTETS),
        _a("iterations", INTEGER, default=1),
    ),
}


class Codec(Protocol):
    """The part of a compiled schema that is used."""

    def decode(self, name: str, data: bytes) -> Any:
        """A value of the named type from DER."""

    def encode(self, name: str, data: Any) -> bytes:
        """A value of the named type as DER."""


def _templated(number: int) -> Node:
    """An element that is built from templates: a field for each."""
    fields = (_maybe(f"f{index}", "File") for index in range(len(rows(BY_NUMBER[number].rows))))
    return _element(_a("template", "OBJECT IDENTIFIER"), *fields, _MORE)


@cache
def codec() -> Codec:
    """The compiled schema; made once in a process, when the first package comes."""
    import asn1tools  # type: ignore[import-untyped] # it has no types

    types = deepcopy(_TYPES) | {f"T{number}": _templated(number) for number in TEMPLATED}
    module = {
        "extensibility-implied": False,
        "imports": {},
        "object-classes": {},
        "object-sets": {},
        "tags": "AUTOMATIC",
        "types": types,
        "values": {},
    }
    return cast(Codec, asn1tools.compile_dict({"Saip": module}, "der"))
