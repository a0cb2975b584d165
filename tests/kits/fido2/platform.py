"""A FIDO platform for tests; its PIN protocols are python-fido2's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2
from fido2.webauthn import AuthenticatorData

from applets.fido2 import AID, Fido2, Issuer, Settings, Touch
from applets.fido2.codes import Command, Permission, Status
from vcard import Card, Memory
from vcard.contact import at_once

RP = "example.com"
CLIENT_DATA_HASH = bytes(range(32))
PIN = "1234"
ALL = Permission(0x37)
ATTESTATION = Issuer.create().equip(Settings().aaguid)
Fields = dict[int, Any]


def fido(
    pin: str | None = None,
    *,
    touch: Touch | None = None,
    **settings: Any,
) -> Fido2:
    """An authenticator; its attestation keys are made once for all."""
    return Fido2(Settings(**settings), touch=touch, attestation=ATTESTATION, pin=pin)


class Platform:
    """Sends CTAP2 commands to a card; `protocol` is the PIN/UV auth protocol that it uses."""

    def __init__(
        self,
        applet: Fido2 | None = None,
        memory: Memory | None = None,
        *,
        card: Card | None = None,
    ) -> None:
        found = card.applets[0] if card is not None else applet or fido()
        assert isinstance(found, Fido2)
        self.applet = found
        self.card = card or found.on_card(memory)
        self.protocol: PinProtocolV1 = PinProtocolV2()
        self.power_up()

    @property
    def core(self) -> Any:
        return self.applet.authenticator.core

    def power_up(self) -> None:
        self.card.power_up()
        assert self.apdu("00A40400", AID)[1] == 0x9000

    def apdu(self, header: str, data: bytes = b"") -> tuple[bytes, int]:
        """Send a command with as many GET RESPONSEs as its answer needs."""
        head = bytes.fromhex(header)
        length = b"" if not data else b"\0" + len(data).to_bytes(2, "big")
        le = b"\0\0" if data else b"\0\0\0"
        raw = self.raw(head + length + data + le)
        return raw[:-2], int.from_bytes(raw[-2:], "big")

    def raw(self, command: bytes) -> bytes:
        answer = at_once(self.card.exchange(command))
        assert answer is not None
        return answer

    # CTAP2

    def message(self, message: bytes) -> bytes:
        data, sw = self.apdu("80100000", message)
        assert sw == 0x9000, f"{sw:04X}"
        return data

    def ctap(self, command: int, fields: Mapping[int, Any] | None = None) -> tuple[Status, Any]:
        sent = b"" if fields is None else cbor.encode(fields)
        answer = self.message(bytes((command,)) + sent)
        return Status(answer[0]), cbor.decode(answer[1:]) if answer[1:] else None

    def ok(self, command: int, fields: Mapping[int, Any] | None = None) -> Any:
        status, answer = self.ctap(command, fields)
        assert status is Status.SUCCESS, status
        return answer

    def refused(self, command: int, fields: Mapping[int, Any] | None = None) -> Status:
        status, answer = self.ctap(command, fields)
        assert answer is None
        return status

    # PINs and tokens

    def agree(self) -> tuple[dict[int, Any], bytes]:
        peer = CoseKey.parse(self.ok(0x06, {1: self.protocol.VERSION, 2: 2})[1])
        ours, shared = self.protocol.encapsulate(peer)
        return dict(ours), shared

    def set_pin_fields(self, pin: bytes) -> Fields:
        ours, shared = self.agree()
        sent = self.protocol.encrypt(shared, pin)
        mac = self.protocol.authenticate(shared, sent)
        return {1: self.protocol.VERSION, 2: 3, 3: ours, 4: mac, 5: sent}

    def set_pin(self, pin: str = PIN) -> Status:
        return self.refused(0x06, self.set_pin_fields(pin.encode().ljust(64, b"\0")))

    def change_pin(self, old: str, new: str) -> Status:
        ours, shared = self.agree()
        sent = self.protocol.encrypt(shared, new.encode().ljust(64, b"\0"))
        proof = self.protocol.encrypt(shared, digest(old))
        mac = self.protocol.authenticate(shared, sent + proof)
        fields = {1: self.protocol.VERSION, 2: 4, 3: ours, 4: mac, 5: sent, 6: proof}
        return self.refused(0x06, fields)

    def token_reply(
        self, pin: str = PIN, permissions: int | None = ALL, rp: str | None = RP, sub: int = 9
    ) -> tuple[Status, bytes | None]:
        ours, shared = self.agree()
        fields = {1: self.protocol.VERSION, 2: sub, 3: ours}
        if sub != 6:
            fields[6] = self.protocol.encrypt(shared, digest(pin))
        fields |= {} if permissions is None else {9: int(permissions)}
        fields |= {} if rp is None else {10: rp}
        status, answer = self.ctap(0x06, fields)
        return status, self.protocol.decrypt(shared, answer[2]) if answer else None

    def token(self, permissions: int | None = ALL, rp: str | None = RP, sub: int = 9) -> bytes:
        status, token = self.token_reply(PIN, permissions, rp, sub)
        assert status is Status.SUCCESS, status
        assert token is not None
        return token

    def proof(self, message: bytes, permissions: int | None = ALL, rp: str | None = RP) -> bytes:
        """A pinUvAuthParam over a message, with a token of its own."""
        return bytes(self.protocol.authenticate(self.token(permissions, rp), message))

    def verified(self, fields: Fields, first: int, **token: Any) -> Fields:
        """The fields of a command about credentials, with a token's proof from key `first` on."""
        mac = self.proof(CLIENT_DATA_HASH, **token)
        return fields | {first: mac, first + 1: self.protocol.VERSION}

    # Commands with a token

    def manage(self, sub: int, params: Fields | None = None, **token: Any) -> tuple[Status, Any]:
        sent = bytes((sub,)) + (cbor.encode(params) if params is not None else b"")
        token = {"permissions": Permission.CREDENTIAL_MANAGEMENT, "rp": None} | token
        fields: Fields = {1: sub, 3: self.protocol.VERSION, 4: self.proof(sent, **token)}
        return self.ctap(0x0A, fields | ({} if params is None else {2: params}))

    def config(self, sub: int, params: Fields | None = None) -> Status:
        head = b"\xff" * 32 + bytes((0x0D, sub))
        sent = head + (cbor.encode(params) if params is not None else b"")
        mac = self.proof(sent, permissions=Permission.AUTHENTICATOR_CONFIG, rp=None)
        fields: Fields = {1: sub, 3: self.protocol.VERSION, 4: mac}
        return self.refused(0x0D, fields | ({} if params is None else {2: params}))

    def make(self, **changes: Any) -> Made:
        return Made(self.ok(Command.MAKE_CREDENTIAL, creation(**changes)))

    def resident(self, user: bytes = b"u", rp: str = RP, **changes: Any) -> Made:
        fields = creation(user=user, rp=rp, options={"rk": True}, **changes)
        if "pin" in self.core.store.memory:
            fields = self.verified(fields, 8, rp=rp)
        return Made(self.ok(Command.MAKE_CREDENTIAL, fields))


