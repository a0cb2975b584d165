"""A power cut at each write of each command: the old state or the new one, and no try is
regained."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fido2 import cbor

from applets.fido2.codes import Status
from tests.kits.fido2.platform import PIN, Platform, assertion, creation, digest, fido, listed
from tests.kits.torn import Torn
from vcard import Memory, Value

Prepare = Callable[[Platform], bytes]
"""Gives the message at whose writes the power will fail."""


def message(command: int, fields: dict[int, object]) -> bytes:
    return bytes((command,)) + cbor.encode(fields)


def make(platform: Platform) -> bytes:
    fields = creation(user=b"new", options={"rk": True})
    return message(1, platform.verified(fields, 8))


def replace(platform: Platform) -> bytes:
    fields = creation(user=b"old", options={"rk": True})
    return message(1, platform.verified(fields, 8))


def use(platform: Platform) -> bytes:
    return message(2, assertion())


def wrong_pin(platform: Platform) -> bytes:
    ours, shared = platform.agree()
    sent = platform.protocol.encrypt(shared, digest("9999"))
    return message(6, {1: 2, 2: 5, 3: ours, 6: sent})


def change_pin(platform: Platform) -> bytes:
    ours, shared = platform.agree()
    sent = platform.protocol.encrypt(shared, b"5678".ljust(64, b"\0"))
    proof = platform.protocol.encrypt(shared, digest(PIN))
    mac = platform.protocol.authenticate(shared, sent + proof)
    return message(6, {1: 2, 2: 4, 3: ours, 4: mac, 5: sent, 6: proof})


def managed(platform: Platform, sub: int, params: dict[int, object]) -> bytes:
    mac = platform.proof(bytes((sub,)) + cbor.encode(params), permissions=4, rp=None)
    return message(0x0A, {1: sub, 2: params, 3: 2, 4: mac})


def delete(platform: Platform) -> bytes:
    account = platform.core.store.accounts()[0]
    return managed(platform, 6, {2: listed(account.identity)})


def rename(platform: Platform) -> bytes:
    account = platform.core.store.accounts()[0]
    return managed(platform, 7, {2: listed(account.identity), 3: {"id": b"old", "name": "n"}})


def longer_pins(platform: Platform) -> bytes:
    params = {1: 6, 2: ["rp"], 3: True}
    head = b"\xff" * 32 + bytes((0x0D, 3))
    mac = platform.proof(head + cbor.encode(params), permissions=0x20, rp=None)
    return message(0x0D, {1: 3, 2: params, 3: 2, 4: mac})


def reset(_: Platform) -> bytes:
    return b"\7"


CASES: list[Prepare] = [
    make, replace, use, wrong_pin, change_pin, delete, rename, longer_pins, reset,
]  # fmt: skip


def scene(store: Torn) -> Platform:
    return Platform(fido(PIN, reset="always"), Memory(store))


def before() -> dict[str, Value]:
    store = Torn()
    scene(store).resident(b"old")
    return store.load()


START = before()
TRIES = {(wrong_pin, 1, True): 7, (change_pin, 1, True): 7, (change_pin, 2, False): 7}
"""Tries that are left where a torn command has counted one; 8 elsewhere."""


def run(prepare: Prepare, fail_at: int = 0, *, kept: bool = False) -> tuple[Torn, bytes | None]:
    """Prepare the command, then let its `fail_at`-th write fail (0: none)."""
    store = Torn(START)
    platform = scene(store)
    sent = prepare(platform)
    store.cut(fail_at, kept=kept)
    command = bytes.fromhex("8010000000") + len(sent).to_bytes(2, "big") + sent + b"\0\0"
    answer = platform.card.exchange(command)
    assert not isinstance(answer, int)
    return store, answer  # type: ignore[return-value]  # nobody waits here


@pytest.mark.parametrize("prepare", CASES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("kept", [False, True], ids=["before", "after"])
def test_a_cut_leaves_the_old_state_or_the_new_one(prepare, kept):
    whole, answer = run(prepare)
    assert answer is not None
    assert whole.writes >= 1
    for number in range(1, whole.writes + 1):
        torn, answer = run(prepare, number, kept=kept)
        assert answer is None  # no response to an uncommitted command
        again = scene(torn)
        names = {name.split("/")[1] for name in torn.load()}
        assert "master" in names
        tries = again.core.store.get("pin tries", 8)
        assert tries == TRIES.get((prepare, number, kept), 8)
        status, info = again.ctap(4)
        assert status is Status.SUCCESS
        # Every discoverable credential that is listed can be used.
        accounts = again.core.store.accounts()
        assert info[20] == 100 - len(accounts)
        if accounts:
            assert again.ok(2, assertion())[1]["id"] == accounts[0].identity


def test_a_counter_is_kept_before_its_signature_is_told():
    torn, answer = run(use, 1, kept=True)
    assert answer is None
    counter = int.from_bytes(scene(torn).ok(2, assertion())[2][33:37], "big")
    assert counter == 3  # made, torn, and this one
