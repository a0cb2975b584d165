"""The header of a package: version, ICCID, and requirements for the card.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from applets.sim.digits import iccid_bytes

from ..services import Service, missing
from .node import (
    OID,
    SEQUENCE,
    Node,
    automatic,
    bad,
    fields,
    identifier,
    integer,
    items,
    malformed,
    octets,
    utf8,
)
from .status import PackageError, Status
from .templates import known

MAJOR_VERSIONS = (1, 2, 3)
"""Supported major versions of the format; templates up to 3.3.1 are known."""

_HEADER = automatic(
    "major-version", "minor-version", "profileType", "iccid", "pol", "eUICC-Mandatory-services",
    "eUICC-Mandatory-GFSTEList", "connectivityParameters", "eUICC-Mandatory-AIDs", "iotOptions",
    constructed=("eUICC-Mandatory-services", "eUICC-Mandatory-GFSTEList", "eUICC-Mandatory-AIDs",
                 "iotOptions"),
)  # fmt: skip
_IOT = automatic("pix")

SERVICES = (
    "contactless",
    "usim",
    "isim",
    "csim",
    "milenage",
    "tuak128",
    "cave",
    "gba-usim",
    "gba-isim",
    "mbms",
    "eap",
    "javacard",
    "multos",
    "multiple-usim",
    "multiple-isim",
    "multiple-csim",
    "tuak256",
    "usim-test-algorithm",
    "ber-tlv",
    "dfLink",
    "cat-tp",
    "get-identity",
    "profile-a-x25519",
    "profile-b-p256",
    "suciCalculatorApi",
    "dns-resolution",
    "scp11ac",
    "scp11c-authorization-mechanism",
    "s16mode",
    "eaka",
)
"""The services that a package may demand, in the order of ServicesList (8.2.2)."""
_LIBRARY = automatic("aid", "version")
_NEEDED = ("major-version", "minor-version", "iccid")


@dataclass(frozen=True, slots=True)
class Demand:
    """One requirement: its kind (as the status if it is not met), name and offset."""

    status: Status
    name: str
    offset: int

    def met(self, provided: frozenset[Service]) -> bool:
        """Whether a card with these services meets it."""
        if self.status is Status.FEATURE_NOT_SUPPORTED:
            return not missing([self.name], provided)
        return self.status is Status.TEMPLATE_NOT_SUPPORTED and known(self.name)

    def __str__(self) -> str:
        return f"{_KINDS[self.status]} {self.name}"


_KINDS = {
    Status.FEATURE_NOT_SUPPORTED: "service",
    Status.TEMPLATE_NOT_SUPPORTED: "template",
    Status.LIB_NOT_SUPPORTED: "library",
}


@dataclass(frozen=True)
class Header:
    """The fields of the header. `iccid` has the 10 bytes of EF.ICCID."""

    version: tuple[int, int]
    kind: str
    iccid: bytes
    demands: tuple[Demand, ...]
    pix: bytes | None = None


def read_header(node: Node) -> tuple[Header, list[Node]]:
    """Read the header; also return unknown components. PackageError for an unknown version."""
    found, others = fields(node, _HEADER, _NEEDED)
    version = integer(found["major-version"], 255), integer(found["minor-version"], 255)
    kind = utf8(found["profileType"]) if "profileType" in found else ""
    if version[0] not in MAJOR_VERSIONS:
        text = f"version {version[0]}.{version[1]} of the format is not supported"
        offset = found["major-version"].start
        raise PackageError(Status.UNSUPPORTED_PROFILE_VERSION, text, offset)
    demands: list[Demand] = []
    for name, reader in _DEMANDS.items():
        if name in found:
            demands += reader(found[name])
    pix = _pix(found["iotOptions"]) if "iotOptions" in found else None
    return Header(version, kind, _iccid(found["iccid"]), tuple(demands), pix), others


def _iccid(node: Node) -> bytes:
    """Convert the header's digits (in order, padded with F) to the 10 bytes of EF.ICCID."""
    digits = octets(node, 10, 10).hex().upper().rstrip("F")
    try:
        return iccid_bytes(digits)
    except ValueError as error:
        raise bad(str(error), node.start) from None


def _pix(node: Node) -> bytes:
    found, _ = fields(node, _IOT, ["pix"])
    return octets(found["pix"], 7, 11)


def _services(node: Node) -> list[Demand]:
    found = []
    for child in node.children:
        number = child.component
        if number is None:
            raise malformed(f"tag {child.tag:X} is no service", child.start)
        name = SERVICES[number] if number < len(SERVICES) else str(number)
        found.append(Demand(Status.FEATURE_NOT_SUPPORTED, name, child.start))
    return found


def _templates(node: Node) -> list[Demand]:
    return [
        Demand(Status.TEMPLATE_NOT_SUPPORTED, identifier(child), child.start)
        for child in items(node, OID)
    ]


def _libraries(node: Node) -> list[Demand]:
    """Load packages that must be on the card; this card has none."""
    found = []
    for pair in items(node, SEQUENCE):
        parts, _ = fields(pair, _LIBRARY, ["aid", "version"])
        name = octets(parts["aid"], 5, 16).hex().upper()
        found.append(Demand(Status.LIB_NOT_SUPPORTED, name, pair.start))
    return found


_DEMANDS = {
    "eUICC-Mandatory-services": _services,
    "eUICC-Mandatory-GFSTEList": _templates,
    "eUICC-Mandatory-AIDs": _libraries,
}


def unmet(header: Header, provided: frozenset[Service]) -> list[PackageError]:
    """Requirements that a card with these services does not meet, as errors."""
    return [
        PackageError(one.status, f"{one} is not supported", one.offset)
        for one in header.demands
        if not one.met(provided)
    ]
