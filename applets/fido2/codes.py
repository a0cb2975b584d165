"""Numbers of CTAP: commands, status bytes, permissions, flags.

Spec: CTAP 2.1, 6 (commands), 6.5.5.7 (permissions), 8.2 (status codes); WebAuthn 2, 6.1 (flags).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, IntFlag, unique

AID = bytes.fromhex("A0000006472F0001")
NFCCTAP_MSG, NFCCTAP_GETRESPONSE = 0x10, 0x11
"""INS of the commands that carry CTAP2 on a card's contacts (CTAP 2.1, 11.3)."""
UNDERSTANDS_KEEP_ALIVE = 0x80
"""P1 of NFCCTAP_MSG: the host polls with NFCCTAP_GETRESPONSE."""
PROCESSING, USER_PRESENCE_NEEDED = b"\x01", b"\x02"
"""The status in a keep-alive."""


@unique
class Command(IntEnum):
    """The first byte of a CTAP2 message."""

    MAKE_CREDENTIAL = 0x01
    GET_ASSERTION = 0x02
    GET_INFO = 0x04
    CLIENT_PIN = 0x06
    RESET = 0x07
    GET_NEXT_ASSERTION = 0x08
    CREDENTIAL_MANAGEMENT = 0x0A
    SELECTION = 0x0B
    LARGE_BLOBS = 0x0C
    CONFIG = 0x0D
    CREDENTIAL_MANAGEMENT_PREVIEW = 0x41


@unique
class Status(IntEnum):
    """The first byte of every CTAP2 response."""

    SUCCESS = 0x00
    INVALID_COMMAND = 0x01
    INVALID_PARAMETER = 0x02
    INVALID_LENGTH = 0x03
    INVALID_SEQ = 0x04
    CBOR_UNEXPECTED_TYPE = 0x11
    INVALID_CBOR = 0x12
    MISSING_PARAMETER = 0x14
    LARGE_BLOB_STORAGE_FULL = 0x18
    CREDENTIAL_EXCLUDED = 0x19
    UNSUPPORTED_ALGORITHM = 0x26
    OPERATION_DENIED = 0x27
    KEY_STORE_FULL = 0x28
    UNSUPPORTED_OPTION = 0x2B
    INVALID_OPTION = 0x2C
    KEEPALIVE_CANCEL = 0x2D
    NO_CREDENTIALS = 0x2E
    USER_ACTION_TIMEOUT = 0x2F
    NOT_ALLOWED = 0x30
    PIN_INVALID = 0x31
    PIN_BLOCKED = 0x32
    PIN_AUTH_INVALID = 0x33
    PIN_AUTH_BLOCKED = 0x34
    PIN_NOT_SET = 0x35
    PUAT_REQUIRED = 0x36
    PIN_POLICY_VIOLATION = 0x37
    REQUEST_TOO_LARGE = 0x39
    UV_BLOCKED = 0x3C
    INTEGRITY_FAILURE = 0x3D
    INVALID_SUBCOMMAND = 0x3E
    UV_INVALID = 0x3F
    UNAUTHORIZED_PERMISSION = 0x40
    OTHER = 0x7F


MEANINGS: Mapping[Status, str] = {
    Status.SUCCESS: "the command was done",
    Status.INVALID_COMMAND: "there is no such command, or not in this version",
    Status.INVALID_PARAMETER: "a parameter, or their combination, makes no sense",
    Status.INVALID_LENGTH: "a parameter is too long or too short",
    Status.INVALID_SEQ: "a piece of a large blob is not the next one",
    Status.CBOR_UNEXPECTED_TYPE: "a parameter has another CBOR type",
    Status.INVALID_CBOR: "this is no CBOR, or not in the canonical form",
    Status.MISSING_PARAMETER: "a parameter that the command needs is missing",
    Status.LARGE_BLOB_STORAGE_FULL: "there is no room for this large blob",
    Status.CREDENTIAL_EXCLUDED: "a credential of the exclude list is here",
    Status.UNSUPPORTED_ALGORITHM: "none of the algorithms is known",
    Status.OPERATION_DENIED: "the user said no",
    Status.KEY_STORE_FULL: "there is no room for another discoverable credential",
    Status.UNSUPPORTED_OPTION: "an option is not known, or not possible here",
    Status.INVALID_OPTION: "an option is not for this command",
    Status.KEEPALIVE_CANCEL: "the host cancelled the wait for the user",
    Status.NO_CREDENTIALS: "no credential fits",
    Status.USER_ACTION_TIMEOUT: "the user did nothing in time",
    Status.NOT_ALLOWED: "the command is not allowed now",
    Status.PIN_INVALID: "the PIN is wrong",
    Status.PIN_BLOCKED: "the PIN is blocked until a reset",
    Status.PIN_AUTH_INVALID: "the proof of a PIN or token is wrong",
    Status.PIN_AUTH_BLOCKED: "the PIN is blocked until the next power-up",
    Status.PIN_NOT_SET: "there is no PIN",
    Status.PUAT_REQUIRED: "the command needs a token",
    Status.PIN_POLICY_VIOLATION: "the new PIN is too short, or the same",
    Status.REQUEST_TOO_LARGE: "the message is longer than maxMsgSize",
    Status.UV_BLOCKED: "the built-in user verification is blocked",
    Status.INTEGRITY_FAILURE: "the large blob's hash is wrong",
    Status.INVALID_SUBCOMMAND: "there is no such subcommand",
    Status.UV_INVALID: "the built-in user verification failed",
    Status.UNAUTHORIZED_PERMISSION: "the token cannot have this permission",
    Status.OTHER: "something else went wrong, such as a memory that cannot be written",
}
"""The wording of each status. Spec: CTAP 2.1, 8.2."""


class CtapError(Exception):
    """Ends a command with this status, and rolls back its writes.

    Where a docstring of this room names a Status (NOT_ALLOWED), a CtapError with it is raised.
    """

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


class Permission(IntFlag):
    """The permissions of a pinUvAuthToken."""

    MAKE_CREDENTIAL = 0x01
    GET_ASSERTION = 0x02
    CREDENTIAL_MANAGEMENT = 0x04
    BIO_ENROLLMENT = 0x08
    LARGE_BLOB_WRITE = 0x10
    AUTHENTICATOR_CONFIG = 0x20


class Flag(IntFlag):
    """The flags of authenticator data."""

    USER_PRESENT = 0x01
    USER_VERIFIED = 0x04
    ATTESTED = 0x40
    EXTENSIONS = 0x80


class Protection(IntEnum):
    """The levels of the extension credProtect (CTAP 2.1, 12.1)."""

    OPTIONAL = 1
    OPTIONAL_WITH_LIST = 2
    REQUIRED = 3
