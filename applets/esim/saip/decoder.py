"""Decode a profile package to a profile, or report its errors and their offsets.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from applets.shared.file_system.tree import MF
from applets.sim.subscription import Subscription

from ..profiles import Metadata, Profile
from ..services import PROVIDED, Service
from . import service_tables
from .builder import Builder
from .element import END, HEADER, NAMES, Element, elements
from .header import Header, read_header, unmet
from .node import Node, malformed
from .status import UNSUPPORTED, Finding, PackageError

ENDLESS = 1 << 40
"""A number of bytes that stands for no limit of memory."""


@dataclass(frozen=True)
class Package:
    """A decoded package: header, elements, profile, warnings."""

    header: Header
    elements: tuple[Element, ...]
    profile: Profile
    warnings: tuple[Finding, ...] = ()


def decode(
    raw: bytes,
    *,
    provided: frozenset[Service] = PROVIDED,
    room: int = ENDLESS,
    lenient: bool = False,
) -> Profile:
    """Decode a package; PackageError (a ValueError) says what is wrong and where.

    `provided` are the services of the card, `room` is the memory that is free, in bytes. A
    `lenient` card skips unsupported elements even if they are mandatory. The metadata contain only
    the ICCID.
    """
    return read_package(raw, provided=provided, room=room, lenient=lenient).profile


def read_package(
    raw: bytes,
    *,
    provided: frozenset[Service] = PROVIDED,
    room: int = ENDLESS,
    lenient: bool = False,
) -> Package:
    """Decode a package as `decode` does, and return its parts as well; PackageError likewise."""
    sequence = elements(raw)
    header, others, first = _header(sequence)
    builder = Builder(header, room)
    builder.report.unknown(first, others)
    _check_demands(builder, provided, lenient=lenient)
    found = [first]
    for element in sequence:
        if found[-1].number == END:
            raise _ends(element)
        found.append(element)
        if element.number != END:
            _take(builder, element, lenient=lenient)
    if found[-1].number != END:
        raise _ends(found[-1])
    try:
        profile = _profile(builder, provided)
    except PackageError as error:
        raise error.within(None, NAMES[END]) from None
    return Package(header, tuple(found), profile, tuple(builder.report))


def _header(sequence: Iterator[Element]) -> tuple[Header, list[Node], Element]:
    try:
        first = next(sequence, None)
        if first is None or first.number != HEADER:
            raise malformed("a package begins with a header", 0)
        header, others = read_header(first.node)
    except PackageError as error:
        raise error.within(None, NAMES[HEADER]) from None
    return header, others, first


def _check_demands(builder: Builder, provided: frozenset[Service], *, lenient: bool) -> None:
    for error in unmet(builder.header, provided):
        error.within(None, NAMES[HEADER])
        if not lenient:
            raise error
        builder.report.append(error.finding)


def _take(builder: Builder, element: Element, *, lenient: bool) -> None:
    """Add an element; skip it if it is not supported and not mandatory."""
    try:
        builder.take(element)
    except PackageError as error:
        error.within(element.identification, element.name)
        mandatory = element.mandated and not lenient
        if mandatory or error.finding.status not in UNSUPPORTED:
            raise
        builder.leave_out(element, error)


def _ends(element: Element) -> PackageError:
    error = malformed("a package ends with an end element", element.node.start)
    return error.within(element.identification, element.name)


def _profile(builder: Builder, provided: frozenset[Service]) -> Profile:
    """Make the profile; PackageError if the MF is missing or a reference leads nowhere."""
    if (MF,) not in builder.files.files:
        raise malformed("a profile has an MF", None)
    files = builder.files.linked()
    builder.files.check_rules(files)
    pins = builder.all_pins()
    builder.check_status(files, pins)
    aka, others = builder.all_aka()
    kinds = {path: kind for kind, path in builder.file_builder.applications.items()}
    shown = tuple(service_tables.without(file, kinds, provided) for file in files)
    subscription = Subscription(shown, pins, aka, others)
    size = builder.files.used + sum(map(len, builder.kept))
    profile = Profile(Metadata(builder.header.iccid), subscription, size)
    return replace(profile, kept=tuple(builder.kept))
