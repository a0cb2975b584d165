"""The IoT eUICC as a whole: power cuts at each write, and random commands."""

import logging
import random
import time

import pytest

from applets.esim import Config, Euicc, Pki
from applets.esim.eid import numbered
from applets.esim.iot import eim as make
from applets.esim.iot.associated import MOST as MOST_EIMS
from applets.esim.iot.eim import Eim
from applets.esim.iot.results import MOST as MOST_RESULTS
from applets.esim.iot.versions import VERSIONS
from tests.kits.esim.ipa import A, B, C, Ipa
from tests.kits.esim.smdp import Smdp
from tests.kits.torn import Torn
from tests.whole.esim.test_power_cut import check
from vcard import Memory, tlv

EID = numbered(1)
PKI = Pki.demo(EID)


def made(memory, version="1.2"):
    config = Config(iot=VERSIONS[version])
    return Euicc((A, B, C), enable=1, eid=EID, pki=PKI, memory=memory, config=config)


def check_iot(card):
    """Check the invariants of an IoT eUICC, in addition to those of every eUICC."""
    check(card)
    eims = list(card.iot.eims)
    assert len({one.identifier for one in eims}) == len(eims) <= MOST_EIMS
    for one in eims:
        assert 0 <= one.counter <= 0x7FFFFF
        assert one.token is None or one.token <= card.memory["iot/token"]
    kept = card.memory.get("iot/results", ())
    numbers = [number for number, _ in kept]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= MOST_RESULTS
    known = {one.iccid for one in card.inventory}
    if card.iot.recovery.rollback_target:
        assert card.iot.recovery.rollback_target in known


def life(ipa):
    """Each function of SGP.32 that writes, one after the other."""
    other = Eim("other.example.com")
    yield ipa.result("BF59028000")
    yield ipa.download(Smdp(PKI))
    yield ipa.result("BF5A038001FF")
    yield ipa.associated(token=True)
    yield ipa.do(make.set_fallback(C.iccid), make.configure_immediate(), make.enable(A.iccid))
    yield ipa.do(make.enable(B.iccid, rollback=True))
    yield ipa.ask("BF58038001FF")
    yield ipa.result("BF5D038001FF")
    yield ipa.result("BF5E038001FF")
    yield ipa.do(make.disable(A.iccid), make.enable(B.iccid), make.delete(A.iccid))
    yield ipa.do(make.unset_fallback(), make.set_default_address("dp.example.com"))
    yield ipa.do_eims(other.add(token=True), make.list_eims())
    yield ipa.do_eims(other.update())
    yield ipa.do_eims(make.delete_eim("other.example.com"))
    yield ipa.acknowledge(ipa.sequence(ipa.results()[-1]))
    yield ipa.result("BF65028000")
    yield ipa.result("BF6404820201FE")


def lived(store):
    """The card after a life that a power cut may end, and the states between its functions."""
    card = made(Memory(store))
    ipa = Ipa(card, size=250).start()
    states = [store.load()]
    try:
        states.extend(store.load() for _ in life(ipa))
    except AssertionError:
        assert not card.powered
    return card, states


@pytest.mark.slow  # a life for each write
@pytest.mark.parametrize("kept", [False, True])
def test_after_a_power_cut_at_any_write_the_card_is_as_before_a_function_or_after_it(kept):
    whole = Torn()
    _, states = lived(whole)
    total = whole.writes
    assert total >= len(states) - 1
    assert len(states) == 18
    for at in range(2, total + 1):
        store = Torn()
        store.cut(at, kept=kept)
        lived(store)
        store.cut()
        again = made(Memory(store))
        check_iot(again)
        # names tell one state from another: what is signed differs from run to run
        shape = {name for name in store.load() if "notification" not in name}
        assert any(
            shape == {name for name in state if "notification" not in name} for state in states
        ), at
        ipa = Ipa(again).start()
        assert ipa.profiles() is not None
        assert ipa.results() is not None


def test_a_package_that_a_power_cut_undid_is_done_when_it_comes_again():
    store = Torn()
    ipa = Ipa(made(Memory(store))).associated()
    package = ipa.eim.package(EID, make.enable(B.iccid))
    store.cut(1)
    with pytest.raises(AssertionError):
        ipa.ask(package)
    store.cut()
    again = Ipa(made(Memory(store)), eim=ipa.eim).start()
    assert again.enabled() == A.iccid
    assert [bytes(one).hex() for one in again.perform(package)] == ["830100"]


