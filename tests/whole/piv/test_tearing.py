"""A power cut at each write of each command: the old state or the new one, and no try is
regained."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from applets.piv import Algorithm, Piv, Slot
from tests.kits.piv.host import PIN, PUK, Host, made_key
from tests.kits.torn import Torn, cut_runs, is_counter, whole_run
from vcard import SW, Memory, RamStore, Value
from vcard.memory import Changes
from vcard.tlv import tlv

WRONG, NEW = b"000000\xff\xff", b"654321\xff\xff"
P256 = Algorithm.P256


Step = Callable[[Host], object]


def block(host: Host) -> None:
    for _ in range(3):
        host.verify(WRONG)
        host.send(0x2C, 0, 0x80, WRONG + NEW)


def both(host: Host) -> None:
    host.administer()
    host.verify()


ADMINISTER: Step = Host.administer
NOTHING: Step = lambda host: None  # noqa: E731 - one of the table's steps
COMMANDS: dict[str, tuple[Step, Step]] = {
    "generate": (ADMINISTER, lambda h: h.generate(0x9A, P256)),
    "import": (ADMINISTER, lambda h: h.send(0xFE, P256, 0x9A, tlv(6, b"\x11" * 32))),
    "put data": (ADMINISTER, lambda h: h.put("5FC105", b"new")),
    "put nothing": (ADMINISTER, lambda h: h.put("5FC106", b"")),
    "move key": (ADMINISTER, lambda h: h.send(0xF6, 0x82, 0x9A)),
    "delete key": (ADMINISTER, lambda h: h.send(0xF6, 0xFF, 0x9A)),
    "management key": (
        ADMINISTER,
        lambda h: h.send(0xFF, 0xFF, 0xFF, b"\x08\x9b\x10" + bytes(range(16))),
    ),
    "retries": (both, lambda h: h.send(0xFA, 5, 6)),
    "reset": (block, lambda h: h.send(0xFB, 0, 0)),
    "verify": (NOTHING, lambda h: h.verify(PIN)),
    "wrong pin": (NOTHING, lambda h: h.verify(WRONG)),
    "change pin": (NOTHING, lambda h: h.send(0x24, 0, 0x80, PIN + NEW)),
    "change puk": (NOTHING, lambda h: h.send(0x24, 0, 0x81, PUK + NEW)),
    "wrong change": (NOTHING, lambda h: h.send(0x24, 0, 0x80, WRONG + NEW)),
    "unblock": (NOTHING, lambda h: h.send(0x2C, 0, 0x80, PUK + NEW)),
    "wrong unblock": (NOTHING, lambda h: h.send(0x2C, 0, 0x80, WRONG + NEW)),
}


@pytest.fixture(scope="module")
def personalised() -> dict[str, Value]:
    store = Torn()
    piv = Piv(
        keys={Slot.AUTHENTICATION: made_key(P256)},
        objects={0x5FC106: b"old"},
        identity="yubikey",
    )
    host = Host(piv, Memory(store))
    host.verify(WRONG)  # so that a regained try would show
    host.send(0x2C, 0, 0x80, WRONG + NEW)
    return store.load()


def prepared(values: dict[str, Value], before: Step) -> tuple[Host, Torn]:
    store = Torn(values)
    host = Host(Piv(identity="yubikey"), Memory(store))
    before(host)
    return host, store


@pytest.mark.parametrize("kept", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cut_leaves_the_old_or_the_new(
    personalised: dict[str, Value], command: str, kept: bool
) -> None:
    before_step, step = COMMANDS[command]
    for host, old, new, last in cut_runs(
        lambda: prepared(personalised, before_step), step, kept=kept
    ):
        assert host.card.exchange(bytes(4)) is None
        check_counters(command, old, new, last and kept)
        assert host.power_up().sw == SW.OK
        assert host.verify(b"").sw == host.piv.pins[0x80].status


def test_a_signature_writes_nothing(personalised: dict[str, Value]) -> None:
    old, done, writes = whole_run(
        lambda: prepared(personalised, Host.verify), lambda h: h.use(P256, 0x9A, bytes(32))
    )
    assert (old, writes) == (done, 0)


def check_counters(command: str, old: dict[str, Value], new: dict[str, Value], done: bool) -> None:
    """A wrong value never gives a try back; a right one only once it was compared."""
    for name in filter(is_counter, old):
        before, after = old[name], new[name]
        assert isinstance(before, int)
        assert isinstance(after, int)
        if command.startswith("wrong"):
            assert after <= before
        if command in ("reset", "retries") and not done:
            assert after == before


def test_cutting_every_attempt_never_gives_more_tries(personalised: dict[str, Value]) -> None:
    store = Torn(personalised)
    host = Host(Piv(identity="yubikey"), Memory(store))
    answers = []
    for _ in range(6):
        store.cut(1, kept=True)
        try:
            answers.append(host.verify(WRONG).sw)
        except AssertionError:
            host.power_up()
    assert store.load()["Piv/pin.tries"] == 0
    assert set(answers) == {SW.AUTHENTICATION_BLOCKED}


def test_a_store_that_is_full_loses_nothing_and_shows_no_pin(
    personalised: dict[str, Value], caplog: pytest.LogCaptureFixture
) -> None:
    class Full(RamStore):
        full = False

        def commit(self, changes: Changes) -> None:
            if self.full:
                raise OSError("disk full")
            super().commit(changes)

    store = Full()
    store.commit(dict(personalised))
    host = Host(Piv(identity="yubikey"), Memory(store))
    host.administer()
    store.full = True
    assert host.put("5FC105", b"new").sw == SW.MEMORY_FAILURE
    assert host.send(0x24, 0, 0x80, PIN + NEW).sw == SW.MEMORY_FAILURE
    assert store.load() == personalised
    for secret in (PIN, NEW):
        assert secret.hex(" ") not in caplog.text
        assert secret.rstrip(b"\xff").decode() not in caplog.text
