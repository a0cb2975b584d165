import pytest
from fido2 import cbor

from applets.fido2 import AID, Fido2
from applets.fido2.codes import Status
from tests.kits.fido2.platform import Platform, creation, fido
from vcard import Busy, Card
from vcard.touch import TIMEOUT_S, Touch

GET_INFO = bytes.fromhex("801080000104")
MAKE = b"\x01" + cbor.encode(creation())


def message(data: bytes, p1: int = 0x80) -> bytes:
    return bytes((0x80, 0x10, p1, 0, len(data))) + data + b"\0"


def test_the_application_is_selected_by_its_name(platform):
    assert platform.apdu("00A40400", AID) == (b"U2F_V2", 0x9000)
    only = Platform(fido(versions=("FIDO_2_1",)))
    assert only.apdu("00A40400", AID) == (b"FIDO_2_0", 0x9000)


def test_a_command_without_le_gets_data_and_the_rest_by_either_class(platform):
    first = platform.raw(GET_INFO)
    assert (len(first), first[-2]) == (258, 0x61)
    rest = platform.raw(bytes.fromhex("80C0000000"))
    assert cbor.decode(first[1:-2] + rest[:-2])[5] == 2048


def test_a_long_command_comes_in_pieces(platform):
    data = b"\x01" + cbor.encode(creation(exclude=[bytes(100)] * 3))
    for start in range(0, len(data) - 240, 240):
        piece = data[start : start + 240]
        assert platform.raw(bytes((0x90, 0x10, 0, 0, 240)) + piece) == b"\x90\x00"
    last = data[start + 240 :]
    answer = platform.raw(bytes((0x80, 0x10, 0, 0, len(last))) + last + b"\0")
    assert answer[0] == Status.SUCCESS


def test_errors_of_the_framing_are_status_words(platform):
    assert platform.raw(bytes.fromhex("80100000")) == b"\x67\x00"
    assert platform.raw(bytes.fromhex("80110000")) == b"\x69\x85"
    assert platform.raw(bytes.fromhex("80120000")) == b"\x6d\x00"
    assert platform.raw(bytes.fromhex("00100000")) == b"\x6e\x00"


def test_a_wait_is_told_by_keep_alives_until_the_touch():
    platform = Platform(fido(touch=Touch(None)))
    assert platform.raw(message(MAKE)) == b"\x02\x91\x00"
    assert platform.raw(bytes.fromhex("80110000")) == b"\x02\x91\x00"
    platform.applet.touch.press()
    assert platform.raw(bytes.fromhex("80110000"))[0] == Status.SUCCESS
    assert platform.raw(bytes.fromhex("80110000")) == b"\x69\x85"


def test_a_wait_is_cancelled_by_the_host_or_by_a_selection():
    platform = Platform(fido(touch=Touch(None)))
    platform.raw(message(MAKE))
    assert platform.raw(bytes.fromhex("80111100")) == b"\x2d\x90\x00"
    assert not platform.applet.touch.wanted
    platform.raw(message(MAKE))
    platform.apdu("00A40400", AID)
    assert not platform.applet.touch.wanted
    assert platform.raw(bytes.fromhex("80110000")) == b"\x69\x85"


def test_a_wait_ends_by_itself():
    platform = Platform(fido(touch=Touch(None)))
    platform.raw(message(MAKE))
    polls, answer = 0, b"\x02\x91\x00"
    while answer == b"\x02\x91\x00":
        answer, polls = platform.raw(bytes.fromhex("80110000")), polls + 1
    assert answer == b"\x2f\x90\x00"
    assert polls in (300, 301)


def test_a_touch_after_a_delay_comes_with_the_cards_own_time():
    platform = Platform(fido(touch=Touch(0.25)))
    answers = [platform.raw(message(MAKE))]
    while answers[-1] == b"\x02\x91\x00":
        answers.append(platform.raw(bytes.fromhex("80110000")))
    assert len(answers) == 4
    assert answers[-1][0] == Status.SUCCESS


def test_a_host_without_keep_alives_waits_for_the_card():
    platform = Platform(fido(touch=Touch(None)))
    answer = platform.card.exchange(message(MAKE, 0))
    for _ in range(5):
        assert isinstance(answer, Busy)
        answer = answer.finish()
    platform.applet.touch.press()
    assert isinstance(answer, Busy)
    assert answer.finish()[0] == Status.SUCCESS


def test_a_host_without_keep_alives_waits_to_the_end():
    platform = Platform(fido(touch=Touch(None)))
    answer, waited = platform.card.exchange(message(MAKE, 0)), 0.0
    while isinstance(answer, Busy):
        waited += answer.seconds
        answer = answer.finish()
    assert answer == b"\x2f\x90\x00"
    assert waited == pytest.approx(TIMEOUT_S, abs=0.2)


def test_a_demonstration_has_a_pin():
    platform = Platform(Fido2.demo())
    assert platform.ok(4)[4]["clientPin"] is True
    assert platform.token()


def test_another_application_can_be_on_the_card():
    card = Card(fido())
    card.power_up()
    assert card.exchange(bytes.fromhex("00A4040008") + AID)[-2:] == b"\x90\x00"


def test_a_pin_that_the_rules_forbid_is_refused_at_once():
    for pin in ("123", "x" * 64):
        with pytest.raises(ValueError, match="PIN"):
            fido(pin)
