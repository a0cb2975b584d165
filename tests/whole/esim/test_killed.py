"""A process that is really killed: SIGKILL after each APDU of a download, and inside each write.
The card runs in a child process with a real state file, and kills itself; the file must then have a
complete card.
"""

import os
import shutil
import signal

import pytest

from applets.esim import Euicc, Pki
from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from ifd_bridge.cards.file_store import FileStore
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp
from tests.whole.esim.test_power_cut import A, B, check
from vcard import Memory, RamStore

EID = numbered(1)
PKI = Pki.demo(EID)
PACKAGE = package()
NEW = bytes.fromhex("989400111111111111F9")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def opened(path):
    store = FileStore(path)
    return store, Euicc(demo_profiles(), enable=1, eid=EID, pki=PKI, memory=Memory(store))


class Doomed(Lpa):
    """Dies after a number of APDUs; tells how far the numbers of notifications had come."""

    def __init__(self, card, told, *, last=None):
        super().__init__(card, size=250)
        self.told, self.last = told, last

    def _exchange(self, raw):
        answer = super()._exchange(raw)
        numbers = [one.number for one in self.card.notifications]
        os.write(self.told, bytes((max(numbers, default=0),)))
        if self.apdus == self.last:
            die()
        return answer


def download(lpa):
    lpa.download(Smdp(PKI, elements=PACKAGE))


STEPS = {
    "enable": lambda lpa: lpa.enable(B),
    "disable": lambda lpa: lpa.disable(A),
    "delete": lambda lpa: lpa.delete(B),
    "download": download,
}


def lived(path, step, *, last=None, statement=None):
    """Let a child live with the file. Whether it died, and the highest number that was seen."""
    ears, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            live(path, step, told, last, statement)
        finally:
            os._exit(1)  # the child must not come back into the test
    os.close(told)
    with os.fdopen(ears, "rb") as file:
        seen = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0, max(seen, default=0)


def live(path, step, told, last, statement):
    store, card = opened(path)
    lpa = Doomed(card, told, last=last).start()
    count = 0

    def traced(sql):
        nonlocal count
        count += 1
        if count == statement:
            die()

    store._db.set_trace_callback(traced)
    step(lpa)
    os._exit(0)


def contents(path):
    with FileStore(path) as store:
        return store.load()


def whole(card, seen):
    """Check the invariants after a kill. Numbers up to `seen` were in use."""
    card.memory.store = RamStore()
    check(card)
    used = sum(card.inventory.profile(one.iccid).size for one in card.inventory)
    assert card.core.free_memory == card.core.config.memory - used
    assert card.notifications.next_number() > seen


@pytest.fixture
def seed(tmp_path):
    """The file of a card on which something has happened already."""
    path = tmp_path / "seed.db"
    store, card = opened(path)
    Lpa(card).start().enable(B)
    Lpa(card).start().enable(A)
    store.close()
    return path


def outcomes(seed, step, **limits):
    """Live and die with copies of the file, a little later each time: what they hold, whole."""
    name, values = next(iter(limits.items()))
    for at in values:
        path = seed.with_name(f"{at}.db")
        shutil.copy(seed, path)
        died, seen = lived(path, step, **{name: at})
        store, card = opened(path)
        held = store.load()
        store.close()
        whole(card, seen)
        yield died, held
        if not died:
            return
    raise AssertionError("it lives for longer than expected")


@pytest.mark.slow
def test_death_after_any_apdu_of_a_download_leaves_the_card_as_before_or_with_all_of_it(seed):
    before = contents(seed)
    found = list(outcomes(seed, download, last=range(1, 200)))
    assert len(found) > 20
    after = found[-1][1]
    assert f"euicc/profile/{NEW.hex()}" in after.keys() - before.keys()
    assert {died for died, _ in found[:-1]} == {True}
    states = [held == before for _, held in found]
    assert states == sorted(states, reverse=True)
    there = [held for _, held in found if held != before]
    assert all(held.keys() == after.keys() for held in there)
    assert len(there) <= 4  # the answer is fetched in parts


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_death_inside_any_write_leaves_the_state_before_it_or_after_it(seed, name):
    before = contents(seed)
    found = list(outcomes(seed, STEPS[name], statement=range(1, 200)))
    after = found[-1][1]
    assert len(found) > 4
    assert before.keys() != after.keys()
    assert {frozenset(held) for _, held in found} == {frozenset(before), frozenset(after)}
