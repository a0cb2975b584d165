"""One profile element: its type, its identification, whether it is mandatory.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.1 (PEHeader).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .node import Node, automatic, component, fields, identifier, integer, malformed, read
from .status import PackageError
from .templates import BY_NUMBER

HEADER, FILES, PINS, PUKS, AKA, CDMA, SECURITY_DOMAIN, RFM = range(8)
APPLICATION, NON_STANDARD, END = 8, 9, 10
NAMES = {
    HEADER: "header",
    FILES: "genericFileManagement",
    PINS: "pinCodes",
    PUKS: "pukCodes",
    AKA: "akaParameter",
    CDMA: "cdmaParameter",
    SECURITY_DOMAIN: "securityDomain",
    RFM: "rfm",
    APPLICATION: "application",
    NON_STANDARD: "nonStandard",
    END: "end",
    **{number: kindred.name for number, kindred in BY_NUMBER.items()},
}
"""The known elements by tag number, with their names in the ASN.1 module."""

_PE_HEADER = automatic("mandated", "identification")
_MOST = 32767


@dataclass(frozen=True, slots=True)
class Element:
    """A profile element; offsets in `node` count from its tag."""

    number: int
    node: Node
    raw: bytes
    identification: int | None = None
    mandated: bool = False

    @property
    def name(self) -> str:
        """The name in the ASN.1 module."""
        return NAMES.get(self.number, f"element {self.number}")

    @property
    def template(self) -> str:
        """The identifier of the template; empty if there is none."""
        if self.number not in BY_NUMBER:
            return ""
        first = next(iter(self.components()), None)
        return identifier(first) if first is not None and first.component == 1 else ""

    def components(self) -> list[Node]:
        """The components after the header."""
        return self.node.children[1:]


def elements(raw: bytes) -> Iterator[Element]:
    """Read the elements of a package in order; PackageError at invalid data."""
    offset = 0
    while offset < len(raw):
        number, own = _next(raw, offset)
        yield _element(number, read(own, 0), own)
        offset += len(own)


def _next(raw: bytes, offset: int) -> tuple[int, bytes]:
    """Read the number and the bytes of the element at an offset."""
    try:
        outer = read(raw, offset)
        number = component(outer.tag)
        if number is None:
            raise malformed(f"tag {outer.tag:X} is no profile element", offset)
    except PackageError as error:
        raise error.within(None, "package") from None
    return number, raw[offset : outer.body + len(outer.value)]


def _element(number: int, node: Node, raw: bytes) -> Element:
    if number == HEADER:
        return Element(number, node, raw, mandated=True)
    try:
        identification, mandated = _pe_header(node)
    except PackageError as error:
        raise error.within(None, NAMES.get(number, f"element {number}")) from None
    return Element(number, node, raw, identification, mandated)


def _pe_header(node: Node) -> tuple[int, bool]:
    if not node.value or node.value[0] != 0xA0:
        raise malformed("the header of the element is missing", node.start)
    header = read(node.value, 0, node.body)
    found, _ = fields(header, _PE_HEADER, ["identification"])
    return integer(found["identification"], _MOST), "mandated" in found
