"""The settings of an authenticator: identity, features, limits."""

from __future__ import annotations

from dataclasses import dataclass

from .codes import CtapError, Status

AAGUID = b"vcard-fido2-demo"
VERSIONS = ("U2F_V2", "FIDO_2_0", "FIDO_2_1")
EXTENSIONS = ("credBlob", "credProtect", "hmac-secret", "largeBlobKey", "minPinLength")
TRANSPORTS = ("nfc", "usb")
ATTESTATIONS = ("packed", "self", "none")
RESET_RULES = ("power-up", "always", "never")
VERIFICATIONS = ("none", "accept", "refuse")
ALGORITHM_NUMBERS = (-7, -8, -35)
MESSAGE, LARGE_MESSAGE = 2048, 7609
"""The usual limit of a message, and the larger one of CTAPHID that ML-DSA needs (bytes)."""
CRED_BLOB_BYTES, MIN_PIN_RP_IDS = 32, 8
LIST_ITEMS, ID_BYTES = 16, 128
PIN_BYTES = 63
_ML_DSA = frozenset({-48, -49, -50})


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that an authenticator's commands follow; ValueError for an impossible combination.

    `verification` is its built-in user verification (a fingerprint, say): none, one that accepts
    or one that refuses its user. `counter`: signatures are counted.
    `enterprise` names the RP ids of vendor-facilitated enterprise attestation, None if the
    authenticator has none. `large_blob` is the room for large blobs, 0 for none.
    """

    aaguid: bytes = AAGUID
    versions: tuple[str, ...] = VERSIONS
    extensions: tuple[str, ...] = EXTENSIONS
    algorithms: tuple[int, ...] = ALGORITHM_NUMBERS
    attestation: str = "packed"
    enterprise: tuple[str, ...] | None = ()
    verification: str = "none"
    reset: str = "power-up"
    always_uv: bool = False
    make_without_uv: bool = True
    counter: bool = True
    credentials: int = 100
    large_blob: int = 4096
    pin_tries: int = 8
    min_pin: int = 4
    firmware: int = 0x010000

    def __post_init__(self) -> None:
        if len(self.aaguid) != 16:
            raise ValueError(f"an AAGUID has 16 bytes, not {len(self.aaguid)}")
        if not 1 <= self.pin_tries <= 8:
            raise ValueError(f"a PIN has 1 to 8 tries, not {self.pin_tries}")
        if not 4 <= self.min_pin <= PIN_BYTES:
            raise ValueError(f"the shortest PIN has 4 to {PIN_BYTES} characters")
        if not self.algorithms or not self.versions:
            raise ValueError("an authenticator has at least one version and one algorithm")
        if self.large_blob and self.large_blob < 1024:
            raise ValueError("large blobs have no room, or 1024 bytes and more")
        self._known("versions", self.versions, VERSIONS)
        self._known("extensions", self.extensions, EXTENSIONS)
        self._known("attestation", (self.attestation,), ATTESTATIONS)
        self._known("reset", (self.reset,), RESET_RULES)
        self._known("uv", (self.verification,), VERIFICATIONS)

    @staticmethod
    def _known(name: str, values: tuple[str, ...], known: tuple[str, ...]) -> None:
        for value in values:
            if value not in known:
                raise ValueError(f"{name}: {value!r} is none of {', '.join(known)}")

    @property
    def max_message(self) -> int:
        """The longest message, in bytes (maxMsgSize)."""
        return LARGE_MESSAGE if _ML_DSA.intersection(self.algorithms) else MESSAGE

    @property
    def u2f(self) -> bool:
        """Whether U2F is one of its versions."""
        return "U2F_V2" in self.versions

    @property
    def ctap21(self) -> bool:
        """Whether the authenticator supports the commands and options of CTAP 2.1."""
        return "FIDO_2_1" in self.versions

    def needs(self, feature: object) -> None:
        """Raise INVALID_COMMAND if the authenticator lacks the feature that a command needs."""
        if not feature:
            raise CtapError(Status.INVALID_COMMAND)
