"""Symmetric keys: the management key that authenticates an administrator, and card authentication.

Spec: NIST SP 800-73-4, part 2, 3.2.4 and appendix A.1 (challenge-response, mutual).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from applets.shared.block_ciphers import Aes, BlockCipher, TripleDes
from vcard import SW, Value
from vcard.memory import parts

from .codes import Algorithm, TouchPolicy
from .dynamic_authentication import Template

_SIZES = {
    Algorithm.TDES: 24,
    Algorithm.AES_128: 16,
    Algorithm.AES_192: 24,
    Algorithm.AES_256: 32,
}


@dataclass(frozen=True, slots=True)
class SymmetricKey:
    """A 3DES or AES key; ValueError if its length does not match the algorithm.

    The repr hides it.
    """

    algorithm: Algorithm
    key: bytes = field(repr=False)
    touch_policy: TouchPolicy = TouchPolicy.NEVER

    def __post_init__(self) -> None:
        size = _SIZES.get(self.algorithm)
        if size is None:
            raise ValueError(f"{self.algorithm.name} is not a symmetric algorithm")
        if len(self.key) != size:
            raise ValueError(f"a key of {self.algorithm.name} has {size} bytes")

    @classmethod
    def unpack(cls, value: Value) -> SymmetricKey:
        """Restore a key from the result of `pack`."""
        algorithm, key, touch = parts(value, int, bytes, int)
        return cls(Algorithm(algorithm), key, TouchPolicy(touch))

    def pack(self) -> Value:
        """Convert the key to a value for the card's memory."""
        return int(self.algorithm), self.key, int(self.touch_policy)

    @property
    def block_size(self) -> int:
        """8 bytes for 3DES, 16 for AES."""
        return self._cipher.block_size

    def encrypt(self, block: bytes) -> bytes:
        """Encipher one block; raises 6A80 for another length."""
        if len(block) != self.block_size:
            raise SW.WRONG_DATA
        return self._cipher.encrypt(block)

    @property
    def _cipher(self) -> BlockCipher:
        return TripleDes(self.key) if self.algorithm is Algorithm.TDES else Aes(self.key)


FACTORY_KEY = SymmetricKey(Algorithm.TDES, bytes(range(1, 9)) * 3)
"""The factory value: 3DES, because many tools expect it on a new card."""


@dataclass(slots=True)
class Dialogue:
    """The card's pending challenge or witness, valid for one response of the host."""

    challenge: bytes = field(default=b"", repr=False)
    witness: bytes = field(default=b"", repr=False)

    def take(self) -> Dialogue:
        """Return the challenge or witness, and clear it."""
        asked = Dialogue(self.challenge, self.witness)
        self.challenge = self.witness = b""
        return asked


def authenticate(key: SymmetricKey, template: Template, dialogue: Dialogue) -> Template | None:
    """Do one step of the host's proof that it has `key`.

    Returns the card's next message during the proof. At its end, returns None (after a challenge)
    or a template with the card's own proof in `response` (after a witness). Raises 6982 if the
    host's response is wrong, 6985 without a challenge or witness, 6A80 for another template.
    """
    asked = dialogue.take()
    if template == Template(challenge=b""):
        dialogue.challenge = secrets.token_bytes(key.block_size)
        return Template(challenge=dialogue.challenge)
    if template == Template(witness=b""):
        dialogue.witness = secrets.token_bytes(key.block_size)
        return Template(witness=key.encrypt(dialogue.witness))
    if template.witness and template.challenge:
        _compare(asked.witness, template.witness)
        return Template(response=key.encrypt(template.challenge))
    if template.response:
        _compare(asked.challenge and key.encrypt(asked.challenge), template.response)
        return None
    raise SW.WRONG_DATA


def prove(key: SymmetricKey, template: Template) -> Template:
    """Internal authentication: encrypt the host's challenge; 6A80 for another template."""
    if template.challenge is None or template.response != b"":
        raise SW.WRONG_DATA
    return Template(response=key.encrypt(template.challenge))


def _compare(expected: bytes, given: bytes) -> None:
    if not expected:
        raise SW.CONDITIONS_NOT_SATISFIED
    if not hmac.compare_digest(expected, given):
        raise SW.SECURITY_STATUS_NOT_SATISFIED
