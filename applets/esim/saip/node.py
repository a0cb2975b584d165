"""Data objects of a package with their offsets, and their values.

Values are checked against the ASN.1 module here, so that an error has an offset. Each function
raises PackageError: invalid-request-format if the DER does not follow the module, bad-values if a
value is out of range.
Spec: ITU-T X.690 (DER); the module has automatic tags, so a component's tag is its number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applets.shared.der import number
from vcard.tlv import read_length, read_tag

from .status import PackageError, Status

OCTETS, INTEGER, OID, SEQUENCE = 0x04, 0x02, 0x06, 0x30
DEEPEST = 16
"""Deepest nesting that is read; the module needs less."""


def malformed(text: str, offset: int | None) -> PackageError:
    """Make the error for data that do not follow the ASN.1 module."""
    return PackageError(Status.INVALID_REQUEST_FORMAT, text, offset)


def bad(text: str, offset: int | None) -> PackageError:
    """Make the error for an invalid value."""
    return PackageError(Status.BAD_VALUES, text, offset)


class Node:
    """One data object. `start` and `body` are the offsets of its tag and of its value."""

    __slots__ = ("body", "depth", "start", "tag", "value")

    def __init__(self, tag: int, value: bytes, start: int, body: int, depth: int) -> None:
        self.tag, self.value = tag, value
        self.start, self.body, self.depth = start, body, depth

    @property
    def children(self) -> list[Node]:
        """The data objects inside."""
        if self.depth > DEEPEST:
            raise malformed("data objects lie too deep in each other", self.start)
        found, offset, end = [], 0, len(self.value)
        while offset < end:
            child = read(self.value, offset, self.body, self.depth + 1)
            found.append(child)
            offset = child.body - self.body + len(child.value)
        return found

    @property
    def component(self) -> int | None:
        """The number of a context tag; None for another tag."""
        return component(self.tag)


def read(raw: bytes, offset: int, before: int = 0, depth: int = 0) -> Node:
    """Read the data object at an offset; `before` bytes precede `raw`."""
    try:
        tag, at = read_tag(raw, offset)
        length, at = read_length(raw, at)
    except ValueError as error:
        raise malformed(f"no data object: {error}", before + offset) from None
    value = raw[at : at + length]
    if len(value) < length:
        raise malformed(f"{length} bytes announced, {len(value)} there", before + offset)
    return Node(tag, value, before + offset, before + at, depth)


def component(tag: int) -> int | None:
    """The number of a context tag of one or two bytes; None for any other."""
    first, low = (tag, tag & 0x1F) if tag < 0x100 else (tag >> 8, tag & 0x7F)
    return low if first & 0xC0 == 0x80 and tag < 0x10000 else None


def fields(
    node: Node, known: Mapping[int, str], needed: Collection[str] = ()
) -> tuple[dict[str, Node], list[Node]]:
    """Read the components of a SEQUENCE by name; also return unknown components."""
    found: dict[str, Node] = {}
    others: list[Node] = []
    for child in node.children:
        name = known.get(child.tag)
        if name is None:
            others.append(child)
        elif name in found:
            raise malformed(f"{name} occurs twice", child.start)
        else:
            found[name] = child
    for name in needed:
        if name not in found:
            raise malformed(f"{name} is missing", node.start)
    return found, others


def automatic(*names: str, constructed: Collection[str] = ()) -> dict[int, str]:
    """The automatic tags of components, by their order."""
    return {_tag(place, name in constructed): name for place, name in enumerate(names)}


def _tag(place: int, constructed: bool) -> int:  # noqa: FBT001 - the bit that it becomes
    first = 0xA0 if constructed else 0x80
    return first | place if place < 0x1F else (first | 0x1F) << 8 | place


def octets(node: Node, least: int = 0, most: int | None = None) -> bytes:
    """Read an OCTET STRING with a length in this range."""
    size = len(node.value)
    if size < least or (most is not None and size > most):
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise bad(f"{wanted} bytes are needed, {size} are there", node.start)
    return node.value


def integer(node: Node, most: int, least: int = 0) -> int:
    """Read an INTEGER in this range."""
    try:
        value = number(node.value)
    except ValueError as error:
        raise malformed(str(error), node.start) from None
    if not least <= value <= most:
        raise bad(f"{value} is not from {least} to {most}", node.start)
    return value


def identifier(node: Node) -> str:
    """Read an OBJECT IDENTIFIER as dotted text."""
    if not node.value or node.value[-1] & 0x80:
        raise malformed("an object identifier is cut short", node.start)
    arcs = [0]
    for byte in node.value:
        arcs[-1] = arcs[-1] << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(0)
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:-1])))


def utf8(node: Node) -> str:
    """Read a UTF8String; invalid UTF-8 is replaced."""
    return node.value.decode("utf-8", "replace")


def items(node: Node, tag: int) -> Iterator[Node]:
    """Read the members of a SEQUENCE OF a type with this tag."""
    for child in node.children:
        if child.tag != tag:
            raise malformed(f"tag {child.tag:X} where {tag:X} is expected", child.start)
        yield child
