"""Meaningless commands: each is answered, nothing fails, no secret leaks."""

from __future__ import annotations

import pytest

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.openpgp.persona import PERSONAS
from applets.shared.key_kinds import Rsa
from tests.kits.nonsense import Fuzzing, Sensible
from tests.kits.openpgp.host import Host, header_list, made_key
from vcard import Card
from vcard.tlv import tlv

PW1, PW3, CODE, AES = b"739162", b"48150623", b"resetting-code", b"\xc3" * 9 + b"\x17" * 7
KEYS = {SIGNATURE: "Ed25519", DECRYPTION: "X25519", AUTHENTICATION: "P-256"}
S2K = bytes.fromhex("81010382010883040200000084080102030405060708")
POINT = tlv(0xA6, tlv(0x7F49, tlv(0x86, b"\x09" * 32)))
SECRET = (0x92, b"\x5a" * 32)
TAGS = (
    0x4F, 0x5B, 0x5E, 0x65, 0x6E, 0x73, 0x7A, 0x93, 0xC0, 0xC1, 0xC4, 0xC5, 0xC7, 0xD3, 0xD5, 0xD6,
    0xDE, 0xF9, 0xFA, 0xFC, 0x0101, 0x0103, 0x0104, 0x5F2D, 0x5F35, 0x5F50, 0x5F52, 0x7F21, 0x7F66,
)  # fmt: skip
SENSIBLE: tuple[Sensible, ...] = (
    *((0x20, 0, reference, PW1) for reference in (0x81, 0x82)),
    (0x20, 0, 0x83, PW3),
    (0x20, 0, 0x81, b"000000"),
    (0x20, 0xFF, 0x82, b""),
    (0x24, 0, 0x81, PW1 + PW1),
    (0x24, 0, 0x83, PW3 + PW3),
    (0x2C, 0, 0x81, CODE + PW1),
    (0x2C, 2, 0x81, PW1),
    *((0xCA, tag >> 8, tag & 0xFF, b"") for tag in TAGS),
    *((0xDA, tag >> 8, tag & 0xFF, b"de") for tag in TAGS),
    (0xDA, 0, 0xD3, CODE),
    (0xDA, 0, 0xD5, AES),
    (0xDA, 0, 0xF9, S2K),
    (0xDA, 0, 0xC1, bytes.fromhex("162B06010401DA470F01")),
    (0xDA, 0, 0xC2, bytes.fromhex("122A8648CE3D030107")),
    (0xDA, 0, 0xC3, bytes.fromhex("010800002000")),
    (0xDA, 0, 0xD6, bytes.fromhex("0120")),
    (0xDB, 0x3F, 0xFF, header_list(b"\xb6\0", SECRET)),
    (0xDB, 0x3F, 0xFF, header_list(b"\xb8\0", SECRET)),
    (0xDB, 0x3F, 0xFF, header_list(b"\xa4\0")),
    (0x47, 0x80, 0, b"\xb6\0"),
    (0x47, 0x80, 0, b"\xa4\0"),
    (0x47, 0x81, 0, b"\xb8\0"),
    (0x2A, 0x9E, 0x9A, b"\1" * 32),
    (0x2A, 0x80, 0x86, POINT),
    (0x2A, 0x80, 0x86, b"\2" + bytes(32)),
    (0x2A, 0x86, 0x80, bytes(32)),
    (0x88, 0, 0, b"\1" * 32),
    (0x84, 0, 0, b""),
    (0x22, 0x41, 0xB8, bytes.fromhex("830103")),
    (0xA5, 1, 4, bytes.fromhex("60045C027F21")),
    (0xCC, 0x7F, 0x21, b""),
    (0xA4, 4, 0, bytes.fromhex("D27600012401")),
    (0xE6, 0, 0, b""),
    (0x44, 0, 0, b""),
    (0xF1, 0, 0, b""),
    (0xF2, 0, 0, b"\3\3\3"),
    (0xFB, 1, 0, b""),
)
CODES = (0x00, 0x3F, 0x41, 0x5F, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x86, 0x9A, 0x9E, 0xB6, 0xFF)


def secrets() -> list[bytes]:
    """Return the secrets that must not leak: passwords and private numbers."""
    p256 = made_key("P-256")
    return [
        *(PW1, PW3, CODE, AES, SECRET[1]),
        *(made_key(name).private_bytes_raw() for name in ("Ed25519", "X25519")),  # type: ignore[union-attr]  # these have raw bytes
        p256.private_numbers().private_value.to_bytes(32, "big"),  # type: ignore[union-attr]  # P-256 has a number
    ]


def new_host(persona: str) -> Host:
    keys = {slot: made_key(name) for slot, name in KEYS.items()}
    passwords = {"pin": PW1.decode(), "admin_pin": PW3.decode(), "resetting_code": CODE.decode()}
    return Host(OpenPgp(keys=keys, persona=PERSONAS[persona], **passwords))  # type: ignore[arg-type]  # passwords by name


@pytest.fixture
def quick_rsa(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys are not generated each time a command asks for one."""
    key = made_key("RSA-2048")
    monkeypatch.setattr(Rsa, "generate", lambda self: key)


def fuzz(seed: int, count: int, persona: str, caplog: pytest.LogCaptureFixture) -> set[int]:
    """Send `count` commands; gives the status words that were seen."""
    host = new_host(persona)

    def cards(number: int) -> Card | None:
        nonlocal host
        if number % 50:
            return None
        host = new_host(persona) if number % 500 == 0 else host
        host.power_up()
        for reference, value in ((0x81, PW1), (0x82, PW1), (0x83, PW3)):
            if not host.applet.terminated:
                host.verify(reference, value)
        return host.card

    name = f"nonsense-openpgp-{persona}" if seed == 1 else None
    return Fuzzing(secrets(), caplog, name).run(seed, count, cards, SENSIBLE, CODES)


@pytest.mark.usefixtures("quick_rsa")
@pytest.mark.parametrize("persona", [*PERSONAS])
def test_nonsense_is_answered_and_betrays_nothing(
    persona: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = fuzz(1, 1000, persona, caplog)
    assert {0x9000, 0x6982, 0x6A80, 0x6A86, 0x6A88, 0x6700} <= seen


@pytest.mark.slow
@pytest.mark.usefixtures("quick_rsa")
@pytest.mark.parametrize("seed", range(2, 7))
def test_much_nonsense_is_answered_and_betrays_nothing(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    fuzz(seed, 10_000, "yubikey" if seed % 2 else "plain", caplog)
