"""PUT KEY, GENERATE KEY and DELETE for keys.

Spec: GlobalPlatform Card Specification 2.3.1, 11.8 (PUT KEY), 11.2 (DELETE); Amendment D, 7.2;
Amendment F, 7.7. GENERATE KEY (INS F1) is Yubico's.
"""

from __future__ import annotations

from applets.shared.secure_channel import curves
from applets.shared.secure_channel.keys import SET_IDS, Key, KeyType
from applets.shared.secure_channel.session import Session
from vcard import SW, Command, Reply, handles
from vcard.tlv import read_length, tlv

from .codes import GENERATE_KEY, PUT_KEY
from .manager import CardManager

_SEVERAL = 0x80
_FACTORY_VERSION = 0xFF
_LAST_VERSION = 0x7F


class KeyCommands(CardManager):
    """The commands that change the domain's keys; the host must have authenticated itself."""

    @handles(ins=PUT_KEY, cla=0x80)
    def put_key(self, command: Command) -> Reply:
        """PUT KEY: P1 is the version to replace (00: none), P2 the first identifier."""
        session = self.needs_host()
        data = command.data
        if not data or not 0 < data[0] <= _LAST_VERSION:
            return SW.WRONG_DATA
        kvn, kid = data[0], command.p2 & ~_SEVERAL
        try:
            keys = _read_keys(data[1:], session)
        except (ValueError, IndexError):
            return SW.WRONG_DATA
        if len(keys) > 1 and not command.p2 & _SEVERAL:
            return SW.WRONG_DATA
        placed = {kid + at: key for at, key in enumerate(keys)}
        self._replace(command.p1, kvn, placed)
        return data[:1] + b"".join(key.check_value for key in keys)

    def _replace(self, old: int, kvn: int, keys: dict[int, Key]) -> None:
        """Add keys, or replace others; raises 6A88 or 6A80."""
        ring = self.domain.keys
        for kid in keys:
            if old and (old, kid) not in ring:
                raise SW.REFERENCED_DATA_NOT_FOUND
            if kvn != old and (kvn, kid) in ring:
                raise SW.WRONG_DATA
        for kid, key in keys.items():
            if old:
                ring.delete(old, kid)
            ring.put(kvn, kid, key)
        if set(SET_IDS) <= keys.keys():
            self.domain.forget_count(kvn)
            self._drop_factory_keys()

    def _drop_factory_keys(self) -> None:
        """Drop the initial keys (version FF) once a first set replaces them."""
        for reference in self.domain.keys.find(kvn=_FACTORY_VERSION):
            if reference[1] in SET_IDS:
                self.domain.keys.delete(*reference)

    @handles(ins=GENERATE_KEY, cla=0x80)
    def generate_key(self, command: Command) -> Reply:
        """Make a key pair for SCP11; the answer is its public point."""
        self.needs_host()
        data = command.data
        if len(data) < 4 or data[1:3] != b"\xf0\x01" or not 0 < data[0] <= _LAST_VERSION:
            return SW.WRONG_DATA
        try:
            key, point = curves.generate(data[3])
        except ValueError:
            return SW.WRONG_DATA
        self._replace(command.p1, data[0], {command.p2: key})
        return tlv(KeyType.EC_PUBLIC, point)

    def delete_keys(self, kid: int | None, kvn: int | None, *, last: bool) -> None:
        """Delete all keys of an identifier, a version, or both.

        Raises 6A88 if there are none, 6985 if no key would be left and `last` does not allow it.
        """
        found = self.domain.keys.find(kvn, kid)
        if not found:
            raise SW.REFERENCED_DATA_NOT_FOUND
        sets = {keys.kvn for keys in self.domain.keys.sets()}
        left = sets - {version for version, number in found if number in SET_IDS}
        if sets and not left and not last:
            raise SW.CONDITIONS_NOT_SATISFIED
        for reference in found:
            self.domain.keys.delete(*reference)
            self.domain.records.forget(reference)


def _read_keys(data: bytes, session: Session) -> list[Key]:
    """Parse the keys of PUT KEY; ValueError or IndexError if they are malformed."""
    keys, at = [], 0
    while at < len(data):
        kind = KeyType(data[at])
        size, start = read_length(data, at + 1)
        at = start + size
        if at > len(data):
            raise ValueError("a key is cut short")
        value, curve = data[start:at], 0
        if kind in (KeyType.EC_PUBLIC, KeyType.EC_PRIVATE) and data[at : at + 2] == b"\xf0\x01":
            curve, at = data[at + 2], at + 3
        check = data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
        keys.append(_checked(kind, value, curve, check, session))
    if not keys:
        raise ValueError("there is no key")
    return keys


def _checked(kind: KeyType, value: bytes, curve: int, check: bytes, session: Session) -> Key:
    """Return a key in clear, after verifying its check value if it has one."""
    if kind is KeyType.EC_PUBLIC:
        curves.public_key(value, curve)
        return Key(kind, value, curve)
    if kind is KeyType.EC_PARAMETERS:
        raise ValueError("parameters follow a key")
    key = Key(kind, _decrypted(value, session), curve)
    if kind is KeyType.EC_PRIVATE:
        curves.private_key(key)
    elif kind is not KeyType.TLS_PSK:
        _ = key.cipher  # ValueError for a wrong size
    if check and check != key.check_value:
        raise ValueError("the check value is another")
    return key


def _decrypted(value: bytes, session: Session) -> bytes:
    """Decrypt a key component block; one that is not a whole number of blocks begins with a length.

    Spec: GlobalPlatform Card Specification 2.3.1, 11.8.2.3, tables 11-70 and 11-71.
    """
    if len(value) % session.key_cipher.block_size == 0:
        return session.decrypt_key(value)
    size, start = read_length(value, 0)
    return session.decrypt_key(value[start:])[:size]
