"""Versions of SGP.22 that a card may claim, and the error codes of each.

Spec: GSMA SGP.22 versions 2.2.2, 2.5 and 3.1, 5.7.16 to 5.7.19 and the ASN.1 of their responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .profile_states import Action, Result

_TWO: Mapping[Action, frozenset[int]] = {
    Action.ENABLE: frozenset((1, 2, 3, 4, 5, 127)),
    Action.DISABLE: frozenset((1, 2, 3, 5, 127)),
    Action.DELETE: frozenset((1, 2, 3, 127)),
    Action.RESET: frozenset((1, 5, 127)),
}
_THREE: Mapping[Action, frozenset[int]] = {
    Action.ENABLE: frozenset((1, 2, 3, 4, 5, 6, 7, 9, 10, 127)),
    Action.DISABLE: frozenset((1, 2, 3, 5, 6, 7, 9, 127)),
    Action.DELETE: frozenset((1, 2, 3, 4, 7, 127)),
    Action.RESET: frozenset((1, 5, 127)),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the specification.

    `svn` is reported as (lowest) SVN, `highest` as highestSvn from version 3 on. `results` are each
    function's error codes; a reason without a code is an undefined error. `no_identifier` is the
    result for an AID or ICCID of a wrong length.
    """

    svn: bytes
    results: Mapping[Action, frozenset[int]]
    no_identifier: Result
    highest: bytes = b""

    @property
    def ports(self) -> bool:
        """Whether the version has multiple enabled profiles: EnableProfile names ports."""
        return bool(self.highest)

    def number(self, action: Action, result: Result) -> int:
        """Return a function's code for a result."""
        known = result == Result.OK or result in self.results[action]
        return result if known else Result.UNDEFINED


VERSIONS = {
    "2.2.2": Version(bytes.fromhex("020202"), _TWO, Result.NOT_FOUND),
    "2.5": Version(bytes.fromhex("020500"), _TWO, Result.NOT_FOUND),
    "3.1": Version(
        bytes.fromhex("020202"), _THREE, Result.COMMAND_ERROR, highest=bytes.fromhex("030100")
    ),
}
OLDEST, NEWEST = VERSIONS["2.2.2"], VERSIONS["3.1"]
