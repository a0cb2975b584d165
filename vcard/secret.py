"""Which commands carry a PIN or a key, so that no trace and no log shows it.

Spec: ISO/IEC 7816-4, 11.6 (VERIFY and its neighbours); ETSI TS 102 221, 11.1.9 to 11.1.13.
Keys go in clear into PIV cards of Yubico's kind (INS FE and FF).
"""

from __future__ import annotations

HIDDEN = 0x2A
"""What stands in place of a PIN's bytes: an asterisk."""

PIN_INS = frozenset({0x20, 0x21, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2C, 0x2D})
"""VERIFY, CHANGE REFERENCE DATA, DISABLE and ENABLE VERIFICATION, RESET RETRY COUNTER."""

_KEY_PAIRS = frozenset({0x05, 0x06, 0x07, 0x11, 0x14, 0x16, 0xE0, 0xE1})
_KEY_SLOTS = frozenset({*range(0x82, 0x96), 0x9A, 0x9C, 0x9D, 0x9E, 0xF9})


def carries_key(command: bytes) -> bool:
    """Whether a command has the header of one that puts a key on a PIV card."""
    _, ins, p1, p2 = command[:4]
    if ins == 0xFE:
        return p1 in _KEY_PAIRS and p2 in _KEY_SLOTS
    return ins == 0xFF and p1 == 0xFF and p2 >= 0xFD and command[6:7] == b"\x9b"


def secret_span(command: bytes) -> slice:
    """Where the PIN or key stands in a command APDU; an empty slice if there is none.

    Whatever follows Lc counts as secret, also in a command that is cut short or too long.
    """
    size = len(command)
    if size < 6 or command[0] == 0xFF or not (command[1] in PIN_INS or carries_key(command)):
        return slice(size, size)
    if command[4]:
        return slice(5, min(5 + command[4], size))
    return slice(7, min(7 + int.from_bytes(command[5:7], "big"), size))


def hide(raw: bytes, span: slice) -> bytes:
    """The bytes with asterisks at `span`."""
    start, end, _ = span.indices(len(raw))
    return raw[:start] + bytes((HIDDEN,)) * max(0, end - start) + raw[end:]


def without_pin(command: bytes) -> bytes:
    """A command APDU with asterisks for the PIN."""
    return hide(command, secret_span(command))
