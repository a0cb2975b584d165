"""The OATH application: HOTP and TOTP credentials protected by an access code.

Spec: YubiKey OATH protocol (instructions, tags, status words).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import cast

from vcard import SW, Command, Reply, Response, handles
from vcard.tlv import Tlv, parse_all, tlv

from .codes import OATH_AID, VERSION_TAG
from .device import TokenApplication
from .oath_credentials import HASHES, TOTP, Credential, Credentials, hmac_of, truncated

PUT, DELETE, SET_CODE, RESET, RENAME = 0x01, 0x02, 0x03, 0x04, 0x05
LIST, CALCULATE, VALIDATE, CALCULATE_ALL, SEND_REMAINING = 0xA1, 0xA2, 0xA3, 0xA4, 0xA5
NAME, NAME_LIST, KEY, CHALLENGE, RESPONSE, TRUNCATED = 0x71, 0x72, 0x73, 0x74, 0x75, 0x76
NO_RESPONSE, PROPERTY, COUNTER, ALGORITHM, TOUCH = 0x77, 0x78, 0x7A, 0x7B, 0x7C
SECRET_INSTRUCTIONS = frozenset({PUT, SET_CODE})
_NEEDS_TOUCH = 0x02
_FIRST_WITH_64, _FIRST_WITH_RENAME = (5, 7, 0), (5, 3, 1)
_CHALLENGE_BYTES = 8


@dataclass(slots=True)
class OathSession:
    """The state of a selection: the card's challenge, whether unlocked, the rest of a response."""

    challenge: bytes
    unlocked: bool
    remaining: bytes = b""


class Oath(TokenApplication):
    """The application for one-time passwords."""

    aid = OATH_AID
    section = "YubiKeyOath"
    secret_instructions = SECRET_INSTRUCTIONS

    def installed(self) -> None:
        """Load credentials, salt and access code from the memory."""
        limit = 64 if self.device.version >= _FIRST_WITH_64 else 32
        self.credentials = Credentials(self.memory.section("credentials"), limit)
        if "salt" not in self.memory:
            self.memory["salt"] = secrets.token_bytes(8)

    # The session

    def new_session(self) -> OathSession:
        """Start a session: locked if an access code is set."""
        return OathSession(secrets.token_bytes(_CHALLENGE_BYTES), unlocked=not self._code)

    @property
    def status(self) -> OathSession:
        """Return the state of this selection."""
        return cast("OathSession", self.session)

    @property
    def _code(self) -> bytes:
        """Return type byte and key of the access code; empty if none is set."""
        return self.memory.octets("code", b"")

    def selected(self, command: Command, aid: bytes) -> bytes:  # noqa: ARG002 - an applet's shape
        """Answer SELECT with version and salt, and a challenge if an access code is set."""
        told = tlv(VERSION_TAG, bytes(self.device.version))
        told += tlv(NAME, self.memory.octets("salt"))
        if self._code:
            told += tlv(CHALLENGE, self.status.challenge) + tlv(ALGORITHM, self._code[:1])
        return told

    def process(self, command: Command) -> Reply:
        """Process a command as any applet; data beyond Ne are kept for SEND REMAINING."""
        if command.ins == SEND_REMAINING and not command.class_byte.secure:
            return self._page(self.status.remaining, SW.OK, command)
        reply = super().process(command)
        self.status.remaining = b""
        if isinstance(reply, bytes):
            return self._page(reply, SW.OK, command)
        if isinstance(reply, Response):
            return self._page(reply.data, reply.sw, command)
        return reply

    def _page(self, data: bytes, sw: SW, command: Command) -> Response:
        now, self.status.remaining = data[: command.ne], data[command.ne :]
        left = len(self.status.remaining)
        return Response(now, SW.bytes_left(left) if left else sw)

    def _needs_access(self) -> None:
        if not self.status.unlocked:
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    # Credentials

    @handles(PUT, p1=0, p2=0)
    def put(self, command: Command) -> Reply:
        """PUT: store a credential; 6A84 if the memory is full."""
        self._needs_access()
        try:
            self.credentials.put(_credential(command.data))
        except ValueError:
            raise SW.WRONG_DATA from None
        return None

    @handles(DELETE, p1=0, p2=0)
    def delete(self, command: Command) -> Reply:
        """DELETE: remove a credential; 6984 if no credential has the name."""
        self._needs_access()
        [name] = _values(command.data, NAME)
        self.credentials.delete(name)
        return None

    @handles(RENAME, p1=0, p2=0)
    def rename(self, command: Command) -> Reply:
        """RENAME: change the name of a credential; 6984 if it is unknown or the new name exists."""
        if self.device.version < _FIRST_WITH_RENAME:
            return SW.INS_NOT_SUPPORTED
        self._needs_access()
        old, new = _values(command.data, NAME, NAME)
        try:
            self.credentials.rename(old, new)
        except ValueError:
            raise SW.WRONG_DATA from None
        return None

    @handles(LIST, p1=0, p2=0)
    def list_names(self) -> Reply:
        """LIST: type, hash and name of every credential."""
        self._needs_access()
        return b"".join(tlv(NAME_LIST, bytes((one.kind,)), one.name) for one in self.credentials)

    @handles(CALCULATE, p1=0)
    def calculate(self, command: Command) -> Reply:
        """CALCULATE: the HMAC with one credential, whole (P2 00) or truncated (P2 01)."""
        self._needs_access()
        if command.p2 > 1:
            return SW.INCORRECT_P1_P2
        name, challenge = _values(command.data, NAME, CHALLENGE)
        one = self.credentials.get(name)

        def work() -> bytes:
            return _answer(one, self.credentials.use(one, challenge), command.p2)

        return self.after_touch(work) if one.touch else work()

    @handles(CALCULATE_ALL, p1=0)
    def calculate_all(self, command: Command) -> Reply:
        """CALCULATE ALL: each credential's name and HMAC, or why there is none (HOTP, touch)."""
        self._needs_access()
        if command.p2 > 1:
            return SW.INCORRECT_P1_P2
        [challenge] = _values(command.data, CHALLENGE)
        told = b""
        for one in self.credentials:
            told += tlv(NAME, one.name)
            if one.counts or one.touch:
                told += tlv(NO_RESPONSE if one.counts else TOUCH, bytes((one.digits,)))
            else:
                told += _answer(one, one.compute(challenge), command.p2)
        return told

    # The access code

    @handles(SET_CODE, p1=0, p2=0)
    def set_code(self, command: Command) -> Reply:
        """SET CODE: set the access code, proved by an HMAC, or remove it (no key)."""
        self._needs_access()
        items = _items(command.data)
        if len(items) == 1 and items[0].tag == KEY and not items[0].value:
            self.memory.pop("code", None)
            return None
        key, challenge, response = _values(command.data, KEY, CHALLENGE, RESPONSE)
        if len(key) < 2 or key[0] & 0xF0 not in (0, TOTP) or key[0] & 0x0F not in HASHES:
            return SW.WRONG_DATA
        if not hmac.compare_digest(hmac_of(key[0], key[1:], challenge), response):
            return SW.REFERENCE_DATA_NOT_USABLE
        self.memory["code"] = key
        return None

    @handles(VALIDATE, p1=0, p2=0)
    def validate(self, command: Command) -> Reply:
        """VALIDATE: unlock by an HMAC of the card's challenge; answer the host's challenge.

        Each challenge is valid for one response.
        """
        response, challenge = _values(command.data, RESPONSE, CHALLENGE)
        code, status = self._code, self.status
        if not code:
            return SW.REFERENCE_DATA_NOT_USABLE
        asked, status.challenge = status.challenge, b""
        if not asked or not hmac.compare_digest(hmac_of(code[0], code[1:], asked), response):
            return SW.REFERENCE_DATA_NOT_USABLE
        status.unlocked = True
        return tlv(RESPONSE, hmac_of(code[0], code[1:], challenge))

    @handles(RESET, p1=0xDE, p2=0xAD)
    def reset(self) -> Reply:
        """RESET: delete all credentials and the access code, and make a new salt."""
        self.credentials.clear()
        self.memory.pop("code", None)
        self.memory["salt"] = secrets.token_bytes(8)
        self.status.unlocked = True
        return None


