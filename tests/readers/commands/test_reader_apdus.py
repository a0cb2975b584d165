from dataclasses import dataclass, replace

import pytest

from readers import CANCEL, OK
from readers.ccid.codes import Error
from readers.ccid.message import PC_to_RDR_XfrBlock
from readers.models import PINPAD, PLAIN
from readers.models.model import Quirk
from tests.kits.reader_host import FakeCard, pinpad_host
from tests.readers.commands.test_secure import MODIFY, TEMPLATE, VERIFY
from vcard.doubles import Faults, Recorder, ScriptedCard

PPDU = replace(PINPAD, quirks=Quirk.PPDU)
CONTACTLESS = replace(PLAIN, quirks=Quirk.PSEUDO_APDU)


def transfer(host, command, *keys):
    if keys:
        host.reader.pinpad.queue(*keys)
    return host.ask(PC_to_RDR_XfrBlock(abData=command)).abData


def ppdu(feature, request):
    """The request as PC/SC writes it: bTimeOut2 and ulDataLength more than CCID's."""
    raw = bytes(request)
    head = len(raw) - len(request.abPINApdu)
    length = len(request.abPINApdu).to_bytes(4, "little")
    data = raw[:1] + b"\0" + raw[1:head] + length + request.abPINApdu
    return bytes((0xFF, 0xC2, 0x01, feature, len(data))) + data


def test_the_features_are_listed():
    host = pinpad_host(PPDU)
    assert transfer(host, bytes.fromhex("FFC20100")) == bytes.fromhex("06079000")
    assert transfer(host, bytes.fromhex("FFC2010000")) == bytes.fromhex("06079000")
    only = replace(PPDU, descriptor=replace(PPDU.descriptor, bPINSupport=1))
    assert transfer(pinpad_host(only), bytes.fromhex("FFC20100")) == bytes.fromhex("069000")
    assert transfer(pinpad_host(only), ppdu(7, MODIFY)) == b"\x6a\x81"
    none = replace(PPDU, descriptor=PLAIN.descriptor)
    assert transfer(pinpad_host(none), bytes.fromhex("FFC20100")) == b"\x90\x00"


def test_a_pin_is_verified_and_changed():
    host = pinpad_host(PPDU)
    assert transfer(host, ppdu(6, VERIFY), "1234", OK) == b"\x90\x00"
    assert transfer(host, ppdu(7, MODIFY), "12345678", OK, "4321", OK, "4321", OK) == b"\x90\x00"
    assert host.reader.slots[0].card.commands == [
        TEMPLATE[:5] + b"1234\xff\xff\xff\xff",
        MODIFY.abPINApdu[:5] + b"123456784321\xff\xff\xff\xff",
    ]


def test_the_end_of_an_entry_is_a_status_word():
    host = pinpad_host(PPDU)
    assert transfer(host, ppdu(6, VERIFY), CANCEL) == b"\x64\x01"
    host.send(PC_to_RDR_XfrBlock(abData=ppdu(6, VERIFY)))
    host.tick(30.0)
    assert host.answers()[-1].abData == b"\x64\x00"


@pytest.mark.parametrize(
    "command",
    [
        ppdu(6, VERIFY)[:5] + bytes(3),
        ppdu(6, replace(VERIFY, bmFormatString=3)),
        bytes.fromhex("FFC20106 01 00 00 00"),
    ],
)
def test_a_wrong_structure_is_6b80(command):
    assert transfer(pinpad_host(PPDU), command) == b"\x6b\x80"


def test_without_the_habit_the_card_gets_everything():
    card = FakeCard(answer=lambda _: b"\x6e\x00")
    host = pinpad_host(PINPAD, card)
    for command in (bytes.fromhex("FFC2010000"), bytes.fromhex("FFCA000000")):
        assert transfer(host, command) == b"\x6e\x00"
    assert len(card.commands) == 2


@dataclass
class Tag(FakeCard):
    uid: bytes = bytes.fromhex("04112233445566")


def test_a_contactless_reader_tells_the_uid():
    cases = [
        ("FFCA000000", "04112233445566 9000"),
        ("FFCA0000", "04112233445566 9000"),
        ("FFCA000007", "04112233445566 9000"),
        ("FFCA000004", "6C07"),
        ("FFCA000008", "04112233445566 6282"),
        ("FFCA020000", "6A81"),
    ]
    for command, response in cases:
        host = pinpad_host(CONTACTLESS, Tag())
        assert transfer(host, bytes.fromhex(command)) == bytes.fromhex(response)


def test_a_card_without_a_uid_has_a_random_one():
    assert transfer(pinpad_host(CONTACTLESS), bytes.fromhex("FFCA000000"))[0] == 0x08


def test_other_commands_go_to_the_card():
    host = pinpad_host(replace(CONTACTLESS, quirks=Quirk.PSEUDO_APDU | Quirk.PPDU))
    assert transfer(host, bytes.fromhex("FFB0000000")) == b"\x90\x00"
    assert transfer(host, b"") == b"\x90\x00"


UID = bytes.fromhex("FFCA000000")
TAG = bytes.fromhex("04112233445566 9000")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda card: card,
        Faults().around,
        lambda card: Recorder(card, lambda _: None, lambda: 0.0),
        lambda card: Faults().around(Recorder(card, lambda _: None, lambda: 0.0)),
    ],
)
@pytest.mark.parametrize("tapped", [False, True])
def test_a_uid_is_found_whatever_is_around_the_card(wrap, tapped):
    host = pinpad_host(CONTACTLESS, wrap(Tag()))
    host.reader.tap = (lambda _: None) if tapped else None
    assert transfer(host, UID) == TAG


@pytest.mark.parametrize("wrong", ["04112233", 7, None])
def test_a_uid_that_is_no_bytes_does_not_count(wrong):
    assert transfer(pinpad_host(CONTACTLESS, Tag(uid=wrong)), UID) == bytes.fromhex("08C0FFEE9000")


@pytest.mark.parametrize("wrap", [lambda card: card, Faults().around])
def test_a_script_has_a_uid_or_answers_by_its_own_rule(wrap):
    host = pinpad_host(CONTACTLESS, wrap(ScriptedCard.parse("uid 04112233445566\n... => 6A82")))
    assert transfer(host, UID) == TAG
    host = pinpad_host(CONTACTLESS, wrap(ScriptedCard.parse("ff ca 00 00 ... => 63 00")))
    assert transfer(host, UID) == bytes.fromhex("6300")
    assert transfer(host, bytes.fromhex("FFCA020000")) == bytes.fromhex("6A81")


def test_a_uid_that_cannot_be_asked_for_is_a_fault_of_the_card(caplog):
    class Broken(FakeCard):
        @property
        def uid(self):
            raise SystemExit(1)

    host = pinpad_host(CONTACTLESS, Broken())
    assert host.ask(PC_to_RDR_XfrBlock(abData=UID)).bError == Error.ICC_MUTE
    assert "the card's code failed" in caplog.text
