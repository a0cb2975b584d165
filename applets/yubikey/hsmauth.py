"""The HSMAuth application: credentials that compute session keys for a YubiHSM 2.

Spec: YubiHSM Auth protocol (instructions, tags, status words).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec

from applets.shared.secure_channel import curves
from vcard import SW, Command, Pin, Reply, handles
from vcard.tlv import parse_all, tlv

from .codes import HSMAUTH_AID, VERSION_TAG
from .device import TokenApplication
from .hsmauth_credentials import (
    AES_128,
    KEY_BYTES,
    P256,
    PASSWORD_BYTES,
    TRIES,
    Credential,
    Credentials,
)

PUT, DELETE, CALCULATE, GET_CHALLENGE, LIST, RESET = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
GET_VERSION, PUT_MANAGEMENT_KEY, GET_RETRIES, GET_PUBLIC_KEY = 0x07, 0x08, 0x09, 0x0A
CHANGE_PASSWORD = 0x0B
LABEL, LABEL_LIST, PASSWORD, ALGORITHM, KEY_ENC, KEY_MAC = 0x71, 0x72, 0x73, 0x74, 0x75, 0x76
CONTEXT, CRYPTOGRAM, TOUCH, MANAGEMENT_KEY = 0x77, 0x78, 0x7A, 0x7B
PUBLIC_KEY, PRIVATE_KEY = 0x7C, 0x7D
SECRET_INSTRUCTIONS = frozenset({PUT, DELETE, CALCULATE, PUT_MANAGEMENT_KEY, CHANGE_PASSWORD})
FACTORY_KEY = bytes(KEY_BYTES)
_FIRST_WITH_P256, _FIRST_WITH_CHANGE = (5, 6, 0), (5, 8, 0)


@dataclass(slots=True)
class HsmAuthSession:
    """The ephemeral key of GET CHALLENGE, and the label of its credential."""

    label: bytes = b""
    ephemeral: ec.EllipticCurvePrivateKey | None = None


class HsmAuth(TokenApplication):
    """Credentials, and the management key that adds and deletes them."""

    aid = HSMAUTH_AID
    section = "YubiKeyHsmAuth"
    secret_instructions = SECRET_INSTRUCTIONS

    def installed(self) -> None:
        """Load credentials and management key from the memory."""
        self.credentials = Credentials(self.memory.section("credentials"))
        self.management = Pin(self.memory, "management", FACTORY_KEY, tries=TRIES)

    def new_session(self) -> HsmAuthSession:
        """Start a session without an ephemeral key."""
        return HsmAuthSession()

    def selected(self, command: Command, aid: bytes) -> bytes:  # noqa: ARG002 - an applet's shape
        """Answer SELECT with the version."""
        return tlv(VERSION_TAG, bytes(self.device.version))

    @handles(GET_VERSION, p1=0, p2=0)
    def get_version(self) -> Reply:
        """GET VERSION: three bytes, major, minor, patch."""
        return bytes(self.device.version)

    # With the management key

    @handles(PUT, p1=0, p2=0)
    def put(self, command: Command) -> Reply:
        """PUT: store a credential; 63Cx for a wrong management key, 6984 if the label exists."""
        fields = _fields(command.data)
        self._check(self.management, fields.get(MANAGEMENT_KEY, b""))
        try:
            one = self._credential(fields)
        except ValueError:
            raise SW.WRONG_DATA from None
        if one.label in self.credentials:
            return SW.REFERENCE_DATA_NOT_USABLE
        self.credentials.put(one)
        return None

    def _credential(self, fields: dict[int, bytes]) -> Credential:
        """Read the credential of a PUT; a P-256 one without a key gets a new key."""
        [algorithm] = fields.get(ALGORITHM, b"")
        if algorithm == P256 and self.device.version < _FIRST_WITH_P256:
            raise ValueError("this firmware has no asymmetric credentials")
        key = fields.get(KEY_ENC, b"") + fields.get(KEY_MAC, b"")
        if algorithm == P256:
            key = fields.get(PRIVATE_KEY) or curves.generate(0)[0].value
        touch = any(fields.get(TOUCH, b""))
        label, password = fields.get(LABEL, b""), fields.get(PASSWORD, b"")
        one = Credential(label, algorithm, touch, key, password)
        if algorithm == P256:
            _ = one.pair  # ValueError for a scalar out of range
        return one

    @handles(DELETE, p1=0, p2=0)
    def delete(self, command: Command) -> Reply:
        """DELETE: remove a credential; 6A88 if no credential has the label."""
        fields = _fields(command.data)
        self._check(self.management, fields.get(MANAGEMENT_KEY, b""))
        self.credentials.delete(fields.get(LABEL, b""))
        return None

    @handles(PUT_MANAGEMENT_KEY, p1=0, p2=0)
    def put_management_key(self, command: Command) -> Reply:
        """Change the management key (the old key, then the new one); 6A80 for other data."""
        try:
            items = list(parse_all(command.data))
        except ValueError:
            raise SW.WRONG_DATA from None
        sizes = [(item.tag, len(item.value)) for item in items]
        if sizes != [(MANAGEMENT_KEY, KEY_BYTES)] * 2:
            return SW.WRONG_DATA
        self._check(self.management, items[0].value)
        self.management.replace(items[1].value)
        return None

    @staticmethod
    def _check(guarded: Pin, candidate: bytes) -> None:
        """Compare the management key; raises 63Cx, and 63C0 once no try is left."""
        try:
            guarded.check(candidate)
        except SW:
            raise SW.tries_left(guarded.tries_left) from None

    @handles(GET_RETRIES, p1=0, p2=0)
    def get_retries(self) -> Reply:
        """Return the remaining tries of the management key."""
        return bytes((self.management.tries_left,))

    @handles(RESET, p1=0xDE, p2=0xAD)
    def reset(self) -> Reply:
        """RESET: delete all credentials and restore the factory's management key."""
        self.credentials.clear()
        self.management.replace(FACTORY_KEY)
        return None

    # Credentials in use

    @handles(LIST, p1=0, p2=0)
    def list_credentials(self) -> Reply:
        """LIST: algorithm, touch policy, label and tries of every credential."""
        return b"".join(
            tlv(LABEL_LIST, bytes((one.algorithm, one.touch)), one.label, bytes((one.tries,)))
            for one in self.credentials
        )

    @handles(GET_PUBLIC_KEY, p1=0, p2=0)
    def get_public_key(self, command: Command) -> Reply:
        """Return the public point of a P-256 credential; 6A80 for another algorithm."""
        one = self.credentials.get(_fields(command.data).get(LABEL, b""))
        return one.point if one.algorithm == P256 else SW.WRONG_DATA

    @handles(GET_CHALLENGE, p1=0, p2=0)
    def get_challenge(self, command: Command) -> Reply:
        """GET CHALLENGE: 8 random bytes, or an ephemeral point for a P-256 credential."""
        one = self.credentials.get(_fields(command.data).get(LABEL, b""))
        if one.algorithm == AES_128:
            return secrets.token_bytes(8)
        key = ec.generate_private_key(ec.SECP256R1())
        session = cast("HsmAuthSession", self.session)
        session.label, session.ephemeral = one.label, key
        return curves.point_of(key.public_key())

    @handles(CALCULATE, p1=0, p2=0)
    def calculate(self, command: Command) -> Reply:
        """CALCULATE: S-ENC, S-MAC and S-RMAC for a password; 63Cx if it is wrong."""
        fields = _fields(command.data)
        one = self.credentials.get(fields.get(LABEL, b""))
        refused = self.credentials.refuses(one, fields.get(PASSWORD, b""))
        if refused is not None:
            return refused
        session = cast("HsmAuthSession", self.session)
        return self._touched(one, lambda: _session_keys(one, fields, session))

    @handles(CHANGE_PASSWORD, p2=0)
    def change_password(self, command: Command) -> Reply:
        """Change a credential's password, with the old password (P1 00) or the management key (01).

        63Cx for a wrong password or management key.
        """
        if self.device.version < _FIRST_WITH_CHANGE:
            return SW.INS_NOT_SUPPORTED
        by_password = {0: True, 1: False}.get(command.p1)
        if by_password is None:
            return SW.INCORRECT_P1_P2
        label, proof, new = _values(
            command.data, LABEL, PASSWORD if by_password else MANAGEMENT_KEY, PASSWORD
        )
        one = self.credentials.get(label)
        if len(new) != PASSWORD_BYTES:
            return SW.WRONG_DATA
        if not by_password:
            self._check(self.management, proof)
        elif (refused := self.credentials.refuses(one, proof)) is not None:
            return refused
        self.credentials.put(replace(self.credentials.get(label), password=new))
        return None

    def _touched(self, one: Credential, work: Callable[[], Reply]) -> Reply:
        return self.after_touch(work) if one.touch else work()


def _session_keys(one: Credential, fields: dict[int, bytes], session: HsmAuthSession) -> Reply:
    context, cryptogram = fields.get(CONTEXT, b""), fields.get(CRYPTOGRAM)
    if one.algorithm == AES_128:
        return one.session_keys(context, cryptogram)
    ephemeral, session.ephemeral = session.ephemeral, None
    if ephemeral is None or session.label != one.label:
        return SW.CONDITIONS_NOT_SATISFIED
    try:
        return one.agreed_keys(context, ephemeral, fields.get(PUBLIC_KEY, b""), cryptogram)
    except ValueError:
        raise SW.WRONG_DATA from None


def _values(data: bytes, *tags: int) -> list[bytes]:
    """Return the values of exactly these objects in this order; raises 6A80 for others."""
    try:
        items = list(parse_all(data))
    except ValueError:
        raise SW.WRONG_DATA from None
    if [item.tag for item in items] != list(tags):
        raise SW.WRONG_DATA
    return [item.value for item in items]


def _fields(data: bytes) -> dict[int, bytes]:
    try:
        return {item.tag: item.value for item in parse_all(data)}
    except ValueError:
        raise SW.WRONG_DATA from None
