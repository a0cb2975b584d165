"""A power cut at each write: the committed state is complete, and the card continues to work."""

import pytest

from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp
from tests.kits.torn import power_cuts
from vcard import Memory

EID = numbered(1)
PKI = Pki.demo(EID)
A, B = (one.iccid for one in demo_profiles())


def work(lpa):
    """A life: enable, disable, download, delete, forget."""
    yield lpa.enable(B)
    yield lpa.disable(B)
    yield lpa.download(Smdp(PKI))
    yield lpa.delete(A)
    yield lpa.result("BF3003800101")
    yield lpa.result("BF3404820205E0")


def check(card):
    """Check the invariants."""
    ports = [one.port for one in card.inventory if one.port is not None]
    assert len(ports) == len(set(ports))
    for one in card.inventory:
        assert card.inventory.profile(one.iccid).subscription.files
        assert card.inventory.files(one.iccid).pins is not None
    numbers = [one.number for one in card.notifications]
    assert numbers == sorted(set(numbers))
    assert max(numbers, default=0) < card.notifications.next_number()


def new(store):
    return Euicc(demo_profiles(), enable=1, eid=EID, pki=PKI, memory=Memory(store))


def live(card):
    """A life that a power cut may end."""
    lpa = Lpa(card, size=250).start()
    try:
        for _ in work(lpa):
            check_numbers(card)
    except AssertionError:
        assert not card.powered


def check_numbers(card):
    assert len({one.number for one in card.notifications}) == len(list(card.notifications))


@pytest.mark.parametrize("kept", [False, True])
def test_after_a_power_cut_at_any_write_the_card_is_whole(kept):
    for store, _ in power_cuts(new, live, kept=kept, least=6):
        again = new(store)
        check(again)
        assert Lpa(again).start().profiles() is not None
