"""Versions of SGP.32: their functions, codings and result codes.

Spec: GSMA SGP.32 versions 1.0 and 1.2, 2.11 and 5.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from vcard import tlv

UNDEFINED = 127
IPA_IN_DEVICE = b"\0"


class Operation(Enum):
    """Operations of a package (PSMO and eCO), and functions with result codes of their own."""

    ENABLE = "enable"
    DISABLE = "disable"
    DELETE = "delete"
    ADD_EIM = "addEim"
    DELETE_EIM = "deleteEim"
    UPDATE_EIM = "updateEim"
    ADD_INITIAL_EIM = "AddInitialEim"
    CONFIGURE_IMMEDIATE = "ConfigureImmediateProfileEnabling"
    IMMEDIATE = "ImmediateEnable"
    SET_FALLBACK = "setFallbackAttribute"
    UNSET_FALLBACK = "unsetFallbackAttribute"


class EimResult(IntEnum):
    """Results of adding, updating and deleting eIMs."""

    OK = 0
    INSUFFICIENT_MEMORY = 1
    ALREADY_EXISTS = 2
    ISSUER_UNKNOWN = 3
    INVALID_TOKEN = 5
    COUNTER_OUT_OF_RANGE = 6
    COMMAND_ERROR = 7
    UNDEFINED = 127


EIM_NOT_FOUND, LAST_EIM_DELETED = 1, 2
ROLLBACK_NOT_AVAILABLE, RETURN_FALLBACK_PROFILE = 20, 21


class MemoryReset(IntEnum):
    """The options of eUICCMemoryReset."""

    OPERATIONAL = 0
    TEST = 1
    ADDRESS = 2
    PROVISIONING = 3
    EIMS = 4
    IMMEDIATE = 5


@dataclass(frozen=True, slots=True)
class IotVersion:
    """One version of SGP.32.

    `results` are the numbers, beside 0, of each operation; a reason without a number is an
    undefined error. `eim_type` is the tag of eimIdType in listEim. `reset` is the tag of
    eUICCMemoryReset, `reset_options` its bits, `reset_result` the tag of its first result.
    `error_transaction`: an unsigned error names the transaction. `mixed_list`: a list of
    notifications includes package results. `default_tags` are those of listProfileInfo.
    """

    number: bytes
    results: Mapping[Operation, frozenset[int]]
    eim_type: int
    reset: int
    reset_options: Mapping[int, MemoryReset]
    reset_result: int
    error_transaction: bool
    mixed_list: bool
    fallback: bool
    default_tags: tuple[int, ...]

    def result(self, operation: Operation, number: int) -> int:
        """Return the version's code for a result."""
        return number if not number or number in self.results[operation] else UNDEFINED

    def information(self) -> bytes:
        """The fields of EUICCInfo2: ipaMode and iotSpecificInfo. Spec: SGP.32, 5.9.2."""
        versions = tlv(0xA0, tlv(0x04, self.number))
        fallback = tlv(0x82) if self.fallback else b""
        return tlv(0x90, IPA_IN_DEVICE) + tlv(0xB4, versions, fallback)


_ONE = IotVersion(
    number=bytes.fromhex("010000"),
    results={
        Operation.ENABLE: frozenset((1, 2, 127)),
        Operation.DISABLE: frozenset((1, 2, 127)),
        Operation.DELETE: frozenset((1, 2, 127)),
        Operation.ADD_EIM: frozenset((1, 3, 5, 6, 7, 127)),
        Operation.DELETE_EIM: frozenset((1, 2, 7, 127)),
        Operation.UPDATE_EIM: frozenset((1, 3, 6, 7, 127)),
        Operation.ADD_INITIAL_EIM: frozenset((1, 2, 3, 5, 6, 127)),
        Operation.CONFIGURE_IMMEDIATE: frozenset((1, 2, 127)),
        Operation.IMMEDIATE: frozenset((1, 4, 127)),
    },
    eim_type=0x84,
    reset=0xBF34,
    reset_options={
        0: MemoryReset.OPERATIONAL,
        1: MemoryReset.TEST,
        2: MemoryReset.ADDRESS,
        3: MemoryReset.EIMS,
        4: MemoryReset.IMMEDIATE,
    },
    reset_result=0x02,
    error_transaction=False,
    mixed_list=True,
    fallback=False,
    default_tags=(0x5A, 0x4F, 0x9F70, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95),
)
_ONE_TWO = IotVersion(
    number=bytes.fromhex("010200"),
    results={
        Operation.ENABLE: frozenset((1, 2, 3, 5, 20, 127)),
        Operation.DISABLE: frozenset((1, 2, 3, 5, 127)),
        Operation.DELETE: frozenset((1, 2, 3, 20, 21, 127)),
        Operation.ADD_EIM: frozenset((1, 2, 3, 5, 6, 7, 127)),
        Operation.DELETE_EIM: frozenset((1, 2, 7, 127)),
        Operation.UPDATE_EIM: frozenset((1, 3, 6, 7, 127)),
        Operation.ADD_INITIAL_EIM: frozenset((1, 2, 3, 5, 6, 7, 127)),
        Operation.CONFIGURE_IMMEDIATE: frozenset((1, 2, 127)),
        Operation.IMMEDIATE: frozenset((1, 4, 5, 127)),
        Operation.SET_FALLBACK: frozenset((1, 2, 3, 127)),
        Operation.UNSET_FALLBACK: frozenset((2, 3, 7, 127)),
    },
    eim_type=0x82,
    reset=0xBF64,
    reset_options={
        0: MemoryReset.OPERATIONAL,
        1: MemoryReset.TEST,
        2: MemoryReset.ADDRESS,
        4: MemoryReset.PROVISIONING,
        5: MemoryReset.EIMS,
        6: MemoryReset.IMMEDIATE,
    },
    reset_result=0x80,
    error_transaction=True,
    mixed_list=False,
    fallback=True,
    default_tags=(0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95, 0x9F7B, 0x9F26, 0x9F67),
)
VERSIONS = {"1.0": _ONE, "1.2": _ONE_TWO}
