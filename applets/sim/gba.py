"""The generic bootstrapping architecture on the card: GBA_U.

The card keeps the bootstrapped key, and gives the phone only keys for one service each.
Spec: 3GPP TS 33.220, 5.3.2 (bootstrapping), 5.3.3 and annex B (key derivation); TS 31.102, 7.1.1.4.
"""

from __future__ import annotations

import hashlib
import hmac

from applets.shared.file_system.tree import Path
from vcard import SW, Command, Reply, handles
from vcard.exclusive_or import mixed

from .authentication import AUTHENTICATION_FAILED, Authentication, fields, length_value
from .usim import MacError, SqnError, answer

FOR_PHONE, FOR_CARD = b"gba-me", b"gba-u"
_CODE = b"\x01"
_MAC = 8
_BOOTSTRAPPING, _DERIVATION = 0xDD, 0xDE
_PARAMETERS = 0x6FD6
"""EF.GBABP: the challenge, and the phone's transaction identifier with its lifetime."""


class Bootstrapping(Authentication):
    """AUTHENTICATE in the context of GBA."""

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x84)
    def authenticate_gba(self, command: Command) -> Reply:
        """AUTHENTICATE: DD with RAND and AUTN bootstraps, DE with NAF and IMPI derives a key.

        The response is DB with RES or the key, or DC with AUTS; 9862 for a wrong MAC; 6985 for a
        derivation before any bootstrapping.
        """
        adf = self.application()
        tag, data = command.data[:1], command.data[1:]
        if tag == bytes((_BOOTSTRAPPING,)):
            rand, autn = fields(data, 2, 16)
            return self._bootstrap(adf, rand, autn)
        if tag == bytes((_DERIVATION,)):
            naf, impi = fields(data, 2)
            return self._derive(adf, naf, impi)
        return SW.WRONG_DATA

    def _bootstrap(self, adf: Path, rand: bytes, autn: bytes) -> Reply:
        algorithm, files = self.algorithm(adf), self.files
        token = plain_token(autn, algorithm.f2345(rand).ik)
        try:
            keys, sequence = answer(algorithm, files.sequence(adf), rand, token)
        except MacError:
            return AUTHENTICATION_FAILED
        except SqnError as error:
            return b"\xdc" + length_value(error.auts)
        files.use_up(adf, sequence)
        files.bootstrapped(adf, rand, keys.ck + keys.ik)
        self._tell(adf, rand)
        return b"\xdb" + length_value(keys.res)

    def _tell(self, adf: Path, rand: bytes) -> None:
        """Write the challenge to EF.GBABP, where the phone reads it."""
        file = self.files.tree.child(adf, _PARAMETERS)
        if file is not None and file.size >= 1 + len(rand):
            self.files.write(file, length_value(rand).ljust(file.size, b"\xff"))

    def _derive(self, adf: Path, naf: bytes, impi: bytes) -> Reply:
        self.needs_pin(adf)
        known = self.files.bootstrap(adf)
        if known is None:
            return SW.CONDITIONS_NOT_SATISFIED
        rand, ks = known
        return b"\xdb" + length_value(service_key(ks, rand, impi, naf))


def plain_token(autn: bytes, ik: bytes) -> bytes:
    """Return the ordinary AUTN of a GBA_U challenge, whose MAC is XORed with a hash of IK."""
    mask = hashlib.sha1(ik, usedforsecurity=False).digest()[:_MAC]
    return autn[:-_MAC] + mixed(autn[-_MAC:], mask)


def service_key(ks: bytes, rand: bytes, impi: bytes, naf: bytes, use: bytes = FOR_PHONE) -> bytes:
    """Derive a key for one service, 32 bytes; `use` names its owner, the phone or the card.

    `ks` is CK and IK; `impi` and `naf` are the names of the subscriber and of the service.
    """
    parts = (use, rand, impi, naf)
    text = _CODE + b"".join(part + len(part).to_bytes(2, "big") for part in parts)
    return hmac.digest(ks, text, hashlib.sha256)
