"""Signatures of a PIV card through pcscd, against the bare call of `cryptography`.

The goal: a signature takes at most 1.3 times as long as the bare call and one round trip
together. Everything is measured in one client, interleaved; medians are told.

    python -m bench.piv [--check]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from applets.piv import Algorithm, Piv, Slot
from applets.piv.algorithms import generate
from applets.piv.dynamic_authentication import Template
from ifd_bridge.cli.progress import counted
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from vcard import Command

ROUNDS, LIMIT = 300, 1.3
DIGEST = bytes(range(32))
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST
BLOCK = b"\0\1" + b"\xff" * (253 - len(DIGEST_INFO)) + b"\0" + DIGEST_INFO
SIGNATURES = {
    "RSA-2048": (Algorithm.RSA_2048, Slot.AUTHENTICATION, BLOCK),
    "P-256": (Algorithm.P256, Slot.CARD_AUTHENTICATION, DIGEST),
}
SELECT = bytes(Command(0, 0xA4, 4, 0, Piv.aid, 256))
VERIFY = bytes(Command(0, 0x20, 0, 0x80, b"123456\xff\xff"))
ROUND_TRIP = bytes(Command(0, 0x20, 0, 0x80))


def bare(algorithm: Algorithm) -> Callable[[], object]:
    """The call that the card cannot do without."""
    key = generate(algorithm)
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda: key.sign(DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return lambda: key.sign(DIGEST, ec.ECDSA(Prehashed(SHA256())))


def client() -> None:
    """Print, for each kind of signature, the medians in µs: bare call, round trip, signature."""
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

    def send(command: list[int]) -> None:
        code, answer = SCardTransmit(card, SCARD_PCI_T1, command)
        assert code == 0
        assert answer[-2:] == [0x90, 0x00]

    send(list(SELECT))
    send(list(VERIFY))
    told = {}
    for name, (algorithm, slot, block) in SIGNATURES.items():
        template = bytes(Template(challenge=block, response=b""))
        command = list(bytes(Command(0, 0x87, algorithm, slot, template, 65536, extended=True)))
        call = bare(algorithm)
        works = (call, lambda: send(list(ROUND_TRIP)), lambda c=command: send(c))
        told[name] = measure(*works)
    print(json.dumps(told))


def measure(*works: Callable[[], object]) -> list[float]:
    """The medians in µs, each work taking its turn."""
    times: list[list[float]] = [[] for _ in works]
    for number in counted(ROUNDS, "signatures"):
        for work, found in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if number >= ROUNDS // 10:
                found.append((time.perf_counter() - began) * 1e6)
    return [median(found) for found in times]


def main() -> int:
    """Tell signatures per second and the ratio; 1 if a goal was missed and --check is given."""
    sys.setswitchinterval(0.0005)
    reader = CcidReader(models.PLAIN)
    keys = {slot: generate(algorithm) for algorithm, slot, _ in SIGNATURES.values()}
    reader.insert(Piv(keys=keys).on_card())
    with endpoint(reader) as pcsc:
        command = [sys.executable, "-m", "bench.piv", "client"]
        done = subprocess.run(
            command, env={**os.environ, **pcsc.environ}, capture_output=True, text=True, check=True
        )
    missed = False
    for name, (call, trip, signature) in json.loads(done.stdout).items():
        ratio = signature / (call + trip)
        missed = missed or ratio > LIMIT
        print(
            f"PIV {name:9} {1e6 / signature:6.0f} signatures/s: {signature:.0f} µs; "
            f"bare {call:.0f} µs + round trip {trip:.0f} µs; ratio {ratio:.2f}"
            f"  ({'GOAL MISSED' if ratio > LIMIT else 'goal met'})"
        )
    return int(missed and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(client() if "client" in sys.argv else main())