def _answer(one: Credential, mac: bytes, p2: int) -> bytes:
    return tlv(TRUNCATED if p2 else RESPONSE, bytes((one.digits,)), truncated(mac) if p2 else mac)


def _items(data: bytes) -> list[Tlv]:
    try:
        return list(parse_all(data))
    except ValueError:
        raise SW.WRONG_DATA from None


def _values(data: bytes, *tags: int) -> list[bytes]:
    """Return the values of exactly these objects in this order; raises 6A80 for others."""
    items = _items(data)
    if [item.tag for item in items] != list(tags):
        raise SW.WRONG_DATA
    return [item.value for item in items]


def _credential(data: bytes) -> Credential:
    """Parse a new credential; ValueError if it is malformed. The property has no length byte."""
    name, at = _object(data, 0, NAME)
    key, at = _object(data, at, KEY)
    touch, counter = False, 0
    if data[at : at + 1] == bytes((PROPERTY,)) and len(data) > at + 1:
        touch, at = bool(data[at + 1] & _NEEDS_TOUCH), at + 2
    if data[at : at + 1] == bytes((COUNTER,)):
        value, at = _object(data, at, COUNTER)
        counter = int.from_bytes(value, "big")
    if at != len(data) or len(key) < 2:
        raise ValueError("not a credential")
    return Credential(name, key[0], key[1], key[2:], touch, counter)


def _object(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """Return the value of the object at an offset, and the offset of the next object."""
    if len(data) < at + 2 or data[at] != tag or len(data) < at + 2 + data[at + 1]:
        raise ValueError(f"no object {tag:02X} at offset {at}")
    end = at + 2 + data[at + 1]
    return data[at + 2 : end], end
