"""The base of secure channel sessions: a security level, keys, and two directions.

Spec: GlobalPlatform Card Specification 2.3.1, 10.2 to 10.6.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from enum import IntFlag

from applets.shared.block_ciphers import BlockCipher
from vcard import SW, Command
from vcard.command import CLASS_BYTES

SECURE_BIT = 0x04


class Level(IntFlag):
    """The security level of a session, as coded in P1 of EXTERNAL AUTHENTICATE."""

    NONE = 0x00
    C_MAC = 0x01
    C_DECRYPTION = 0x02
    R_MAC = 0x10
    R_ENCRYPTION = 0x20


FULL = Level.C_MAC | Level.C_DECRYPTION | Level.R_MAC | Level.R_ENCRYPTION
LEVELS = frozenset({0x00, 0x01, 0x03, 0x11, 0x13, 0x33})
"""The levels that a host may request; SCP02 has all but 33."""


class Session(ABC):
    """An established secure channel.

    `host_authenticated` is False where the host proved nothing (SCP11b). `kvn` is the version of
    the keys that opened the session.
    """

    host_authenticated = True

    def __init__(self, level: Level, kvn: int) -> None:
        self.level = level
        self.kvn = kvn

    def open(self, command: Command) -> Command:
        """Check the C-MAC and decrypt; return the plain command.

        Raises 6982 if the MAC is wrong or the session expects no secure messaging, 6700 if the
        data are too short, 6A80 if they are not padded.
        """
        if not self.level & Level.C_MAC:
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        data = self._open(command)
        plain_class = CLASS_BYTES[command.cla].base
        return Command(
            plain_class, command.ins, command.p1, command.p2, data, command.le, command.extended
        )

    @abstractmethod
    def _open(self, command: Command) -> bytes:
        """The plain data of a protected command."""

    @abstractmethod
    def close(self, data: bytes, sw: SW) -> bytes:
        """Protect the data of a response as the level requires; the status word is unchanged."""

    @property
    @abstractmethod
    def key_cipher(self) -> BlockCipher:
        """The cipher of the data encryption key, for keys inside commands (PUT KEY)."""

    @abstractmethod
    def decrypt_key(self, blocks: bytes) -> bytes:
        """Decrypt sensitive data with the data encryption key; ValueError for broken blocks."""


def protected_header(command: Command, *, marked: bool = True) -> bytes:
    """CLA INS P1 P2 as a MAC covers them: without the channel, with the secure messaging bit."""
    cla = CLASS_BYTES[command.cla].base | (SECURE_BIT if marked else 0)
    return bytes((cla, command.ins, command.p1, command.p2))


def has_protected_response(sw: SW) -> bool:
    """Whether a response with this status word is protected: success and warnings are."""
    return sw == SW.OK or sw.value >> 8 in (0x62, 0x63)


def check_mac(given: bytes, expected: bytes) -> None:
    """Compare MACs in constant time; raises 6982 if they differ."""
    if not hmac.compare_digest(given, expected):
        raise SW.SECURITY_STATUS_NOT_SATISFIED
