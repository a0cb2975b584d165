"""Status words: the two bytes that end every response.

Spec: ISO/IEC 7816-4, 5.6. Nothing here knows which command was sent.
"""

from __future__ import annotations

from typing import ClassVar


class SW(Exception):  # noqa: N818 - a value first, raised to end a handler early
    """A status word, SW1-SW2. Return it from a handler, or raise it to end early.

    Raising aborts the command: what it wrote to the card's memory is undone.
    `value` is 0..65535; words are equal when their values are.
    """

    OK: ClassVar[SW]
    TRIGGERING_BY_THE_CARD: ClassVar[SW]
    END_OF_FILE: ClassVar[SW]
    SELECTED_FILE_DEACTIVATED: ClassVar[SW]
    NO_INFORMATION: ClassVar[SW]
    EXECUTION_ERROR: ClassVar[SW]
    MEMORY_FAILURE: ClassVar[SW]
    WRONG_LENGTH: ClassVar[SW]
    CLA_FUNCTION_NOT_SUPPORTED: ClassVar[SW]
    CHANNEL_NOT_SUPPORTED: ClassVar[SW]
    SECURE_MESSAGING_NOT_SUPPORTED: ClassVar[SW]
    LAST_COMMAND_EXPECTED: ClassVar[SW]
    CHAINING_NOT_SUPPORTED: ClassVar[SW]
    COMMAND_NOT_ALLOWED: ClassVar[SW]
    INCOMPATIBLE_FILE_STRUCTURE: ClassVar[SW]
    SECURITY_STATUS_NOT_SATISFIED: ClassVar[SW]
    AUTHENTICATION_BLOCKED: ClassVar[SW]
    REFERENCE_DATA_NOT_USABLE: ClassVar[SW]
    CONDITIONS_NOT_SATISFIED: ClassVar[SW]
    NO_CURRENT_EF: ClassVar[SW]
    WRONG_DATA: ClassVar[SW]
    FUNCTION_NOT_SUPPORTED: ClassVar[SW]
    FILE_NOT_FOUND: ClassVar[SW]
    RECORD_NOT_FOUND: ClassVar[SW]
    NOT_ENOUGH_MEMORY: ClassVar[SW]
    INCORRECT_P1_P2: ClassVar[SW]
    REFERENCED_DATA_NOT_FOUND: ClassVar[SW]
    FILE_ALREADY_EXISTS: ClassVar[SW]
    WRONG_P1_P2: ClassVar[SW]
    INS_NOT_SUPPORTED: ClassVar[SW]
    CLA_NOT_SUPPORTED: ClassVar[SW]
    NO_PRECISE_DIAGNOSIS: ClassVar[SW]

    def __init__(self, value: int) -> None:
        if not 0 <= value <= 0xFFFF:
            raise ValueError(f"a status word has 16 bits, not {value:#x}")
        super().__init__(value)
        self.value = value
        self.raw = value.to_bytes(2, "big")

    @classmethod
    def tries_left(cls, count: int) -> SW:
        """63Cx: verification failed, `count` (0..15) tries are left."""
        return cls(0x63C0 | _in_range(count, 0, 15))

    @classmethod
    def bytes_left(cls, count: int) -> SW:
        """61xx: `count` (1 or more) bytes wait for GET RESPONSE; 256 or more read as 6100."""
        if count < 1:
            raise ValueError(f"{count} bytes are none to wait")
        return cls(0x6100 | (count if count < 256 else 0))

    @classmethod
    def exact_length(cls, count: int) -> SW:
        """6Cxx: wrong Le, `count` (1..256) bytes are there; 256 reads as 6C00."""
        return cls(0x6C00 | (_in_range(count, 1, 256) & 0xFF))

    @property
    def ok(self) -> bool:
        """True for 9000, 61xx, 91xx and 9Fxx: the command was done."""
        return self.value == 0x9000 or self.value >> 8 in (0x61, 0x91, 0x9F)

    @property
    def number(self) -> int | None:
        """The number carried by 63Cx, 61xx or 6Cxx (1..256 for the last two)."""
        if self.value >> 4 == 0x63C:
            return self.value & 0xF
        if self.value >> 8 in (0x61, 0x6C):
            return self.value & 0xFF or 256
        return None

    @property
    def name(self) -> str:
        """The meaning of the word in the terms of ISO/IEC 7816-4."""
        if self.value >> 4 == 0x63C:
            return f"verification failed, {self.number} tries left"
        return (
            NAMES.get(self.value) or _CLASSES.get(self.value >> 8) or "unknown status word"
        ).format(self.number if self.number is not None else f"{self.value & 0xFF:02X}")

    def __bytes__(self) -> bytes:
        return self.raw

    def __int__(self) -> int:
        return self.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SW) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return f"{self.value:04X}"

    def __repr__(self) -> str:
        return f"SW(0x{self.value:04X})"


