import pytest

from applets.esim.inventory import Inventory
from applets.esim.profile_states import State
from applets.esim.small_profile import profile
from vcard import Memory

A = profile("8949000000000000018", "001010000000001")
B = profile("8949000000000000026", "001010000000002")


@pytest.fixture
def inventory():
    return Inventory(Memory().section("x"))


def test_profiles_are_kept_in_order_with_rising_aids(inventory):
    inventory.add(A)
    inventory.add(B)
    assert [one.aid[-3:].hex() for one in inventory] == ["001000", "001100"]
    assert [one.iccid for one in inventory] == [A.iccid, B.iccid]
    assert inventory.used == A.size + B.size


def test_a_profile_is_enabled_while_it_has_a_port(inventory):
    entry = inventory.add(A)
    assert entry.state is State.DISABLED
    assert inventory.switch(entry, 1).state is State.ENABLED
    assert inventory.on_port(1).iccid == A.iccid
    assert inventory.on_port(0) is None


def test_a_removed_profile_leaves_nothing_behind():
    memory = Memory()
    inventory = Inventory(memory.section("x"))
    inventory.add(A)
    inventory.files(A.iccid).write(A.subscription.files[2], b"changed")
    inventory.remove(A.iccid)
    assert dict(memory) == {"x/order": ()}
    assert inventory.find(iccid=A.iccid) is None


def test_a_profile_is_decoded_anew_when_the_memory_was_undone():
    memory = Memory()
    inventory = Inventory(memory.section("x"))
    inventory.add(A)
    before = memory.snapshot()
    assert inventory.profile(A.iccid) is inventory.profile(A.iccid)
    memory["x/profile/" + A.iccid.hex()] = B.to_value()
    assert inventory.profile(A.iccid) == B
    memory.restore(before)
    assert inventory.profile(A.iccid) == A


def test_the_server_is_empty_at_first(inventory):
    assert inventory.server == ""
    inventory.server = "a"
    assert (inventory.server, len(inventory)) == ("a", 0)


def test_cards_with_the_same_profile_share_it():
    one, other = (Inventory(Memory().section("x")) for _ in range(2))
    for inventory in (one, other):
        inventory.add(A)
    assert one.profile(A.iccid) is other.profile(A.iccid) is A
    assert one.profile(A.iccid) == type(A).from_value(A.to_value())
