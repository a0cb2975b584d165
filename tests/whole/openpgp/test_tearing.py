"""A power cut at each write of each command: the old state or the new one, and no try is
regained."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from applets.openpgp import DECRYPTION, SIGNATURE, OpenPgp
from applets.openpgp.persona import YUBIKEY
from tests.kits.openpgp.host import PW1, PW3, Host, made_key
from tests.kits.torn import Torn, cut_runs, is_counter
from vcard import Memory, Value

S2K = bytes.fromhex(
    "81010382010883040200000084080102030405060708" + "8720" + "AA" * 32 + "8820" + "BB" * 32
)
Step = Callable[[Host], object]


def both(host: Host) -> None:
    host.administer()
    host.user()


def blocked(host: Host) -> None:
    for reference in (0x81, 0x83):
        for _ in range(3):
            host.verify(reference, b"@" * 32)


def terminated(host: Host) -> None:
    host.administer()
    host.send(0xE6, 0, 0)


def nothing(host: Host) -> None:
    """Begin with a card that was only selected."""


COMMANDS: dict[str, tuple[Step, Step]] = {
    "generate": (both, lambda h: h.generate(SIGNATURE)),
    "import": (both, lambda h: h.import_key(SIGNATURE, (0x92, b"\x11" * 32))),
    "delete key": (both, lambda h: h.import_key(SIGNATURE)),
    "attributes": (both, lambda h: h.put(0xC1, bytes.fromhex("132A8648CE3D030107"))),
    "put data": (both, lambda h: h.put(0x5B, b"New<<Name")),
    "certificate": (both, lambda h: h.put(0x7F21, b"certificate")),
    "kdf": (both, lambda h: h.put(0xF9, S2K)),
    "resetting code": (both, lambda h: h.put(0xD3, b"87654321")),
    "no resetting code": (both, lambda h: h.put(0xD3, b"")),
    "sign": (both, lambda h: h.send(0x2A, 0x9E, 0x9A, bytes(32))),
    "retries": (both, lambda h: h.send(0xF2, 0, 0, b"\5\6\7")),
    "attest": (both, lambda h: h.send(0xFB, 1, 0, cla=0x80)),
    "verify": (nothing, lambda h: h.verify(0x81)),
    "wrong pin": (nothing, lambda h: h.verify(0x81, b"000000")),
    "wrong admin": (nothing, lambda h: h.verify(0x83, b"00000000")),
    "change": (nothing, lambda h: h.send(0x24, 0, 0x81, PW1 + b"654321")),
    "change admin": (nothing, lambda h: h.send(0x24, 0, 0x83, PW3 + b"87654321")),
    "wrong change": (nothing, lambda h: h.send(0x24, 0, 0x81, b"000000" + b"654321")),
    "unblock": (nothing, lambda h: h.send(0x2C, 0, 0x81, b"11112222" + b"654321")),
    "wrong unblock": (nothing, lambda h: h.send(0x2C, 0, 0x81, b"00000000" + b"654321")),
    "terminate": (blocked, lambda h: h.send(0xE6, 0, 0)),
    "activate": (terminated, lambda h: h.send(0x44, 0, 0)),
}


@pytest.fixture(scope="module")
def personalised() -> dict[str, Value]:
    store = Torn()
    keys = {SIGNATURE: made_key("Ed25519"), DECRYPTION: made_key("X25519")}
    host = Host(OpenPgp(keys=keys, persona=YUBIKEY, resetting_code="11112222"), Memory(store))
    host.administer()
    host.generate(SIGNATURE)
    host.verify(0x81, b"000000")  # so that a regained try would show
    return store.load()


def prepared(values: dict[str, Value], before: Step) -> tuple[Host, Torn]:
    store = Torn(values)
    host = Host(OpenPgp(persona=YUBIKEY), Memory(store))
    before(host)
    return host, store


@pytest.mark.parametrize("kept", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cut_leaves_the_old_or_the_new(
    personalised: dict[str, Value], command: str, kept: bool
) -> None:
    before_step, step = COMMANDS[command]
    for host, old, new, _ in cut_runs(lambda: prepared(personalised, before_step), step, kept=kept):
        if command.startswith("wrong"):
            tries = [name for name in old if is_counter(name)]
            assert all(new[name] <= old[name] for name in tries)  # type: ignore[operator]  # numbers
        assert host.power_up().sw.value in (0x9000, 0x6285)


def test_cutting_every_attempt_never_gives_more_tries(personalised: dict[str, Value]) -> None:
    store = Torn(personalised)
    host = Host(OpenPgp(persona=YUBIKEY), Memory(store))
    answers = []
    for _ in range(6):
        store.cut(1, kept=True)
        try:
            answers.append(host.verify(0x83, b"00000000"))
        except AssertionError:
            host.power_up()
    assert store.load()["OpenPgp/pw3.tries"] == 0
    assert set(answers) == {"6983"}
