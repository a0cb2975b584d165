"""A message in progress, and the reports of its response."""

from applets.fido2.codes import Status
from applets.fido2.hid_packets import LONGEST, Command, Packet
from applets.fido2.hid_work import Work, on_contacts
from vcard import Busy
from vcard import Command as Apdu


def answered(reply, command=Command.CBOR):
    work = Work(7, command, 0.0)
    work.take(reply)
    return [Packet.parse(report) for report in work.answer()]


def test_a_message_is_the_apdu_that_carries_it_on_contacts():
    assert on_contacts(b"\x0b").hex() == "80108000010b00"
    long = Apdu.parse(on_contacts(bytes(256)))
    assert (long.cla, long.ins, long.data, long.extended) == (0x80, 0x10, bytes(256), True)
    assert Apdu.parse(on_contacts(bytes(LONGEST))).ne == 65536


def test_a_response_goes_without_its_status_word():
    [packet] = answered(bytes.fromhex("27 9000"))
    assert (packet.command, packet.length, packet.body[2]) == (Command.CBOR, 1, 0x27)
    [packet] = answered(bytes.fromhex("5532465F5632 9000"), Command.MSG)
    assert packet.length == 8


def test_an_error_alone_is_one_of_the_device_and_nonsense_stays_nonsense():
    [packet] = answered(bytes.fromhex("6F00"))
    assert (packet.command, packet.body[2]) == (Command.ERROR, 0x7F)
    [packet] = answered(bytes.fromhex("6985"), Command.MSG)
    assert packet.command == Command.MSG
    [packet] = answered(bytes.fromhex("123456"))
    assert (packet.command, packet.length) == (Command.CBOR, 3)
    assert answered(b"")[0].length == 0


def test_a_device_that_stays_mute_says_nothing_and_none_says_too_much():
    assert answered(None) == []
    assert answered(bytes(70000) + b"\x90\0")[0].length == LONGEST


def test_an_answer_comes_when_its_time_has_come():
    work = Work(7, Command.CBOR, 10.0)
    work.take(Busy(0.25, lambda: b"\0\x90\0"))
    assert work.deadline == 10.1
    work.told = 10.2
    assert work.deadline == 10.25
    work.look(10.2)
    assert work.waits
    work.look(10.25)
    assert not work.waits


def test_what_has_not_begun_is_cancelled_at_once():
    work = Work(7, Command.CBOR, 0.0)
    work.take(Busy(60.0, lambda: b"\0\x90\0"))
    work.cancel()
    assert next(work.answer())[7] == Status.KEEPALIVE_CANCEL
