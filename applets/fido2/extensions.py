"""Extensions: credProtect, hmac-secret, credBlob, largeBlobKey, minPinLength.

Spec: CTAP 2.1, 12.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from .codes import CtapError, Protection, Status
from .core import Core
from .credential import Credential, Kind
from .fields import Fields, mapping, optional, required
from .pin_protocols import SharedSecret, protocol_of
from .settings import CRED_BLOB_BYTES
from .store import Account

Outputs = dict[str, Any]


def known(core: Core, fields: Fields, key: int) -> Fields:
    """Read the extensions of a request that this authenticator has; others are ignored."""
    given = optional(fields, key, dict) or {}
    return {name: value for name, value in given.items() if name in core.settings.extensions}


def flag(inputs: Fields, name: str) -> bool:
    """Read a boolean input, false if missing; CBOR_UNEXPECTED_TYPE for another type."""
    return optional(inputs, name, bool) or False


# authenticatorMakeCredential


@dataclass(frozen=True, slots=True)
class Creation:
    """The extensions of a request for a new credential."""

    inputs: Fields
    protection: Protection
    kind: Kind
    blob: bytes | None

    @classmethod
    def read(cls, inputs: Fields, *, discoverable: bool) -> Creation:
        """Read the inputs; INVALID_OPTION for an impossible combination."""
        kind = Kind.DISCOVERABLE if discoverable else Kind(0)
        if flag(inputs, "hmac-secret"):
            kind |= Kind.HMAC_SECRET
        if _large_blob(inputs):
            if not discoverable:
                raise CtapError(Status.INVALID_OPTION)
            kind |= Kind.LARGE_BLOB
        flag(inputs, "minPinLength")
        return cls(inputs, _protection(inputs), kind, _kept_blob(inputs, discoverable))

    def outputs(self, core: Core, rp_id: str) -> Outputs:
        """The outputs in the authenticator data."""
        found: Outputs = {}
        if "credProtect" in self.inputs:
            found["credProtect"] = int(self.protection)
        if "hmac-secret" in self.inputs:
            found["hmac-secret"] = Kind.HMAC_SECRET in self.kind
        if "credBlob" in self.inputs:
            found["credBlob"] = self.blob is not None
        if flag(self.inputs, "minPinLength") and rp_id in core.store.get("min pin rps", ()):
            found["minPinLength"] = core.store.min_pin
        return found


def _protection(inputs: Fields) -> Protection:
    level = optional(inputs, "credProtect", int)
    try:
        return Protection(1 if level is None else level)
    except ValueError:
        raise CtapError(Status.INVALID_OPTION) from None


def _large_blob(inputs: Fields) -> bool:
    if "largeBlobKey" not in inputs:
        return False
    if not flag(inputs, "largeBlobKey"):
        raise CtapError(Status.INVALID_OPTION)
    return True


def _kept_blob(inputs: Fields, discoverable: bool) -> bytes | None:  # noqa: FBT001 - a fact
    """The credBlob, if the authenticator will store it."""
    blob = optional(inputs, "credBlob", bytes)
    fits = blob is not None and discoverable and len(blob) <= CRED_BLOB_BYTES
    return blob if fits else None


# authenticatorGetAssertion


@dataclass(frozen=True, slots=True)
class Salts:
    """The salts of hmac-secret, and the keys that encrypt the output."""

    shared: SharedSecret
    values: tuple[bytes, ...]

    @classmethod
    def read(cls, core: Core, given: Fields) -> Salts:
        """Decrypt the input; PIN_AUTH_INVALID for a wrong MAC, INVALID_LENGTH for other sizes."""
        protocol = protocol_of(given, 4) if 4 in given else 1
        shared = core.agreement.agree(protocol, required(given, 1, dict))
        sent = required(given, 2, bytes)
        shared.verify(sent, required(given, 3, bytes))
        salts = shared.decrypt(sent)
        if len(salts) not in (32, 64):
            raise CtapError(Status.INVALID_LENGTH)
        return cls(shared, tuple(salts[start : start + 32] for start in range(0, len(salts), 32)))

    def output(self, credential: Credential, *, verified: bool) -> bytes:
        """Encrypt the HMACs of the salts."""
        secret = credential.secret(verified=verified)
        plain = b"".join(hmac.new(secret, salt, hashlib.sha256).digest() for salt in self.values)
        return self.shared.encrypt(plain)


@dataclass(frozen=True, slots=True)
class Use:
    """The extensions of a request for an assertion."""

    salts: Salts | None
    blob: bool
    large_blob: bool

    @classmethod
    def read(cls, core: Core, inputs: Fields, *, present: bool) -> Use:
        """Read the inputs; UNSUPPORTED_OPTION for hmac-secret without user presence."""
        salts = None
        if "hmac-secret" in inputs:
            if not present:
                raise CtapError(Status.UNSUPPORTED_OPTION)
            salts = Salts.read(core, mapping(inputs["hmac-secret"]))
        return cls(salts, flag(inputs, "credBlob"), _large_blob(inputs))

    def outputs(
        self, credential: Credential, account: Account | None, *, verified: bool
    ) -> Outputs:
        """The outputs in the authenticator data."""
        found: Outputs = {}
        if self.salts is not None and Kind.HMAC_SECRET in credential.kind:
            found["hmac-secret"] = self.salts.output(credential, verified=verified)
        if self.blob:
            found["credBlob"] = (account.blob if account else None) or b""
        return found
