"""Meaningless commands: each is answered, nothing fails, no secret leaks."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.kits import yubikey as kit
from tests.kits.nonsense import Fuzzing, Sensible, command, mutated
from tests.kits.yubikey import CODE, COUNTED, CREDENTIAL, SLOT, Domain, Host, hsmauth, told
from vcard.tlv import tlv

TABLES: dict[str, Sequence[Sensible]] = {
    kit.MANAGEMENT: (
        (0x1D, 0, 0, b""),
        (0x1D, 1, 0, b""),
        (0x1C, 0, 0, told("0302033B")),
        (0x1C, 0, 0, told("0A10" + kit.LOCK.hex())),
        (0x1C, 0, 0, told("0B10" + kit.LOCK.hex() + "0A10" + kit.UNLOCKED.hex())),
        (0x1C, 0, 0, told("0602000707010F0801000C00")),
        (0x16, 0x11, 0, bytes(4)),
        (0x01, 0, 0, b"echo"),
    ),
    kit.OATH: (
        *((0x01, 0, 0, data) for data in (CREDENTIAL, COUNTED, CREDENTIAL + b"\x78\x02")),
        (0x01, 0, 0, CREDENTIAL + b"\x7a\x04\xff\xff\xff\xff"),
        (0x02, 0, 0, tlv(0x71, b"a")),
        (0x03, 0, 0, CODE),
        (0x03, 0, 0, tlv(0x73)),
        (0x04, 0xDE, 0xAD, b""),
        (0x05, 0, 0, tlv(0x71, b"b") + tlv(0x71, b"c")),
        (0xA1, 0, 0, b""),
        *((0xA2, 0, p2, tlv(0x71, b"a") + tlv(0x74, bytes(8))) for p2 in (0, 1)),
        (0xA2, 0, 1, tlv(0x71, b"b") + tlv(0x74)),
        (0xA3, 0, 0, tlv(0x75, bytes(20)) + tlv(0x74, bytes(8))),
        (0xA4, 0, 1, tlv(0x74, bytes(8))),
        (0xA5, 0, 0, b""),
    ),
    kit.OTP: (
        (0x03, 0, 0, b""),
        *((0x01, p1, 0, SLOT + bytes(6)) for p1 in (0x01, 0x03, 0x04, 0x05)),
        *((0x01, p1, 0, SLOT + kit.OTP_ACCESS) for p1 in (0x01, 0x03, 0x04, 0x05)),
        (0x01, 0x03, 0, bytes(52) + kit.OTP_ACCESS),
        (0x01, 0x06, 0, kit.OTP_ACCESS),
        (0x01, 0x08, 0, bytes(56) + kit.OTP_ACCESS),
        (0x01, 0x10, 0, b""),
        (0x01, 0x12, 0, bytes(51)),
        (0x01, 0x13, 0, b""),
        (0x01, 0x15, 0, told("07010F")),
        *((0x01, p1, 0, bytes(6)) for p1 in (0x20, 0x28)),
        *((0x01, p1, 0, bytes(64)) for p1 in (0x30, 0x38)),
    ),
    kit.HSMAUTH: (
        *((0x01, 0, 0, hsmauth(b"a", algorithm=code)) for code in (0x26, 0x27)),
        (0x01, 0, 0, hsmauth(b"a", key=kit.MANAGEMENT_KEY, touch=1)),
        (0x02, 0, 0, tlv(0x7B, kit.UNLOCKED) + tlv(0x71, b"a")),
        *((0x03, 0, 0, tlv(0x71, b"a") + tlv(0x77, bytes(size)) + tlv(0x73, kit.PASSWORD))
          for size in (16, 130)),
        (0x03, 0, 0, tlv(0x71, b"a") + tlv(0x77, b"\4" + bytes(129)) + tlv(0x73, kit.PASSWORD)
         + tlv(0x7C, b"\4" + bytes(64))),
        (0x04, 0, 0, tlv(0x71, b"a")),
        (0x05, 0, 0, b""),
        (0x06, 0xDE, 0xAD, b""),
        (0x07, 0, 0, b""),
        (0x08, 0, 0, tlv(0x7B, kit.UNLOCKED) + tlv(0x7B, kit.MANAGEMENT_KEY)),
        (0x08, 0, 0, tlv(0x7B, kit.MANAGEMENT_KEY) + tlv(0x7B, kit.UNLOCKED)),
        (0x09, 0, 0, b""),
        (0x0A, 0, 0, tlv(0x71, b"a")),
        (0x0B, 0, 0, tlv(0x71, b"a") + tlv(0x73, kit.PASSWORD) * 2),
        (0x0B, 1, 0, tlv(0x71, b"a") + tlv(0x7B, kit.UNLOCKED) + tlv(0x73, kit.PASSWORD)),
    ),
    kit.DOMAIN: (
        (0xCA, 0, 0xE0, b""),
        (0xCA, 0, 0x66, b""),
        (0xCA, 0xBF, 0x21, bytes.fromhex("A60483021301")),
        (0xCA, 0xFF, 0x33, b""),
        (0xE2, 0x90, 0, tlv(0xA6, tlv(0x83, b"\x13\1")) + tlv(0xBF21, b"\x30\0")),
        (0xE2, 0x90, 0, tlv(0xA6, tlv(0x83, b"\x10\3")) + tlv(0x70, tlv(0x93, b"\1"))),
        (0xF2, 0x80, 2, bytes.fromhex("4F00")),
    ),
}  # fmt: skip
PROTECTED: tuple[tuple[str, bytes], ...] = (
    ("80F10011", bytes.fromhex("03F00100")),
    ("80F10013", bytes.fromhex("01F00100")),
    ("80E40000", bytes.fromhex("D00113")),
    ("80E40000", bytes.fromhex("D20103")),
    ("80D80010", b"\x03\xb0\x41\x04" + bytes(64) + b"\xf0\x01\x00"),
    ("80D80011", b"\x03\xb1\x20" + bytes(32) + b"\xf0\x01\x00"),
    ("00E29000", tlv(0xA6, tlv(0x83, b"\x13\1")) + tlv(0xBF21, b"\x30\0")),
    ("00CA00E0", b""),
)
CODES = (0x00, 0x01, 0x03, 0x05, 0x10, 0x13, 0x15, 0x20, 0x30, 0x38, 0x80, 0x90, 0xAD, 0xDE, 0xFF)
SECRETS = (
    kit.OATH_KEY, kit.OATH_CODE, kit.OTP_KEY, kit.OTP_ACCESS, kit.ENC, kit.MAC, kit.SCALAR,
    kit.PASSWORD, kit.MANAGEMENT_KEY, kit.LOCK, kit.NEW_KEY, bytes(range(0x40, 0x50)),
)  # fmt: skip


def fuzz(aid: str, seed: int, count: int, caplog: pytest.LogCaptureFixture) -> set[int]:
    """Send `count` commands to an application; gives the status words that were seen."""
    name = f"nonsense-{aid.lower()}" if seed == 1 else None
    chance, fuzzing = random.Random(seed), Fuzzing(SECRETS, caplog, name)
    host = Host()
    for number in range(count):
        if number % 50 == 0:
            host = Host(firmware=chance.choice(("5.8.0", "5.4.3"))) if number % 500 == 0 else host
            host.card.power_up()
            host.select(aid)
        fuzzing.send(host.card, command(chance, TABLES[aid], CODES))
    fuzzing.check_log()
    return fuzzing.seen


@pytest.mark.parametrize("aid", TABLES)
def test_nonsense_is_answered_and_betrays_nothing(
    aid: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = fuzz(aid, 1, 1000, caplog)
    assert {0x9000, 0x6700} <= seen
    assert len(seen) > 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("aid", TABLES)
def test_much_nonsense_is_answered_and_betrays_nothing(
    aid: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    fuzz(aid, seed, 10_000, caplog)


def secured(seed: int, count: int) -> set[str]:
    """Send nonsense through a secure channel; gives the status words that were seen."""
    chance, seen = random.Random(seed), set()
    for number in range(count):
        if number % 20 == 0:
            host = Domain()
            host.open()
        header, data = chance.choice(PROTECTED)
        data = mutated(chance, data)[:200]
        word = host.protected(header, data)
        assert word != "6F00", (header, data.hex())
        seen.add(word)
        if word in ("6982", ""):
            host.open()
    return seen


def test_nonsense_through_a_secure_channel_is_answered() -> None:
    assert {"9000", "6A80", "6A88"} <= secured(1, 200)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 4))
def test_much_nonsense_through_a_secure_channel_is_answered(seed: int) -> None:
    secured(seed, 5000)