class Made:
    """The answer of authenticatorMakeCredential."""

    def __init__(self, answer: dict[int, Any]) -> None:
        self.answer = answer
        self.format, self.statement = answer[1], answer[3]
        self.data = AuthenticatorData(answer[2])
        assert self.data.credential_data is not None
        self.identity = self.data.credential_data.credential_id
        self.key = self.data.credential_data.public_key
        self.extensions = self.data.extensions or {}


def digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode()).digest()[:16]


def creation(
    *,
    rp: str = RP,
    user: bytes = b"u",
    algorithms: tuple[int, ...] = (-7,),
    exclude: list[bytes] | None = None,
    extensions: dict[str, Any] | None = None,
    options: dict[str, bool] | None = None,
) -> Fields:
    """The fields of authenticatorMakeCredential."""
    fields: Fields = {
        1: CLIENT_DATA_HASH,
        2: {"id": rp, "name": "RP"},
        3: {"id": user, "name": "name", "displayName": "Display"},
        4: [{"alg": number, "type": "public-key"} for number in algorithms],
    }
    if exclude is not None:
        fields[5] = [listed(identity) for identity in exclude]
    if extensions is not None:
        fields[6] = extensions
    return fields | ({} if options is None else {7: options})


def assertion(
    allow: list[bytes] | None = None,
    *,
    rp: str = RP,
    extensions: dict[str, Any] | None = None,
    options: dict[str, bool] | None = None,
) -> Fields:
    """The fields of authenticatorGetAssertion."""
    fields: Fields = {1: rp, 2: CLIENT_DATA_HASH}
    if allow is not None:
        fields[3] = [listed(identity) for identity in allow]
    if extensions is not None:
        fields[4] = extensions
    return fields | ({} if options is None else {5: options})


def listed(identity: bytes) -> dict[str, Any]:
    return {"id": identity, "type": "public-key"}


def salted(
    platform: Platform, salts: bytes, *, mac: bytes | None = None
) -> tuple[dict[int, Any], bytes]:
    """The input of hmac-secret, and the shared secret for its output."""
    ours, shared = platform.agree()
    sent = platform.protocol.encrypt(shared, salts)
    mac = platform.protocol.authenticate(shared, sent) if mac is None else mac
    return {1: ours, 2: sent, 3: mac, 4: platform.protocol.VERSION}, shared


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
