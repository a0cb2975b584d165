"""A driver that looks when it is told, and only then, always ends with what is in the slots."""

from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.faces.slot_changes import SlotChanges

IN, OUT = b"\x50\x03", b"\x50\x02"


def test_a_movement_is_told_once():
    changes = SlotChanges(1)
    assert changes.due() == b""
    changes.moved(IN)
    assert changes.due() == IN
    assert changes.due() == b""
    assert changes.again() == IN


def test_the_next_one_is_told_when_the_driver_has_looked():
    changes = SlotChanges(1)
    changes.moved(IN)
    assert changes.due() == IN
    changes.moved(OUT)
    assert changes.due() == b""
    changes.looked(0)
    assert changes.due() == OUT
    changes.looked(0)
    assert changes.due() == changes.again() == b""


def test_a_card_that_is_swapped_is_worth_two_looks_and_no_more():
    changes = SlotChanges(1)
    changes.moved(OUT)
    assert changes.due() == OUT
    for message in (IN, OUT, IN):
        changes.moved(message)
    assert changes.due() == b""
    changes.looked(0)
    assert changes.due() == IN
    changes.looked(0)
    assert changes.due() == b""


def test_slots_wait_for_themselves_alone():
    changes = SlotChanges(5)
    changes.moved(b"\x50\x03\x00")
    assert changes.due() == b"\x50\x03\x00"
    changes.moved(b"\x50\x01\x03")
    assert changes.due() == b"\x50\x01\x03"
    assert changes.again() == b"\x50\x03\x03"
    changes.looked(4)
    changes.looked(9)
    assert changes.unseen == {0}


class Driver:
    """How libccid and pcscd take a slot: a powered card that is found without power was swapped."""

    def __init__(self):
        self.powered = self.present = False

    def look(self, slot):
        swapped = slot.present and not slot.active and self.powered
        self.powered = self.powered and slot.active
        if swapped or not slot.present:
            self.present = False
        elif not self.present:
            self.present = self.powered = slot.active = True


class Slot:
    present = active = False

    def move(self):
        self.present, self.active = not self.present, False
        return IN if self.present else OUT


@given(st.lists(st.sampled_from(["move", "hear", "look"]), max_size=30))
def test_however_movements_and_looks_come_the_driver_ends_with_the_truth(steps):
    changes, slot, driver, line = SlotChanges(1), Slot(), Driver(), []

    def step(what):
        if what == "move":
            changes.moved(slot.move())
        elif what == "hear" and line:
            line.pop()
            driver.look(slot)
            changes.looked(0)
        elif what == "look":  # as a client's connection does; it takes nothing from the line
            changes.looked(0)
        if message := changes.due():
            line.append(message)

    for what in [*steps, "hear", "hear", "hear", "hear"]:
        step(what)
    assert driver.present == slot.present
