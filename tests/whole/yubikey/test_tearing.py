"""A power cut at each write of each command: the old state or the new one, and no try is
regained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.kits import yubikey as kit
from tests.kits.torn import Torn, cut_run, whole_run
from tests.kits.yubikey import CODE, COUNTED, CREDENTIAL, SLOT, Domain, Host, hsmauth, told
from vcard import Memory, Value
from vcard.tlv import tlv

Step = Callable[[Domain], object]
NEW_SLOT = kit.configuration(key=kit.OTP_KEY, access=kit.OTP_ACCESS, extended=0x20, ticket=0x41)
WRONG = tlv(0x7B, b"x" * 16)
CALCULATE = tlv(0x71, b"a") + tlv(0x77, bytes(16)) + tlv(0x73, kit.PASSWORD)
WRONG_CALCULATE = tlv(0x71, b"a") + tlv(0x77, bytes(16)) + tlv(0x73, b"x" * 16)


@dataclass(frozen=True)
class Cut:
    """A command of an application, and what its host does before."""

    aid: str
    step: Step
    before: Step = field(default=lambda host: None)


def sends(aid: str, ins: int, p1: int = 0, p2: int = 0, data: bytes = b"") -> Cut:
    return Cut(aid, lambda host: host.send(ins, p1, p2, data))


def protected(header: str, data: bytes = b"") -> Cut:
    return Cut(kit.DOMAIN, lambda host: _heard(host.protected(header, data)), Domain.open)


def _heard(word: str) -> None:
    assert word


UPDATE = bytes.fromhex("8050000008") + bytes(8)
SETTINGS = told("030200330A10" + kit.LOCK.hex())
OTHERS = told("060200070701100801800E020033")
CHANGED = tlv(0x71, b"a") + tlv(0x73, kit.PASSWORD) + tlv(0x73, b"n" * 16)
CERTIFICATES = tlv(0xA6, tlv(0x83, b"\x13\1")) + tlv(0xBF21, b"0")
COMMANDS = {
    "settings": sends(kit.MANAGEMENT, 0x1C, data=SETTINGS),
    "other settings": sends(kit.MANAGEMENT, 0x1C, data=OTHERS),
    "put oath": sends(kit.OATH, 0x01, data=tlv(0x71, b"c") + CREDENTIAL[3:]),
    "replace oath": sends(kit.OATH, 0x01, data=CREDENTIAL[:-1] + b"Y"),
    "delete oath": sends(kit.OATH, 0x02, data=tlv(0x71, b"a")),
    "rename oath": sends(kit.OATH, 0x05, data=tlv(0x71, b"a") + tlv(0x71, b"new")),
    "set code": sends(kit.OATH, 0x03, data=CODE),
    "count hotp": sends(kit.OATH, 0xA2, 0, 1, tlv(0x71, b"b") + tlv(0x74)),
    "reset oath": sends(kit.OATH, 0x04, 0xDE, 0xAD),
    "configure": sends(kit.OTP, 0x01, 0x01, 0, NEW_SLOT + kit.OTP_ACCESS),
    "delete slot": sends(kit.OTP, 0x01, 0x03, 0, bytes(52) + kit.OTP_ACCESS),
    "update slot": sends(kit.OTP, 0x01, 0x05, 0, NEW_SLOT + kit.OTP_ACCESS),
    "swap": sends(kit.OTP, 0x01, 0x06, 0, kit.OTP_ACCESS),
    "ndef": sends(kit.OTP, 0x01, 0x09, 0, bytes(56) + kit.OTP_ACCESS),
    "scan map": sends(kit.OTP, 0x01, 0x12, 0, bytes(range(45)) + bytes(6)),
    "put hsmauth": sends(kit.HSMAUTH, 0x01, data=hsmauth(b"new")),
    "put hsmauth P-256": sends(kit.HSMAUTH, 0x01, data=hsmauth(b"new", algorithm=0x27)),
    "delete hsmauth": sends(kit.HSMAUTH, 0x02, data=tlv(0x7B, bytes(16)) + tlv(0x71, b"a")),
    "calculate": sends(kit.HSMAUTH, 0x03, data=CALCULATE),
    "wrong password": sends(kit.HSMAUTH, 0x03, data=WRONG_CALCULATE),
    "wrong management key": sends(kit.HSMAUTH, 0x02, data=WRONG + tlv(0x71, b"a")),
    "management key": sends(kit.HSMAUTH, 0x08, data=tlv(0x7B, bytes(16)) + WRONG),
    "change password": sends(kit.HSMAUTH, 0x0B, data=CHANGED),
    "reset hsmauth": sends(kit.HSMAUTH, 0x06, 0xDE, 0xAD),
    "initialize update": Cut(kit.DOMAIN, lambda host: host.raw(UPDATE)),
    "put keys": Cut(kit.DOMAIN, lambda host: _heard(host.put_keys()), Domain.open),
    "generate key": protected("80F10011", bytes.fromhex("03F00100")),
    "delete key": protected("80E40000", bytes.fromhex("D00113D20101")),
    "store certificates": protected("00E29000", CERTIFICATES),
}  # fmt: skip


@pytest.fixture(scope="module")
def personalised() -> dict[str, Value]:
    """A token with something in each application, and a wrong try in HSMAuth."""
    store = Torn()
    host = Host(Memory(store))
    for aid, commands in (
        (kit.OATH, [(0x01, 0, CREDENTIAL), (0x01, 0, COUNTED)]),
        (kit.OTP, [(0x01, 0x01, SLOT + bytes(6)), (0x01, 0x03, SLOT + bytes(6))]),
        (kit.HSMAUTH, [(0x01, 0, hsmauth(b"a"))]),
    ):
        host.select(aid)
        for ins, p1, data in commands:
            assert host.send(ins, p1, 0, data).sw.ok
    assert str(host.send(0x02, 0, 0, WRONG + tlv(0x71, b"a")).sw) == "63C7"
    assert str(host.send(0x03, 0, 0, WRONG_CALCULATE).sw) == "63C7"
    return store.load()


def prepared(values: dict[str, Value], cut: Cut) -> tuple[Domain, Torn]:
    store = Torn(values)
    host = Domain(Memory(store))
    host.select(cut.aid)
    cut.before(host)
    return host, store


def tries(values: dict[str, Value]) -> dict[str, int]:
    """The counters: those of PINs, of credentials (their last field), of the domain's keys."""
    found = {}
    for name, value in values.items():
        if name.endswith(".tries") or "/tries-" in name:
            found[name] = value
        elif name.startswith("YubiKeyHsmAuth/credentials/"):
            assert isinstance(value, tuple)
            found[name] = value[-1]
    return found  # type: ignore[return-value]  # numbers all of them


