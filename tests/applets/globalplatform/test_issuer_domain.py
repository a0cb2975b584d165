from __future__ import annotations

import logging
import random

import pytest

from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from tests.applets.globalplatform.conftest import INSTANCE, PACKAGE, Desk, make_desk
from tests.kits.secure_channel import KEY
from tests.kits.torn import Torn
from vcard import Memory

INSTRUCTIONS = [0x50, 0x82, 0x88, 0x2A, 0xCA, 0xD8, 0xE2, 0xE4, 0xE6, 0xE8, 0xF0, 0xF1, 0xF2]
PIECES = [
    b"", b"\x4f\0", b"\x4f\x07" + PACKAGE, b"\xd0\1\1", b"\xd2\1\x30", bytes(8), bytes(16),
    b"\xa6\4\x83\2\x10\3", b"\x70\0", b"\x31\x88\x10", b"\xc4\2\x4f\0", b"\x7f", bytes(3),
    b"\x42\2AB", b"\xf0\1\0", b"\xbf\x21\1\0", b"\1\xb0\x41\4" + bytes(64) + b"\xf0\1\0\0",
]  # fmt: skip


def fuzz(seed: int, count: int, caplog: pytest.LogCaptureFixture) -> None:
    source = random.Random(seed)
    desk = make_desk()
    answers = []
    for step in range(count):
        if step % 25 == 0:
            desk.card.power_up()
            desk.isd.registry.card_state = type(desk.isd.registry.card_state)(0x0F)
            desk.isd.domain.restore()
            desk.open(source.choice([0, 1, 3, 0x11, 0x13, 0x33]))
        data = b"".join(source.choices(PIECES, k=source.randrange(4)))[:200]
        ins = source.choice(INSTRUCTIONS) if source.random() < 0.9 else source.randrange(256)
        head = bytes((0x80, ins, source.choice([0, 0, 1, 2, 4, 0x0C, 0x20, 0x40, 0x80, 0x30, 0xFF]),
                      source.choice([0, 0, 2, 0x10, 0x13, 0x80, 0x81])))  # fmt: skip
        command = head + (bytes((len(data),)) + data if data else b"") + b"\0"
        if source.random() < 0.8:
            answers.append(desk.host.protected(command))
        else:
            cla = source.choice([0x00, 0x80, 0x84, 0x94])
            answers.append(desk.exchange(bytes((cla,)) + command[1:]))
    assert not [answer for answer in answers if answer[-2:] == b"\x6f\0"]
    assert not [answer for answer in answers if KEY[:8] in answer]
    assert KEY.hex() not in caplog.text.replace(" ", "").lower()


def test_random_commands_are_no_fault_and_tell_no_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fuzz(1, 2000, caplog)


@pytest.mark.slow
def test_many_random_commands_are_no_fault_and_tell_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        for seed in range(2, 26):
            fuzz(seed, 2000, caplog)


def work(desk: Desk) -> None:
    """Each command that writes."""
    desk.open()
    desk.load()
    desk.install()
    key = b"\x88\x10" + desk.host.wrap_key(bytes(16)) + b"\0"
    desk.send("80D80081", b"\x31" + key * 3)
    desk.send("80E29000", "4203112233")
    desk.send("80F04080", INSTANCE)
    desk.send("80E40000", "D20131")
    desk.send("80E40080", b"\x4f\x07" + PACKAGE)


def test_a_power_cut_at_any_write_leaves_a_card_that_works() -> None:
    for cut in range(1, 13):
        store = Torn()
        desk = make_desk(memory=Memory(store))
        store.cut(cut)
        try:
            work(desk)
            finished = True
        except AssertionError:
            finished = False
        store.cut()
        desk.card.power_up()
        sets = [keys.kvn for keys in desk.isd.domain.keys.sets()]
        assert sets in ([0x30], [0x30, 0x31])
        made = [one.aid for one in desk.isd.registry.instances()]
        assert {aid for aid, _ in desk.isd.applications()} >= set(made)
        assert len(desk.card.applets) == 3 + len(made)
        desk.open()
        assert desk.send("80F28002", "4F00").endswith("9000")
    assert finished


def test_the_commands_that_carry_keys_are_known() -> None:
    assert IssuerSecurityDomain.secret_instructions == {0xD8}