# Random commands

PSMO = (0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAB, 0xBF2D, 0xBF65, 0x02, 0xB0)
FUNCTIONS = (0xBF2B, 0xBF30, 0xBF51, 0xBF55, 0xBF56, 0xBF57, 0xBF58, 0xBF59, 0xBF5A, 0xBF5B, 0xBF5C,
             0xBF5D, 0xBF5E, 0xBF5F, 0xBF64, 0xBF65, 0xBF2D, 0xBF22, 0xBF34, 0xBF28)  # fmt: skip
INNER = (0xA0, 0xA1, 0x80, 0x81, 0x82, 0x83, 0x84, 0xA5, 0x88, 0x5A, 0x5C, 0x30, 0x5F37, 0x05)
LONGEST = 1.0
"""Seconds for one command."""


class Fuzzer:
    """Makes commands from a seed: signed packages of nonsense among them."""

    def __init__(self, card, seed):
        self.card, self.chance = card, random.Random(seed)
        self.eim = Eim("eim.example.com")

    def data(self, depth):
        choice = self.chance.randrange(6)
        if choice == 0:
            return self.chance.choice((A, B, C)).iccid
        if choice < 4 and depth < 4:
            return b"".join(self.object(INNER, depth + 1) for _ in range(self.chance.randrange(4)))
        return self.chance.randbytes(self.chance.randrange(18))

    def object(self, tags, depth=0):
        return tlv(self.chance.choice(tags), self.data(depth))

    def operation(self):
        iccid = self.chance.choice((A, B, C)).iccid
        other = Eim(self.chance.choice("abcdefghijk"))
        return self.chance.choice((
            make.enable(iccid), make.enable(iccid, rollback=True), make.disable(iccid),
            make.list_profiles(), make.set_fallback(iccid), make.unset_fallback(), other.add(),
            make.configure_immediate(), make.delete_eim(other.identifier), make.list_eims(),
            self.object(PSMO), self.object(PSMO), other.update(),
        ))  # fmt: skip

    def package(self):
        self.eim.counter = self.chance.choice((self.eim.counter, self.chance.randrange(1 << 24)))
        known = self.card.iot.eims.find(b"eim.example.com")
        if known is not None and self.chance.random() < 0.9:
            self.eim.counter, self.eim.token = known.counter, known.token or 0
        build = self.chance.choice((self.eim.package, self.eim.eim_package))
        return build(EID, *(self.operation() for _ in range(self.chance.randrange(5))))

    def request(self):
        choice = self.chance.random()
        if choice < 0.4:
            raw = self.package()
        elif choice < 0.45:
            raw = self.eim.initial(token=self.chance.random() < 0.5)
        else:
            raw = self.object(FUNCTIONS)
        if self.chance.random() < 0.15:
            changed = bytearray(raw)
            changed[self.chance.randrange(len(raw))] = self.chance.randrange(256)
            raw = bytes(changed)
        return raw


def fuzz(seed, count, caplog, version="1.2"):
    """The longest time that a command took, in seconds of this thread."""
    card = made(Memory(), version)
    fuzzer, ipa = Fuzzer(card, seed), Ipa(card, size=250)
    longest = 0.0
    for number in range(count):
        if number % 500 == 0:
            ipa.start()
        raw = fuzzer.request()
        began = time.thread_time()
        _, word = ipa.store(raw)
        longest = max(longest, time.thread_time() - began)
        assert word in (0x9000, 0x6A80, 0x6A88, 0x6985), f"{word:04X} {raw.hex()}"
        if number % 50 == 0:
            check_iot(card)
    check_iot(card)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
    return longest


@pytest.mark.parametrize("version", VERSIONS)
def test_random_commands_are_answered(version, caplog):
    fuzz(1, 300, caplog, version)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_commands_are_answered_within_a_second_each(seed, caplog):
    assert fuzz(seed, 10_000, caplog, ("1.2", "1.0")[seed % 2]) < LONGEST
