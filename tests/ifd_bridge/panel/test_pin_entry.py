"""PIN entries in the panel's trace; see test_view.py for whole entries."""

from ifd_bridge.panel.pin_entry import begins, ended, ends
from ifd_bridge.trace.events import Event, MessageIn


def test_only_what_waits_for_a_person_begins_an_entry():
    header = bytes.fromhex("69010000000007000000")
    assert [begins(header + bytes((operation,))) for operation in range(5)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not begins(b"")
    assert not begins(bytes.fromhex("6F0100000000070000000000"))


def test_an_answer_ends_the_entry_with_its_sequence_number():
    answer = bytes.fromhex("80000000000007000000")
    assert ends(answer, 7)
    assert ends(answer, None)
    assert not ends(answer, 8)
    assert not ends(answer[:9], 7)
    assert not ends(bytes.fromhex("80000000000007800100"), 7)


def test_an_answer_without_a_status_word_says_nothing():
    answer = bytes.fromhex("80000000000007000000")
    assert ended(Event(1.0, "Pad", MessageIn(0, answer)), answer)["note"] == ""
