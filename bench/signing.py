"""A card's private key operations through pcscd, compared with direct calls to `cryptography`.

The goal: an operation takes at most 1.3 times as long as the direct call and one round trip
together. One client measures everything, interleaved; the report has medians.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from ifd_bridge.cli.progress import counted
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from vcard import Card

ROUNDS, LIMIT = 300, 1.3
DIGEST = bytes(range(32))
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST
PEER = x25519.X25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()


@dataclass(frozen=True)
class Benchmark:
    """The measurements of a card's benchmark."""

    name: str
    module: str
    """The module that `python -m` starts, also as the client."""
    card: Callable[[], Card]
    before: Sequence[bytes]
    """The commands to send before the operations."""
    round_trip: bytes
    """A command that the card answers without computing."""
    operations: Mapping[str, tuple[Callable[[], object], bytes]]
    """By name: a factory of a key of the same kind, and the command."""

    def main(self) -> int:
        """Measure, or act as the client; return 1 if a goal was missed and --check is given."""
        if "client" in sys.argv:
            self._client()
            return 0
        return int(self._tell(self._measured()) and "--check" in sys.argv)

    def _measured(self) -> Mapping[str, Sequence[float]]:
        sys.setswitchinterval(0.0005)
        reader = CcidReader(models.PLAIN)
        reader.insert(self.card())
        with endpoint(reader) as pcsc:
            done = subprocess.run(
                [sys.executable, "-m", self.module, "client"],
                env={**os.environ, **pcsc.environ},
                capture_output=True,
                text=True,
                check=True,
            )
        found: Mapping[str, Sequence[float]] = json.loads(done.stdout)
        return found

    def _tell(self, measured: Mapping[str, Sequence[float]]) -> bool:
        """Print operations per second and the ratio; return True if a goal was missed."""
        missed = False
        for name, (call, trip, whole) in measured.items():
            ratio = whole / (call + trip)
            missed = missed or ratio > LIMIT
            print(
                f"{self.name} {name:14} {1e6 / whole:6.0f} operations/s: {whole:.0f} µs; "
                f"bare {call:.0f} µs + round trip {trip:.0f} µs; ratio {ratio:.2f}"
                f"  ({'GOAL MISSED' if ratio > LIMIT else 'goal met'})"
            )
        return missed

    def _client(self) -> None:
        """Print, for each operation, the medians in µs: direct call, round trip, whole
        operation."""
        send = connected()
        for command in self.before:
            send(command)
        told = {}
        for name, (make, command) in self.operations.items():
            works = (
                bare(make()),
                lambda: send(self.round_trip),
                lambda sent=command: send(sent),
            )
            told[name] = measure(*works)
        print(json.dumps(told))


def bare(key: object) -> Callable[[], object]:
    """Return the direct call for a key's operation."""
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda: key.sign(DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))
    if isinstance(key, x25519.X25519PrivateKey):
        return lambda: key.exchange(PEER)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return lambda: key.sign(DIGEST, ec.ECDSA(Prehashed(SHA256())))


def connected() -> Callable[[bytes], None]:
    """Return a function that sends a command to the first reader's card, which must answer 9000."""
    from smartcard.scard import (
        SCARD_PCI_T1,
        SCARD_PROTOCOL_T1,
        SCARD_SCOPE_USER,
        SCARD_SHARE_SHARED,
        SCardConnect,
        SCardEstablishContext,
        SCardListReaders,
        SCardTransmit,
    )

    _, context = SCardEstablishContext(SCARD_SCOPE_USER)
    _, names = SCardListReaders(context, [])
    _, card, _ = SCardConnect(context, names[0], SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1)

    def send(command: bytes) -> None:
        code, answer = SCardTransmit(card, SCARD_PCI_T1, list(command))
        assert code == 0
        assert answer[-2:] == [0x90, 0x00]

    return send


def measure(*works: Callable[..., Any]) -> list[float]:
    """Run the works in turn; return the median of each in µs."""
    times: list[list[float]] = [[] for _ in works]
    for number in counted(ROUNDS, "operations"):
        for work, found in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if number >= ROUNDS // 10:
                found.append((time.perf_counter() - began) * 1e6)
    return [median(found) for found in times]
