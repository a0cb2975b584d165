"""Security domains, remote management and applications of a package.

They are kept encoded and parsed on demand.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.6 to 8.8.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .element import Element
from .instances import Instance, read_instance
from .node import (
    OCTETS,
    SEQUENCE,
    Node,
    automatic,
    fields,
    identifier,
    items,
    malformed,
    octets,
)
from .status import PackageError, Status

_AID = 0x4F
ARAM = bytes.fromhex("A00000015141434C00")
_DOMAIN = automatic(
    "header", "instance", "keys", "personalisation", "open", "cat-tp",
    constructed=("header", "instance", "keys", "personalisation", "open", "cat-tp"),
)  # fmt: skip
_KEY = {
    0x95: "usage", 0x96: "access", 0x82: "identifier", 0x83: "version", 0x85: "counter",
    0x30: "components",
}  # fmt: skip
_ADF = automatic("aid", "access", "admin")
_COMPONENT = {0x80: "type", 0x86: "data", 0x87: "mac"}
_APPLICATION = automatic("header", "load", "instances", constructed=("header", "load", "instances"))
_NON_STANDARD = automatic("header", "issuer", "content", constructed=("header",))


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a security domain: version, identifier, usage, and type and value of each part.

    `counter` is its initial counter: that of packets, or of sessions.
    """

    version: int
    identifier: int
    usage: bytes
    parts: tuple[tuple[int, bytes], ...] = field(repr=False)
    counter: int = 0


@dataclass(frozen=True, slots=True)
class Domain:
    """A security domain: its installation parameters, keys and stored data."""

    instance: Instance
    keys: tuple[Key, ...]
    stored: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Rfm:
    """Remote file management: AIDs of instance and security domain, TARs, initial ADF.

    `card` and `inside` are the access domains of the card and of that ADF: for contents, and for
    administration.
    """

    aid: bytes
    domain: bytes
    tars: tuple[bytes, ...]
    security: int
    adf: bytes
    card: tuple[bytes, bytes]
    inside: tuple[bytes, bytes] = (b"", b"")


def read_domain(element: Element) -> Domain:
    """Parse a security domain."""
    found, _ = fields(element.node, _DOMAIN, ["instance"])
    keys = tuple(_key(node) for node in items(found["keys"], SEQUENCE)) if "keys" in found else ()
    stored = items(found["personalisation"], OCTETS) if "personalisation" in found else ()
    return Domain(read_instance(found["instance"]), keys, tuple(octets(one) for one in stored))


def _key(node: Node) -> Key:
    found, _ = fields(node, _KEY, ["usage", "identifier", "version", "components"])
    octets(found["usage"], 1, 2)
    parts = tuple(_component(one) for one in items(found["components"], SEQUENCE))
    version, number = (octets(found[name], 1, 1)[0] for name in ("version", "identifier"))
    counter = octets(found["counter"], 0, 5) if "counter" in found else b""
    return Key(version, number, found["usage"].value, parts, int.from_bytes(counter, "big"))


def _component(node: Node) -> tuple[int, bytes]:
    found, _ = fields(node, _COMPONENT, ["type", "data"])
    return int.from_bytes(octets(found["type"], 1, 2), "big"), octets(found["data"])


def read_rfm(element: Element) -> Rfm:
    """Parse remote file management; tag and order identify its components."""
    parts = element.components()
    aids = [octets(part, 5, 16) for part in parts if part.tag == _AID]
    tars = next((part for part in parts if part.tag == 0xA0), None)
    level = next((part for part in parts if part.tag == 0x81), None)
    access = [part for part in parts if part.tag == OCTETS]
    if not 1 <= len(aids) <= 2 or level is None or len(access) != 2:
        raise malformed("remote management has an AID, a level and two domains", element.node.start)
    adf = next((part for part in parts if part.tag == SEQUENCE), None)
    found = {} if adf is None else fields(adf, _ADF, _ADF.values())[0]
    return Rfm(
        aids[0],
        aids[1] if len(aids) > 1 else b"",
        tuple(octets(one, 3, 3) for one in items(tars, OCTETS)) if tars is not None else (),
        octets(level, 1, 1)[0],
        octets(found["aid"], 5, 16) if found else b"",
        (access[0].value, access[1].value),
        (found["access"].value, found["admin"].value) if found else (b"", b""),
    )


def read_application(element: Element) -> tuple[Instance, ...]:
    """Parse instances of the ARA-M, which the card has; code for it is skipped.

    PackageError for other applications: the card runs no code of a package (runtime-not-supported),
    and has no load package for their instances (pe-not-supported).
    """
    found, _ = fields(element.node, _APPLICATION)
    listed = items(found["instances"], SEQUENCE) if "instances" in found else ()
    made = tuple(read_instance(node) for node in listed)
    if made and all(one.aid == ARAM for one in made):
        return made
    if "load" in found:
        raise PackageError(
            Status.RUNTIME_NOT_SUPPORTED, "code of a package is not run", found["load"].start
        )
    raise PackageError(
        Status.PE_NOT_SUPPORTED, "there is no load package to make instances of", element.node.start
    )


def check_non_standard(element: Element) -> None:
    """Raise PackageError for a non-standard element: no issuer is known (pe-not-supported)."""
    found, _ = fields(element.node, _NON_STANDARD, ["issuer"])
    raise PackageError(
        Status.PE_NOT_SUPPORTED,
        f"elements of issuer {identifier(found['issuer'])} are not known",
        found["issuer"].start,
    )
