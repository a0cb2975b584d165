"""Meaningless commands: each is answered, nothing fails, no secret leaks."""

from __future__ import annotations

import pytest

from applets.piv import Algorithm, Piv, Slot, SymmetricKey
from applets.piv.algorithms import Rsa
from applets.piv.dynamic_authentication import Template
from tests.kits.nonsense import Fuzzing, Sensible
from tests.kits.piv.host import Host, made_key
from vcard import Card
from vcard.tlv import tlv

PIN, PUK = b"739162\xff\xff", b"48150623"
MANAGEMENT = SymmetricKey(Algorithm.AES_192, bytes.fromhex("5A" * 7 + "C3" * 9 + "17" * 8))
KEYS = {
    Slot.AUTHENTICATION: Algorithm.RSA_1024,
    Slot.SIGNATURE: Algorithm.P256,
    Slot.KEY_MANAGEMENT: Algorithm.P384,
    Slot.CARD_AUTHENTICATION: Algorithm.ED25519,
    Slot.RETIRED_1: Algorithm.X25519,
}
SIGN = bytes(Template(challenge=b"\x01" * 32, response=b""))
DECIPHER = bytes(Template(challenge=b"\0" + b"\x02" * 127, response=b""))
POINT_97 = bytes(Template(exponentiation=b"\4" + b"\x03" * 96, response=b""))
POINT_32 = bytes(Template(exponentiation=b"\x09" * 32, response=b""))
CHALLENGE, WITNESS = bytes(Template(challenge=b"")), bytes(Template(witness=b""))
MUTUAL = bytes(Template(witness=b"\x04" * 16, challenge=b"\x05" * 16))
PRIMES = tlv(1, b"\xc1" * 64) + tlv(2, b"\xc3" * 64)
SENSIBLE: tuple[Sensible, ...] = (
    (0x20, 0x00, 0x80, PIN),
    (0x20, 0x00, 0x80, b"111111\xff\xff"),
    (0x20, 0x00, 0x80, b""),
    (0x20, 0xFF, 0x80, b""),
    (0x20, 0x00, 0x00, PIN),
    (0x20, 0x00, 0x98, PIN),
    (0x24, 0x00, 0x80, PIN + b"111111\xff\xff"),
    (0x24, 0x00, 0x81, PUK + PUK),
    (0x2C, 0x00, 0x80, PUK + PIN),
    (0x47, 0x00, 0x9A, bytes.fromhex("AC03800111")),
    (0x47, 0x00, 0x83, bytes.fromhex("AC06800107AA0103")),
    (0x87, 0x0A, 0x9B, CHALLENGE),
    (0x87, 0x0A, 0x9B, WITNESS),
    (0x87, 0x0A, 0x9B, MUTUAL),
    (0x87, 0x06, 0x9A, DECIPHER),
    (0x87, 0x11, 0x9C, SIGN),
    (0x87, 0x14, 0x9D, SIGN),
    (0x87, 0x14, 0x9D, POINT_97),
    (0x87, 0xE0, 0x9E, SIGN),
    (0x87, 0xE1, 0x82, POINT_32),
    (0xA4, 0x04, 0x00, bytes.fromhex("A000000308")),
    (0xC0, 0x00, 0x00, b""),
    (0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC105")),
    (0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC103")),
    (0xCB, 0x3F, 0xFF, bytes.fromhex("5C017E")),
    (0xDB, 0x3F, 0xFF, bytes.fromhex("5C035FC105530101")),
    (0xDB, 0x3F, 0xFF, bytes.fromhex("7E0101")),
    (0xF6, 0x84, 0x82, b""),
    (0xF7, 0x00, 0x9A, b""),
    (0xF8, 0x00, 0x00, b""),
    (0xF9, 0x9A, 0x00, b""),
    (0xFA, 0x03, 0x03, b""),
    (0xFB, 0x00, 0x00, b""),
    (0xFD, 0x00, 0x00, b""),
    (0xFE, 0x11, 0x84, tlv(6, b"\x11" * 32)),
    (0xFE, 0x06, 0x84, PRIMES),
    (0xFF, 0xFF, 0xFF, bytes.fromhex("0A9B18") + MANAGEMENT.key),
)
CODES = (0x00, 0x03, 0x06, 0x07, 0x0A, 0x11, 0x14, 0x80, 0x81, 0x9A, 0x9B, 0x9C, 0xE0, 0xF9, 0xFF)


def secrets() -> list[bytes]:
    """Return the secrets that must not leak: PINs, the management key, private numbers."""
    found = [PIN[:6], PUK, MANAGEMENT.key]
    for algorithm in KEYS.values():
        key = made_key(algorithm)
        if algorithm is Algorithm.RSA_1024:
            numbers = key.private_numbers()
            found += [n.to_bytes(64, "big") for n in (numbers.p, numbers.q, numbers.dmp1)]
        elif algorithm in (Algorithm.P256, Algorithm.P384):
            value = key.private_numbers().private_value
            found.append(value.to_bytes(key.key_size // 8, "big"))
        else:
            found.append(key.private_bytes_raw())
    return found


def new_host(identity: str) -> Host:
    keys = {slot: made_key(algorithm) for slot, algorithm in KEYS.items()}
    options = {"pin": "739162", "puk": PUK.decode(), "management_key": MANAGEMENT}
    return Host(Piv(keys=keys, identity=identity, global_pin="739162", **options))


@pytest.fixture
def quick_rsa(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys are not generated each time a command asks for one."""
    short, long = made_key(Algorithm.RSA_1024), made_key(Algorithm.RSA_2048)
    monkeypatch.setattr(Rsa, "generate", lambda self: short if self.bits == 1024 else long)


def fuzz(seed: int, count: int, identity: str, caplog: pytest.LogCaptureFixture) -> set[int]:
    """Send `count` commands; gives the status words that were seen."""
    host = new_host(identity)

    def cards(number: int) -> Card | None:
        nonlocal host
        if number % 50:
            return None
        host = host if host.piv.management == MANAGEMENT else new_host(identity)
        host.power_up()
        host.administer(MANAGEMENT)
        host.verify(PIN)
        return host.card

    name = f"nonsense-piv-{identity}" if seed == 1 else None
    return Fuzzing(secrets(), caplog, name).run(seed, count, cards, SENSIBLE, CODES)


@pytest.mark.usefixtures("quick_rsa")
@pytest.mark.parametrize("identity", ["nist", "yubikey"])
def test_nonsense_is_answered_and_betrays_nothing(
    identity: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = fuzz(1, 600, identity, caplog)
    assert {0x9000, 0x6982, 0x6A80, 0x6A82, 0x6A86, 0x6A88, 0x6700} <= seen


@pytest.mark.slow
@pytest.mark.usefixtures("quick_rsa")
@pytest.mark.parametrize("seed", range(2, 7))
def test_much_nonsense_is_answered_and_betrays_nothing(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    fuzz(seed, 10_000, "yubikey" if seed % 2 else "nist", caplog)
