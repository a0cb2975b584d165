"""The structures that start a PIN entry, field by field.

Spec: PC/SC Part 10, 2.6.2 (PIN_VERIFY, PIN_MODIFY); USB CCID 1.1, 6.1.11 and 6.1.12
(PC_to_RDR_Secure).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vcard.explanation import Line

Describe = Callable[[int], str]
Field = tuple[str, int, Describe]
"""Name, size in bytes (little-endian), meaning."""

_CODINGS = ("binary", "BCD", "ASCII", "reserved")
_CONDITIONS = {1: "most digits reached", 2: "key OK", 4: "time-out"}
_OPERATIONS = {
    0: "PIN verification",
    1: "PIN modification",
    2: "transfer PIN from the secure buffer",
    3: "wait for the card's response",
    4: "cancel",
    5: "send the last block again",
    6: "send the next part of the APDU",
}


def format_string(value: int) -> str:
    """bmFormatString: how the digits stand in the command."""
    unit = "byte" if value & 0x80 else "bit"
    side = "right" if value & 4 else "left"
    position = value >> 3 & 0x0F
    return f"{_CODINGS[value & 3]}, {side} justified, from {unit} {position} of the data field"


def block_string(value: int) -> str:
    """bmPINBlockString: sizes of the block and of the length in it."""
    size, length = value & 0x0F, value >> 4
    block = f"block of {size} bytes" if size else "block as long as the PIN"
    return f"{block}, length inserted in {length} bits" if length else f"{block}, no length"


def length_format(value: int) -> str:
    """bmPINLengthFormat: where the inserted length stands."""
    return f"length at {'byte' if value & 0x10 else 'bit'} {value & 0x0F}"


def digits(value: int) -> str:
    """wPINMaxExtraDigit: the fewest digits in the high byte, the most in the low one."""
    return f"{value >> 8} to {value & 0xFF} digits"


def condition(value: int) -> str:
    """bEntryValidationCondition: what ends the entry."""
    found = [text for bit, text in _CONDITIONS.items() if value & bit]
    return " or ".join(found) or "none given"


def timeout(value: int) -> str:
    """BTimeOut in seconds."""
    return f"{value} s" if value else "the reader's own"


def confirmation(value: int) -> str:
    """bConfirmPIN: what a modification asks for."""
    asked = (["the current PIN"] if value & 2 else []) + ["the new PIN"]
    return " and ".join(asked) + (" twice" if value & 1 else "")


def messages(value: int) -> str:
    """bNumberMessage: how many texts the display shows."""
    return {0: "no text", 0xFF: "the reader's own texts"}.get(value, f"{value} texts")


def _number(value: int) -> str:
    return str(value)


def _language(value: int) -> str:
    return f"{value:04X}"


_TIMEOUT: Field = ("bTimeOut", 1, timeout)
_BLOCK: tuple[Field, ...] = (
    ("bmFormatString", 1, format_string),
    ("bmPINBlockString", 1, block_string),
    ("bmPINLengthFormat", 1, length_format),
)
_OFFSETS: tuple[Field, ...] = (
    ("bInsertionOffsetOld", 1, _number),
    ("bInsertionOffsetNew", 1, _number),
)
_DIGITS: Field = ("wPINMaxExtraDigit", 2, digits)
_CONFIRM: Field = ("bConfirmPIN", 1, confirmation)
_ENTRY: tuple[Field, ...] = (
    ("bEntryValidationCondition", 1, condition),
    ("bNumberMessage", 1, messages),
    ("wLangId", 2, _language),
)
_PROLOGUE: Field = ("bTeoPrologue", 3, lambda value: value.to_bytes(3, "little").hex(" ").upper())
_LENGTH: Field = ("ulDataLength", 4, _number)
_TIMEOUT2: Field = ("bTimeOut2", 1, timeout)
_INDEX: Field = ("bMsgIndex", 1, _number)
_INDEXES: tuple[Field, ...] = tuple((f"bMsgIndex{i}", 1, _number) for i in (1, 2, 3))

VERIFY: tuple[Field, ...] = (
    _TIMEOUT, _TIMEOUT2, *_BLOCK, _DIGITS, *_ENTRY, _INDEX, _PROLOGUE, _LENGTH,
)  # fmt: skip
MODIFY: tuple[Field, ...] = (
    _TIMEOUT, _TIMEOUT2, *_BLOCK, *_OFFSETS, _DIGITS, _CONFIRM, *_ENTRY, *_INDEXES, _PROLOGUE,
    _LENGTH,
)  # fmt: skip


def secure(data: bytes, offset: int = 0) -> Iterator[Line]:
    """The fields of PC_to_RDR_Secure's abData; the template of the command comes last."""
    operation = data[0] if data else None
    text = _OPERATIONS.get(operation, "unknown") if operation is not None else "missing"
    yield Line(offset, data[:1], "bPINOperation", text, 1)
    if operation == 0:
        layout: tuple[Field, ...] = (_TIMEOUT, *_BLOCK, _DIGITS, *_ENTRY, _INDEX, _PROLOGUE)
    elif operation == 1:
        layout = _modification(data)
    else:
        layout = ()
    yield from fields(data, layout, offset, start=1)


def _modification(data: bytes) -> tuple[Field, ...]:
    """The second message index is there for any message, the third for three or more."""
    count = data[12] if len(data) > 12 else 0
    indexes = _INDEXES[: 1 if count == 0 else 2 if count < 3 else 3]
    return (_TIMEOUT, *_BLOCK, *_OFFSETS, _DIGITS, _CONFIRM, *_ENTRY, *indexes, _PROLOGUE)


def fields(
    data: bytes, layout: tuple[Field, ...], offset: int = 0, start: int = 0
) -> Iterator[Line]:
    """A line for each field of `layout` from `start`, and one for the bytes that follow."""
    at = start
    for name, size, describe in layout:
        raw = data[at : at + size]
        if len(raw) < size:
            yield Line(offset + at, raw, name, "missing", 1)
            return
        yield Line(offset + at, raw, name, describe(int.from_bytes(raw, "little")), 1)
        at += size
    if at < len(data):
        yield Line(offset + at, data[at:], "abData", f"{len(data) - at} bytes", 1)
