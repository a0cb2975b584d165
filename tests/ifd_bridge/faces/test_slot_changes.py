"""A driver that polls only after notifications always ends with the state of the slots."""

from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.faces.slot_changes import SlotChanges

IN, OUT = b"\x50\x03", b"\x50\x02"


class Changes(SlotChanges):
    """Changes whose driver gets at once what is due."""

    def tell(self):
        message = self.due()
        self.told()
        return message


def test_what_could_not_be_sent_stays_due():
    changes = Changes(1)
    changes.moved(IN)
    assert changes.due() == changes.due() == changes.tell() == IN
    assert changes.due() == b""


def test_a_new_driver_is_told_of_the_cards_that_are_in_and_of_nothing_else():
    changes = Changes(5)
    changes.moved(b"\x50\x03\x00")
    changes.tell()
    changes.moved(b"\x50\x09\x00")
    changes.restart([1, 4])
    assert changes.pending(1)
    assert not changes.pending(0)
    assert changes.tell() == b"\x50\x0c\x03"
    changes.looked(1)
    assert not changes.pending(1)
    assert changes.pending(4)


def test_a_movement_is_told_once():
    changes = Changes(1)
    assert changes.tell() == b""
    changes.moved(IN)
    assert changes.tell() == IN
    assert changes.tell() == b""
    assert changes.again(changes.unseen) == IN


def test_the_next_one_is_told_when_the_driver_has_looked():
    changes = Changes(1)
    changes.moved(IN)
    assert changes.tell() == IN
    changes.moved(OUT)
    assert changes.tell() == b""
    changes.looked(0)
    assert changes.tell() == OUT
    changes.looked(0)
    assert changes.tell() == changes.again(changes.unseen) == b""


def test_a_card_that_is_swapped_is_worth_two_looks_and_no_more():
    changes = Changes(1)
    changes.moved(OUT)
    assert changes.tell() == OUT
    for message in (IN, OUT, IN):
        changes.moved(message)
    assert changes.tell() == b""
    changes.looked(0)
    assert changes.tell() == IN
    changes.looked(0)
    assert changes.tell() == b""


def test_slots_wait_for_themselves_alone():
    changes = Changes(5)
    changes.moved(b"\x50\x03\x00")
    assert changes.tell() == b"\x50\x03\x00"
    changes.moved(b"\x50\x01\x03")
    assert changes.tell() == b"\x50\x01\x03"
    assert changes.again(changes.unseen) == b"\x50\x03\x03"
    changes.looked(4)
    changes.looked(9)
    assert changes.unseen == {0}


class Driver:
    """libccid's and pcscd's view of a slot: a powered card found without power was swapped."""

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
    changes, slot, driver, line = Changes(1), Slot(), Driver(), []

    def step(what):
        if what == "move":
            changes.moved(slot.move())
        elif what == "hear" and line:
            line.pop()
            driver.look(slot)
            changes.looked(0)
        elif what == "look":  # as a client's connection does; it takes nothing from the line
            changes.looked(0)
        if message := changes.tell():
            line.append(message)

    for what in [*steps, "hear", "hear", "hear", "hear"]:
        step(what)
    assert driver.present == slot.present
