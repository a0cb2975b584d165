"""An OpenPGP card through pcscd signs and decrypts, against the bare call of `cryptography`.

The goal: an operation takes at most 1.3 times as long as the bare call and one round trip
together. Everything is measured in one client, interleaved; medians are told.

    python -m bench.openpgp [--check]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.shared.key_kinds import KINDS, public_objects
from ifd_bridge.cli.progress import counted
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from vcard import Command
from vcard.tlv import tlv

ROUNDS, LIMIT = 300, 1.3
DIGEST = bytes(range(32))
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST
PREFIX = bytes.fromhex("D27600012401")
SELECT = bytes(Command(0, 0xA4, 4, 0, PREFIX, 256))
VERIFY = bytes(Command(0, 0x20, 0, 0x82, b"123456"))
VERIFY_ADMIN = bytes(Command(0, 0x20, 0, 0x83, b"12345678"))
SEVERAL = bytes(Command(0, 0xDA, 0, 0xC4, b"\1"))
VERIFY_TO_SIGN = bytes(Command(0, 0x20, 0, 0x81, b"123456"))
ROUND_TRIP = bytes(Command(0, 0x20, 0, 0x82))
KEYS = {SIGNATURE: "RSA-2048", DECRYPTION: "X25519", AUTHENTICATION: "P-256"}
PEER = x25519.X25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
POINT = tlv(0xA6, tlv(0x7F49, public_objects(PEER)))
OPERATIONS = {
    "RSA-2048 sign": ("RSA-2048", Command(0, 0x2A, 0x9E, 0x9A, DIGEST_INFO, 65536, extended=True)),
    "X25519 decrypt": ("X25519", Command(0, 0x2A, 0x80, 0x86, POINT, 256)),
    "P-256 sign": ("P-256", Command(0, 0x88, 0, 0, DIGEST, 256)),
}


def bare(name: str) -> Callable[[], object]:
    """The call that the card cannot do without."""
    key = KINDS[name].generate()
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda: key.sign(DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))
    if isinstance(key, x25519.X25519PrivateKey):
        return lambda: key.exchange(PEER)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return lambda: key.sign(DIGEST, ec.ECDSA(Prehashed(SHA256())))


def client() -> None:
    """Print, for each operation, the medians in µs: bare call, round trip, all."""
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

    for first in (SELECT, VERIFY, VERIFY_ADMIN, SEVERAL, VERIFY_TO_SIGN):
        send(list(first))
    told = {}
    for name, (algorithm, operation) in OPERATIONS.items():
        call = bare(algorithm)
        command = list(bytes(operation))
        works = (call, lambda: send(list(ROUND_TRIP)), lambda c=command: send(c))
        told[name] = measure(*works)
    print(json.dumps(told))


def measure(*works: Callable[[], object]) -> list[float]:
    """The medians in µs, each work taking its turn."""
    times: list[list[float]] = [[] for _ in works]
    for number in counted(ROUNDS, "operations"):
        for work, found in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if number >= ROUNDS // 10:
                found.append((time.perf_counter() - began) * 1e6)
    return [median(found) for found in times]


def main() -> int:
    """Tell operations per second and the ratio; 1 if a goal was missed and --check is given."""
    sys.setswitchinterval(0.0005)
    reader = CcidReader(models.PLAIN)
    keys = {slot: KINDS[name].generate() for slot, name in KEYS.items()}
    reader.insert(OpenPgp(keys=keys).on_card())
    with endpoint(reader) as pcsc:
        command = [sys.executable, "-m", "bench.openpgp", "client"]
        done = subprocess.run(
            command, env={**os.environ, **pcsc.environ}, capture_output=True, text=True, check=True
        )
    missed = False
    for name, (call, trip, signature) in json.loads(done.stdout).items():
        ratio = signature / (call + trip)
        missed = missed or ratio > LIMIT
        print(
            f"OpenPGP {name:14} {1e6 / signature:6.0f} operations/s: {signature:.0f} µs; "
            f"bare {call:.0f} µs + round trip {trip:.0f} µs; ratio {ratio:.2f}"
            f"  ({'GOAL MISSED' if ratio > LIMIT else 'goal met'})"
        )
    return int(missed and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(client() if "client" in sys.argv else main())