def _in_range(number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise ValueError(f"{number} is not in {low}..{high}")
    return number


# A whole SW1, for the words whose second byte is a number or is not in the table.
_CLASSES: dict[int, str] = {
    0x61: "{} bytes left for GET RESPONSE",
    0x62: "warning {}, memory unchanged",
    0x63: "warning {}, memory changed",
    0x64: "execution error {}, memory unchanged",
    0x65: "execution error {}, memory changed",
    0x66: "security-related issue {}",
    0x67: "wrong length ({})",
    0x68: "functions in CLA not supported ({})",
    0x69: "command not allowed ({})",
    0x6A: "wrong parameters ({})",
    0x6C: "wrong Le, {} bytes available",
    0x6D: "instruction code not supported ({})",
    0x6E: "class not supported ({})",
    0x6F: "no precise diagnosis ({})",
    0x91: "OK, proactive command of {} bytes pending",
    0x9F: "OK, {} bytes left for GET RESPONSE",
}

# Value, the attribute of SW that holds it if handlers answer with it, and what it means.
# Spec: ISO/IEC 7816-4, tables 5 and 6.
_WORDS: tuple[tuple[int, str, str], ...] = (
    (0x9000, "OK", "OK"),
    (0x6200, "", "no information given (memory unchanged)"),
    (0x6202, "TRIGGERING_BY_THE_CARD", "triggering by the card"),
    (0x6281, "", "part of returned data may be corrupted"),
    (0x6282, "END_OF_FILE", "end of file or record reached before Ne bytes"),
    (0x6283, "SELECTED_FILE_DEACTIVATED", "selected file deactivated"),
    (0x6284, "", "file control information not formatted"),
    (0x6285, "", "selected file in termination state"),
    (0x6286, "", "no input data from a sensor"),
    (0x6300, "NO_INFORMATION", "no information given (memory changed)"),
    (0x6381, "", "file filled up by the last write"),
    (0x6400, "EXECUTION_ERROR", "execution error, memory unchanged"),
    (0x6401, "", "immediate response required by the card (PIN entry cancelled)"),
    (0x6402, "", "PINs do not match"),
    (0x6403, "", "PIN length out of range"),
    (0x6500, "", "no information given (memory changed)"),
    (0x6581, "MEMORY_FAILURE", "memory failure"),
    (0x6700, "WRONG_LENGTH", "wrong length"),
    (0x6800, "CLA_FUNCTION_NOT_SUPPORTED", "functions in CLA not supported"),
    (0x6881, "CHANNEL_NOT_SUPPORTED", "logical channel not supported"),
    (0x6882, "SECURE_MESSAGING_NOT_SUPPORTED", "secure messaging not supported"),
    (0x6883, "LAST_COMMAND_EXPECTED", "last command of the chain expected"),
    (0x6884, "CHAINING_NOT_SUPPORTED", "command chaining not supported"),
    (0x6900, "COMMAND_NOT_ALLOWED", "command not allowed"),
    (0x6981, "INCOMPATIBLE_FILE_STRUCTURE", "command incompatible with file structure"),
    (0x6982, "SECURITY_STATUS_NOT_SATISFIED", "security status not satisfied"),
    (0x6983, "AUTHENTICATION_BLOCKED", "authentication method blocked"),
    (0x6984, "REFERENCE_DATA_NOT_USABLE", "reference data not usable"),
    (0x6985, "CONDITIONS_NOT_SATISFIED", "conditions of use not satisfied"),
    (0x6986, "NO_CURRENT_EF", "command not allowed (no current EF)"),
    (0x6987, "", "expected secure messaging data objects missing"),
    (0x6988, "", "incorrect secure messaging data objects"),
    (0x6A00, "", "wrong parameters P1-P2"),
    (0x6A80, "WRONG_DATA", "incorrect parameters in the command data field"),
    (0x6A81, "FUNCTION_NOT_SUPPORTED", "function not supported"),
    (0x6A82, "FILE_NOT_FOUND", "file or application not found"),
    (0x6A83, "RECORD_NOT_FOUND", "record not found"),
    (0x6A84, "NOT_ENOUGH_MEMORY", "not enough memory space"),
    (0x6A85, "", "Nc inconsistent with TLV structure"),
    (0x6A86, "INCORRECT_P1_P2", "incorrect parameters P1-P2"),
    (0x6A87, "", "Nc inconsistent with parameters P1-P2"),
    (0x6A88, "REFERENCED_DATA_NOT_FOUND", "referenced data not found"),
    (0x6A89, "FILE_ALREADY_EXISTS", "file already exists"),
    (0x6A8A, "", "DF name already exists"),
    (0x6B00, "WRONG_P1_P2", "wrong parameters P1-P2"),
    (0x6B80, "", "invalid PIN structure"),
    (0x6D00, "INS_NOT_SUPPORTED", "instruction code not supported"),
    (0x6E00, "CLA_NOT_SUPPORTED", "class not supported"),
    (0x6F00, "NO_PRECISE_DIAGNOSIS", "no precise diagnosis"),
)
NAMES = {value: meaning for value, _, meaning in _WORDS}
"""The meaning of each status word of the standard."""
for _value, _attribute, _ in _WORDS:
    if _attribute:
        setattr(SW, _attribute, SW(_value))
