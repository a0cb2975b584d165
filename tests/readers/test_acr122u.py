"""The ACR122U's own commands."""

import pytest

from readers.acr122u import ats_of
from readers.ccid.message import PC_to_RDR_Escape, PC_to_RDR_IccPowerOn, PC_to_RDR_XfrBlock
from readers.models import MODELS
from tests.kits.reader_host import FakeCard, Host

ATR = bytes.fromhex("3B8180018080")
LED, READ = "FF00{:02X}{:02X}00", "FF00500000"


class Tag(FakeCard):
    uid = bytes.fromhex("04112233445566")

    def __init__(self):
        super().__init__(ATR)


@pytest.fixture
def host():
    made = Host(MODELS["acr122u"], Tag())
    made.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    return made


def sent(host, text):
    return host.ask(PC_to_RDR_XfrBlock(abData=bytes.fromhex(text))).abData.hex()


def escaped(host, text):
    return host.ask(PC_to_RDR_Escape(abData=bytes.fromhex(text))).abData.hex()


@pytest.mark.parametrize("send", [sent, escaped])
def test_commands_and_escapes_are_answered_alike(host, send):
    assert bytes.fromhex(send(host, "FF00480000")) == b"ACR122U214"
    assert send(host, "FF00520000") == "9000"
    assert send(host, "FF00410500") == "9000"
    assert send(host, "FF00000002D402") == "d503320106079000"


def test_leds_keep_their_states_until_power_is_lost(host):
    assert sent(host, "FF00400F0400000000") == "9003"
    assert sent(host, "FF0040040400000000") == "9002"
    assert sent(host, "FF0040000400000000") == "9002"
    assert sent(host, "FF00515A00") == "905a"
    assert sent(host, READ) == "905a"
    host.reader.reset()
    assert escaped(host, READ) == "90ff"


def test_the_card_is_found_by_the_chip_inside(host):
    assert sent(host, "FF00000004D44A0100") == (
        "d54b01010004200704112233445566" + ats_of(Tag()).hex() + "9000"
    )
    host.reader.eject()
    assert escaped(host, "FF00000004D44A0100") == "d54b009000"
    assert escaped(host, "FF00000002D4FF") == "6300"


def test_uid_and_ats_are_told(host):
    assert sent(host, "FFCA000000") == "041122334455669000"
    ats = ats_of(Tag())
    assert ats.hex() == "067881020280"
    assert sent(host, "FFCA010000") == ats.hex() + "9000"
    assert sent(host, "FFCA010003") == f"6c{len(ats):02x}"


def test_a_card_may_have_an_ats_of_its_own():
    class Own(Tag):
        ats = bytes.fromhex("0575778102")

    assert ats_of(Own()) == Own.ats


def test_what_it_does_not_know_is_no_command_for_the_card(host):
    assert sent(host, "FF00770000") == "6a81"
    assert host.ask(PC_to_RDR_Escape(abData=bytes.fromhex("FF007700"))).bStatus & 0x40
