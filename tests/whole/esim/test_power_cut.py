"""The power goes at each write: what was committed is a whole state, and the card lives on."""

import pytest

from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp
from vcard import Memory, PowerLost
from vcard.memory import DELETED

EID = numbered(1)
PKI = Pki.demo(EID)
A, B = (one.iccid for one in demo_profiles())


class Cut:
    """A store that loses power at write number `at`, before or after keeping what was written."""

    def __init__(self, at=None, *, kept=False):
        self.values, self.at, self.kept, self.writes = {}, at, kept, 0

    def load(self):
        return dict(self.values)

    def commit(self, changes):
        now, self.writes = self.writes, self.writes + 1
        if now == self.at and not self.kept:
            raise PowerLost
        for name, value in changes.items():
            if value is DELETED:
                self.values.pop(name, None)
            else:
                self.values[name] = value
        if now == self.at:
            raise PowerLost


def work(lpa):
    """A life: enable, disable, download, delete, forget."""
    yield lpa.enable(B)
    yield lpa.disable(B)
    yield lpa.download(Smdp(PKI))
    yield lpa.delete(A)
    yield lpa.result("BF3003800101")
    yield lpa.result("BF3404820205E0")


def check(card):
    """What always holds."""
    ports = [one.port for one in card.inventory if one.port is not None]
    assert len(ports) == len(set(ports))
    for one in card.inventory:
        assert card.inventory.profile(one.iccid).subscription.files
        assert card.inventory.files(one.iccid).pins is not None
    numbers = [one.number for one in card.notifications]
    assert numbers == sorted(set(numbers))
    assert max(numbers, default=0) < card.notifications.next_number()


def lived(store):
    """The card after a life that a power cut may end."""
    card = Euicc(demo_profiles(), enable=1, eid=EID, pki=PKI, memory=Memory(store))
    lpa = Lpa(card, size=250).start()
    try:
        for _ in work(lpa):
            check_numbers(card)
    except AssertionError:
        assert not card.powered
    return card


def check_numbers(card):
    assert len({one.number for one in card.notifications}) == len(list(card.notifications))


def writes_of_a_life():
    store = Cut()
    lived(store)
    return store.writes


@pytest.mark.parametrize("kept", [False, True])
def test_after_a_power_cut_at_any_write_the_card_is_whole(kept):
    first = len(Cut().values)
    total = writes_of_a_life()
    assert total > 6
    for at in range(1, total):
        store = Cut(at, kept=kept)
        lived(store)
        store.at = None
        again = Euicc(demo_profiles(), enable=1, eid=EID, pki=PKI, memory=Memory(store))
        check(again)
        assert Lpa(again).start().profiles() is not None
    assert first == 0
