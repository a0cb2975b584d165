"""Meaningless commands and reports: each is answered, nothing fails, no secret leaks."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest
from fido2 import cbor

from applets.fido2.attestation import BATCH, ENTERPRISE, Attester
from applets.fido2.codes import Status
from applets.fido2.credential import Credential
from applets.fido2.ctaphid import CtapHid
from applets.fido2.hid_packets import BROADCAST, Command, Packet, reports
from applets.fido2.pins import pin_hash
from tests.kits import golden
from tests.kits.fido2.platform import (
    CLIENT_DATA_HASH,
    PIN,
    Platform,
    assertion,
    creation,
    fido,
    listed,
)
from vcard.touch import Touch

COMMANDS = (*range(0x0E), 0x41, 0x42, 0xFF)
STATUSES = frozenset(Status)


class Fuzz:
    """Makes messages: sensible ones with something wrong in them, maps of anything, bytes."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform = platform
        self.dice = random.Random(seed)
        made = platform.make(extensions={"hmac-secret": True})
        kept = [platform.resident(bytes((number,))) for number in range(3)]
        ours, _ = platform.agree()
        self.identities = [made.identity, *(each.identity for each in kept)]
        self.templates = list(self._templates(ours, made.data.rp_id_hash))

    def _templates(self, ours: dict[int, Any], rp_hash: bytes) -> Iterator[tuple[int, Any]]:
        identities = self.identities
        proof = {8: bytes(32), 9: 2}
        yield 1, creation(exclude=identities, options={"rk": True}) | proof
        yield 1, creation(extensions={"credProtect": 2, "hmac-secret": True, "credBlob": b"x"})
        yield 2, assertion(identities, extensions={"hmac-secret": {1: ours, 2: bytes(48)}})
        yield 2, assertion(options={"up": False})
        for sub in range(10):
            keyed = {1: 2, 2: sub, 3: ours, 4: bytes(32), 5: bytes(80), 6: bytes(32), 9: 5}
            yield 6, keyed
            params = {1: rp_hash, 2: listed(identities[1]), 3: {"id": b"\1"}}
            yield 0x0A, {1: sub, 2: params, 3: 2, 4: bytes(32)}
            yield 0x0D, {1: sub, 2: {1: 5, 2: ["rp"], 3: True}, 3: 1, 4: bytes(16)}
        yield 0x0C, {1: 10, 3: 0}
        yield 0x0C, {2: b"piece", 3: 0, 4: 20, 5: bytes(32), 6: 2}

    def leaf(self) -> Any:
        dice = self.dice
        return dice.choice(
            [
                lambda: dice.randbytes(dice.choice((0, 1, 16, 32, 64, 200))),
                lambda: dice.choice((-(2**63), -257, -8, -7, -1, 0, 1, 2, 3, 9, 255, 2**32, 2**63)),
                lambda: dice.choice(("", "id", "public-key", "example.com", "é" * 30)),
                lambda: dice.choice((True, False)),
                lambda: dice.choice(self.identities),
            ]
        )()

    def value(self, depth: int = 0) -> Any:
        dice = self.dice
        if depth > 3 or dice.random() < 0.6:
            return self.leaf()
        if dice.random() < 0.5:
            return [self.value(depth + 1) for _ in range(dice.randrange(4))]
        keys = [dice.choice((1, 2, 3, 4, "id", "type", "alg")) for _ in range(dice.randrange(4))]
        return {key: self.value(depth + 1) for key in keys}

    def broken(self, value: Any) -> Any:
        """The same with one member changed, removed or added, somewhere."""
        if not isinstance(value, dict | list) or not value or self.dice.random() < 0.2:
            return self.value()
        copy: Any = value.copy()
        key = self.dice.choice(list(copy)) if isinstance(copy, dict) else 0
        if self.dice.random() < 0.3:
            del copy[key]
        else:
            copy[key] = self.broken(copy[key])
        return copy

    def message(self) -> bytes:
        dice = self.dice
        kind = dice.random()
        if kind < 0.6:
            command, fields = dice.choice(self.templates)
            fields = fields if dice.random() < 0.15 else self.broken(fields)
            return bytes((command,)) + cbor.encode(fields)
        if kind < 0.8:
            return bytes((dice.choice(COMMANDS),)) + cbor.encode(self.value())
        command, fields = dice.choice(self.templates)
        raw = bytearray(bytes((command,)) + cbor.encode(fields))
        if dice.random() < 0.5:
            raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        else:
            del raw[dice.randrange(1, len(raw)) :]
        return bytes(raw)


