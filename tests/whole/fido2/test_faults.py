"""Faults on purpose at CTAP commands, over a card's contacts and over HID."""

import pytest
from fido2.ctap import CtapError
from fido2.ctap1 import ApduError, Ctap1
from fido2.ctap2 import Ctap2

from applets.fido2.codes import Status
from tests.kits.fido2.hid_port import opened
from tests.kits.fido2.platform import Platform, fido
from vcard.doubles import fault_text
from vcard.doubles.faults import Faults
from vcard.touch import Touch

SELECTION, GET_INFO = bytes.fromhex("80108000010B00"), bytes.fromhex("80108000010400")


def test_a_fault_strikes_at_one_ctap_command():
    faults = Faults()
    fault_text.parse("80 10 80 00 01 0B ...:answer=279000", faults)
    platform = Platform(fido())
    card = faults.around(platform.card)
    assert card.exchange(SELECTION) == bytes((Status.OPERATION_DENIED,)) + b"\x90\x00"
    answer = card.exchange(GET_INFO)
    assert isinstance(answer, bytes)
    assert answer[0] == Status.SUCCESS
    assert platform.raw(SELECTION) == b"\0\x90\x00"


def on_hid(*texts, touch=None):
    """A port with a key at which faults strike, a client of it, and what a reader was asked for."""
    faults, asked = Faults(seed=7), []
    for text in texts:
        fault_text.parse(text, faults)

    def around(card):
        made = faults.around(card)
        made.on_action = asked.append
        return made

    port, device = opened(fido(touch=touch), around)
    return port, device, asked


def refused(work):
    with pytest.raises(CtapError) as found:
        work()
    return found.value.code


def unanswered(port, device):
    """A client whose selection gets no answer."""
    ctap = Ctap2(device)
    port.silent = True
    with pytest.raises(TimeoutError):
        ctap.selection()
    return ctap


def test_the_same_fault_strikes_over_hid():
    _, device, _ = on_hid("80 10 80 00 01 0B ...:answer=279000")
    ctap = Ctap2(device)
    assert refused(ctap.selection) is CtapError.ERR.OPERATION_DENIED
    assert ctap.get_info().versions == ["U2F_V2", "FIDO_2_0", "FIDO_2_1"]


def test_a_fault_strikes_at_the_occasion_it_was_told_over_hid():
    _, device, _ = on_hid("ins=10,nth=3:status=6F00")
    ctap = Ctap2(device)  # the first
    ctap.selection()
    assert refused(ctap.selection) is CtapError.ERR.OTHER
    ctap.selection()


def test_a_late_answer_is_told_of_meanwhile_and_may_be_cancelled():
    port, device, _ = on_hid("80 10 80 00 01 0B ...:delay=2")
    told = []
    Ctap2(device).selection(on_keepalive=told.append)
    assert 2.0 <= port.now < 2.2
    assert [int(each) for each in told] == [1]


def test_a_late_answer_still_waits_for_its_touch():
    port, device, _ = on_hid("80 10 80 00 01 0B ...:delay=2", touch=Touch(1.0))
    told = []
    Ctap2(device).selection(on_keepalive=told.append)
    assert [int(each) for each in told] == [1, 2]
    assert 2.0 < port.now < 3.3


def test_an_answer_is_cut_blown_up_or_nonsense_over_hid():
    _, device, _ = on_hid("ins=10,nth=2:cut=20", "ins=10,nth=3:oversize=70000")
    ctap = Ctap2(device)
    for _ in range(2):
        with pytest.raises((ValueError, IndexError)):
            ctap.get_info()
    assert ctap.get_info().versions


def test_a_key_whose_supply_fails_knows_its_channels_no_more():
    port, device, _ = on_hid("ins=10,nth=2:reset")
    ctap = unanswered(port, device)
    port.silent = False
    assert refused(ctap.selection) is CtapError.ERR.INVALID_CHANNEL


def test_a_key_is_pulled_out_once_its_command_has_ended():
    port, device, asked = on_hid("ins=10,nth=2:remove")
    unanswered(port, device)
    assert asked == ["remove"]


def test_a_fault_strikes_at_u2f_over_hid():
    _, device, _ = on_hid("ins=03,nth=1:status=6A80")
    ctap = Ctap1(device)
    with pytest.raises(ApduError) as found:
        ctap.get_version()
    assert found.value.code == 0x6A80
    assert ctap.get_version() == "U2F_V2"
