"""PEStatus and EUICCResponse: the outcome of installing a profile package.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.11 (EUICCResponse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from applets.shared.der import integer
from vcard import tlv

MESSAGE_LIMIT = 64
"""Longest statusMessage in characters."""


class Status(IntEnum):
    """PEStatus, by the names of the ASN.1 module."""

    OK = 0
    PE_NOT_SUPPORTED = 1
    MEMORY_FAILURE = 2
    BAD_VALUES = 3
    NOT_ENOUGH_MEMORY = 4
    INVALID_REQUEST_FORMAT = 5
    INVALID_PARAMETER = 6
    RUNTIME_NOT_SUPPORTED = 7
    LIB_NOT_SUPPORTED = 8
    TEMPLATE_NOT_SUPPORTED = 9
    FEATURE_NOT_SUPPORTED = 10
    PIN_CODE_MISSING = 11
    UNSUPPORTED_PROFILE_VERSION = 31

    @property
    def words(self) -> str:
        """The name in the ASN.1 module."""
        return self.name.lower().replace("_", "-")


UNSUPPORTED = frozenset(
    {
        Status.PE_NOT_SUPPORTED,
        Status.RUNTIME_NOT_SUPPORTED,
        Status.LIB_NOT_SUPPORTED,
        Status.TEMPLATE_NOT_SUPPORTED,
        Status.FEATURE_NOT_SUPPORTED,
    }
)
"""Statuses that abort only for a mandatory element; another is skipped with a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning about a package.

    `element` is the identification of the profile element (None: the header, which has none),
    `name` its type, `offset` the position in bytes from its tag.
    """

    status: Status
    text: str
    element: int | None = None
    name: str = ""
    offset: int | None = None

    def __str__(self) -> str:
        which = f" {self.element}" if self.element is not None else ""
        place = f", offset {self.offset}" if self.offset is not None else ""
        where = f"{self.name}{which}{place}: " if self.name else ""
        return f"{where}{self.text} ({self.status.words}, {self.status})"


class PackageError(ValueError):
    """A package cannot be installed; `finding` says why and where."""

    def __init__(self, status: Status, text: str, offset: int | None = None) -> None:
        self.finding = Finding(status, text, offset=offset)
        super().__init__(str(self.finding))

    def within(self, element: int | None, name: str) -> PackageError:
        """Set the profile element of the error, unless it is set."""
        if not self.finding.name:
            self.finding = replace(self.finding, element=element, name=name)
            self.args = (str(self.finding),)
        return self


def response(findings: Sequence[Finding], *, aborted: bool) -> bytes:
    """Encode EUICCResponse: the statuses of the findings, or `ok`."""
    statuses = [_status(one) for one in findings] or [tlv(0x30, tlv(0x80, b"\0"))]
    parts = [tlv(0xA0, *statuses)]
    if aborted:
        parts.append(tlv(0x81))
        parts.append(tlv(0x82, findings[-1].text[:MESSAGE_LIMIT].encode("ascii", "replace")))
    return tlv(0x30, *parts)


def _status(finding: Finding) -> bytes:
    parts = [tlv(0x80, integer(finding.status))]
    if finding.element is not None:
        parts.append(tlv(0x81, integer(finding.element)))
    if finding.offset is not None:
        parts.append(tlv(0x83, integer(finding.offset)))
    return tlv(0x30, *parts)
