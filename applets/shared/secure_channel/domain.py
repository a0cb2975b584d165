"""A security domain: its keys, retry counters and sequence counters.

Spec: GlobalPlatform Card Specification 2.3.1, 7.3 (security domains), E.1.2 and Amendment D, 6.2.2
(sequence counter).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vcard import SW, Section

from . import scp02, scp03
from .key_records import KeyRecords
from .keys import SET_IDS, KeyRing, KeySet, KeyType
from .scp02 import Scp02Opening
from .scp03 import Scp03Opening

Opening = Scp02Opening | Scp03Opening
_KIND_OF = {scp02.PROTOCOL: KeyType.DES, scp03.PROTOCOL: KeyType.AES}
_KNOWN = {
    scp02.PROTOCOL: scp02.PARAMETERS,
    scp03.PROTOCOL: scp03.PARAMETERS | scp03.PARAMETERS_S16,
}
_LAST_OF_PACKETS = 0x0F
"""Key versions up to this one belong to SCP80; a host that names no version means a higher one.

Spec: ETSI TS 102 226, 8.2.1.5.
"""
_LAST_COUNT = {scp02.PROTOCOL: 0xFFFF, scp03.PROTOCOL: 0xFFFFFF}


@dataclass(frozen=True, slots=True)
class Protocol:
    """A secure channel protocol with its parameter "i"; ValueError if it is not supported."""

    number: int
    parameter: int

    def __post_init__(self) -> None:
        if self.parameter not in _KNOWN.get(self.number, ()):
            raise ValueError(f"no SCP{self.number:02X} with i={self.parameter:02X}")

    @property
    def key_type(self) -> KeyType:
        """The type of the keys that open sessions of this protocol."""
        return _KIND_OF[self.number]

    @property
    def sends_count(self) -> bool:
        """Whether the card challenge is derived from the sequence counter."""
        flag = scp02.PSEUDO_RANDOM if self.number == scp02.PROTOCOL else scp03.PSEUDO_RANDOM
        return bool(self.parameter & flag)

    def levels(self) -> frozenset[int]:
        """The security levels that EXTERNAL AUTHENTICATE may request."""
        levels = {0x00, 0x01, 0x03}
        if self.number == scp02.PROTOCOL:
            return frozenset(levels | ({0x11, 0x13} if self.parameter & scp02.R_MAC else set()))
        if self.parameter & scp03.R_MAC:
            levels |= {0x11, 0x13}
        if self.parameter & scp03.R_ENCRYPTION:
            levels |= {0x33}
        return frozenset(levels)


class SecurityDomain:
    """Keys in a card's memory, and the sessions opened with them.

    `factory` are the key sets of a new card. `tries` is the number of failed openings in a row that
    blocks a key version (None: no limit); `restores`: the factory's keys come back when all are
    blocked. `random` returns a number of random bytes.
    """

    def __init__(
        self,
        protocols: Iterable[Protocol],
        factory: Iterable[KeySet] = (),
        *,
        diversification: bytes = bytes(10),
        tries: int | None = None,
        restores: bool = False,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        if len(diversification) != 10:
            raise ValueError("key diversification data have 10 bytes")
        self.protocols = tuple(protocols)
        self.factory = tuple(factory)
        self.diversification = diversification
        self.tries = tries
        self.restores = restores
        self._random = random

    def attach(self, section: Section) -> None:
        """Store the keys in a section of a card's memory; an empty one gets the factory's."""
        self.keys = KeyRing(section.section("keys"))
        self.records = KeyRecords(section.section("records"))
        self._section = section
        if "personalised" not in section:
            section["personalised"] = True
            self.restore()

    def restore(self) -> None:
        """Restore the factory's keys, and reset the retry counters."""
        for reference in list(self.keys):
            self.keys.delete(*reference)
        self.records.clear()
        for name in [name for name in self._section if name.startswith("tries-")]:
            del self._section[name]
        for keys in self.factory:
            self.keys.put_set(keys)

    # Sessions of SCP02 and SCP03

    def open(self, kvn: int, host: bytes, aid: bytes) -> tuple[Opening, Protocol, bytes]:
        """Answer INITIALIZE UPDATE with the keys of a version (00: the first there is).

        Raises 6A88 for an unknown version, 6700 for a host challenge of a wrong length, 6983 if
        the keys are blocked, 6985 if their sequence counter is at its end.
        """
        keys, protocol = self._keys(kvn)
        size = 16 if protocol.number == scp03.PROTOCOL and protocol.parameter & scp03.S16 else 8
        if len(host) != size:
            raise SW.WRONG_LENGTH
        if self.count(keys.kvn) >= _LAST_COUNT[protocol.number]:
            raise SW.CONDITIONS_NOT_SATISFIED
        self.attempt(keys.kvn)
        opening, answer = self._opened(keys, protocol, host, aid)
        return opening, protocol, self.diversification + answer

    def _opened(
        self, keys: KeySet, protocol: Protocol, host: bytes, aid: bytes
    ) -> tuple[Opening, bytes]:
        count, parameter = self.count(keys.kvn), protocol.parameter
        if protocol.number == scp02.PROTOCOL:
            challenge = (
                scp02.pseudo_random_challenge(keys, count, aid)
                if protocol.sends_count
                else self._random(6)
            )
            opening02 = Scp02Opening(keys, count, host, challenge, parameter)
            return opening02, scp02.answer(keys, count, opening02, challenge)
        if not protocol.sends_count:
            challenge = self._random(len(host))
            opening = Scp03Opening(keys, host, challenge)
            return opening, scp03.answer(keys, parameter, opening, challenge)
        challenge = scp03.pseudo_random_challenge(keys, count, aid, len(host))
        opening = Scp03Opening(keys, host, challenge)
        sequence = count.to_bytes(3, "big")
        return opening, scp03.answer(keys, parameter, opening, challenge) + sequence

    def _keys(self, kvn: int) -> tuple[KeySet, Protocol]:
        for keys in sorted(self.keys.sets(), key=lambda one: one.kvn <= _LAST_OF_PACKETS):
            for protocol in self.protocols:
                if protocol.key_type == keys.kind and kvn in (0, keys.kvn):
                    return keys, protocol
        raise SW.REFERENCED_DATA_NOT_FOUND

    def opened(self, kvn: int) -> None:
        """Called when a host has authenticated itself: count the session, clear failures."""
        self._section[f"count-{kvn:02X}"] = self.count(kvn) + 1
        self._section.pop(_tries(kvn), None)

    def count(self, kvn: int) -> int:
        """The sequence counter of a key version."""
        return self._section.integer(f"count-{kvn:02X}", 0)

    def forget_count(self, kvn: int) -> None:
        """Reset the sequence counter of a version with new keys."""
        for name in (f"count-{kvn:02X}", f"packets-{kvn:02X}", _tries(kvn)):
            self._section.pop(name, None)

    def begin_count(self, kvn: int, value: int) -> None:
        """Set the initial counter of a version: that of packets, or of sessions."""
        name = "packets" if kvn <= _LAST_OF_PACKETS else "count"
        self._section[f"{name}-{kvn:02X}"] = value

    # Packets (SCP80)

    def packets(self, kvn: int) -> int:
        """The highest counter of the packets accepted with keys of a version."""
        return self._section.integer(f"packets-{kvn:02X}", 0)

    def count_packets(self, kvn: int, value: int) -> None:
        """Store a packet's counter at once, so that a power cut does not undo it."""
        self._section.write_through(f"packets-{kvn:02X}", value)

    # Failures

    def attempt(self, kvn: int, kid: int = 0) -> None:
        """Count a try in advance; raises 6983 if none is left.

        The count is written at once, so that a power cut does not undo it.
        """
        if self.tries is None:
            return
        name = _tries(kvn, kid)
        left = self._left(name)
        if left:
            self._section.write_through(name, left - 1)
        if left <= 1:
            raise SW.AUTHENTICATION_BLOCKED

    def succeeded(self, kvn: int, kid: int) -> None:
        """Called after a successful key agreement: reset the tries of its key."""
        self._section.pop(_tries(kvn, kid), None)

    def all_blocked(self) -> bool:
        """Whether no key has tries left."""
        return all(self._left(_tries(kvn, kid)) == 0 for kvn, kid in self.keys)

    def _left(self, name: str) -> int:
        return self._section.integer(name, self.tries)


def _tries(kvn: int, kid: int = 0) -> str:
    """The name of a key's retry counter; the three keys of a set share one."""
    return f"tries-{kvn:02X}" if kid in (0, *SET_IDS) else f"tries-{kvn:02X}-{kid:02X}"