def changed(before: dict[str, Value], after: dict[str, Value]) -> set[str]:
    """The names of the values that differ, but for counters."""

    def bare(values: dict[str, Value], name: str) -> object:
        value = values.get(name)
        credential = name.startswith("YubiKeyHsmAuth/credentials/")
        return value[:-1] if credential and isinstance(value, tuple) else value

    names = {name for name in (*before, *after) if not name.endswith(".tries")}
    return {
        name for name in names if "/tries-" not in name and bare(before, name) != bare(after, name)
    }


@pytest.mark.parametrize("kept", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cut_leaves_the_old_or_the_new(
    personalised: dict[str, Value], command: str, kept: bool
) -> None:
    cut = COMMANDS[command]
    old, done, writes = whole_run(lambda: prepared(personalised, cut), cut.step)
    whole = changed(old, done)
    assert writes
    for number in range(1, writes + 1):
        host, old, new = cut_run(lambda: prepared(personalised, cut), cut.step, number, kept=kept)
        assert changed(old, new) in (set(), whole)
        if command.startswith(("wrong", "initialize")):
            before, after = tries(old), tries(new)
            assert all(
                after.get(name, 8) <= before.get(name, 64) for name in after if name in before
            )
        assert host.power_up().sw.ok


def test_cutting_every_attempt_never_gives_more_tries(personalised: dict[str, Value]) -> None:
    store = Torn(personalised)
    host = Host(Memory(store))
    host.select(kit.HSMAUTH)
    answers = []
    for _ in range(10):
        store.cut(1, kept=True)
        try:
            answers.append(str(host.send(0x02, 0, 0, WRONG + tlv(0x71, b"a")).sw))
        except AssertionError:
            host.power_up()
    assert store.load()["YubiKeyHsmAuth/management.tries"] == 0
    assert set(answers) == {"63C0"}
