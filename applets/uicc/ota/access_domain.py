"""Access domains: the rights of remote management and applications to files.

Spec: ETSI TS 102 226, 8.2.1.3.2.2 (access domain parameter and data).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

_FULL, _BY_KEYS = 0x00, 0x02
_KEYS = (
    range(0x01, 0x09),  # application PIN 1 to 8
    range(0x0A, 0x0F),  # ADM1 to ADM5
    range(0x8A, 0x8F),  # ADM6 to ADM10
)
"""The key references of the bits of access domain data, from bit 1 of each byte on."""


@dataclass(frozen=True, slots=True)
class AccessDomain:
    """Full access, none, or the access of the keys with these references."""

    full: bool = False
    references: frozenset[int] | None = None

    @classmethod
    def parse(cls, raw: bytes) -> AccessDomain:
        """Parse the parameter with its data. An empty or unknown one gives no access."""
        if raw[:1] == bytes((_FULL,)):
            return FULL
        if raw[:1] != bytes((_BY_KEYS,)):
            return NONE
        return cls(references=frozenset(_references(raw[1:])))

    def verified(self, known: Set[int]) -> Set[int]:
        """The known key references that count as verified."""
        return known if self.full else known & (self.references or frozenset())

    @property
    def nothing(self) -> bool:
        """Whether even operations that need no PIN are forbidden."""
        return not self.full and self.references is None


def _references(data: bytes) -> list[int]:
    return [
        reference
        for byte, references in zip(data, _KEYS, strict=False)
        for bit, reference in enumerate(references)
        if byte >> bit & 1
    ]


FULL, NONE = AccessDomain(full=True), AccessDomain()