def secrets(platform: Platform) -> list[bytes]:
    """Return the secrets that must not leak: the master secret, the PIN, attestation and derived
    keys."""
    store = platform.core.store
    found = [store.master, pin_hash(PIN), PIN.encode() * 2]
    keys = (Attester.load(store, name).key for name in (BATCH, ENTERPRISE))
    found += [key.private_numbers().private_value.to_bytes(32, "big") for key in keys]
    for account in store.accounts():
        credential = Credential.open(store.master, account.rp_hash, account.identity)
        assert credential is not None
        found += [credential.secret(verified=flag) for flag in (True, False)]
    return found


def commands(count: int, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform = Platform(fido(PIN, reset="never"))
    fuzz = Fuzz(platform, seed)
    hidden = secrets(platform)
    came, said = bytearray(), []
    for _ in range(count):
        if fuzz.dice.random() < 0.002:
            platform.power_up()
            platform.core.store.memory["pin tries"] = 8
        sent = fuzz.message()
        answer = platform.message(sent)
        said.append(f"{sent[:1].hex()} {answer[0]:02X}")
        assert answer[0] in STATUSES
        assert answer[0] != Status.OTHER
        came += answer
    assert [each for each in hidden if each in came] == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert all(each.hex() not in caplog.text for each in hidden)
    platform.power_up()
    assert platform.ok(4)
    if seed == 1:
        golden.check("nonsense-fido2", said)


def test_any_message_has_a_status(caplog):
    commands(1500, 1, caplog)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fifty_thousand_messages_have_a_status(caplog):
    commands(50_000, 2, caplog)


class Hostile:
    """A host that sends reports of all kinds, with time going on between them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        platform = Platform(fido(PIN, touch=Touch(0.3), reset="never"))
        self.fuzz = Fuzz(Platform(fido(PIN)), seed)
        self.hid = CtapHid(platform.applet.authenticator)
        self.now = 0.0
        self.queue: list[bytes] = []

    def report(self) -> bytes:
        dice = self.dice
        if not self.queue:
            channel = dice.choice((0, 1, 1, 1, 2, 3, 99, BROADCAST))
            command = dice.choice((*Command, 0x20, 0x7F))
            data = (
                self.fuzz.message()
                if command == Command.CBOR
                else dice.randbytes(dice.choice((0, 1, 8, 57, 64, 200)))
            )
            self.queue = list(reports(channel, command, data))
        kind = dice.random()
        if kind < 0.75:
            return self.queue.pop(0)
        if kind < 0.85:
            raw = bytearray(self.queue.pop(0))
            raw[dice.randrange(8)] ^= 1 << dice.randrange(8)
            return bytes(raw)
        if kind < 0.9:
            self.queue.clear()
        return dice.randbytes(dice.choice((0, 5, 63, 64, 65)))

    def send(self) -> None:
        answers = self.hid.receive(self.report(), self.now)
        self.now += self.dice.choice((0.0, 0.0, 0.001, 0.1, 0.6))
        answers += self.hid.tick(self.now)
        assert all(len(each) == 64 for each in answers)
        assert all(Packet.parse(each).code in KNOWN for each in answers)


KNOWN = {command | 0x80 for command in Command} | set(range(0x80))


def hostile(count: int, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    host = Hostile(seed)
    for _ in range(count):
        host.send()
    host.now += 60.0
    host.hid.tick(host.now)
    host.hid.tick(host.now)
    (ready,) = reports(BROADCAST, Command.INIT, bytes(8))
    (answer,) = host.hid.receive(ready, host.now)
    assert Packet.parse(answer).command == Command.INIT
    channel = int.from_bytes(Packet.parse(answer).body[10:14], "big")
    (ping,) = reports(channel, Command.PING, CLIENT_DATA_HASH)
    host.now += 11.0  # a lock may have been taken
    assert host.hid.receive(ping, host.now) == [ping]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_any_report_is_answered_in_reports(caplog):
    hostile(1000, 1, caplog)


@pytest.mark.slow
def test_ten_thousand_reports_are_answered_in_reports(caplog):
    hostile(10_000, 2, caplog)
