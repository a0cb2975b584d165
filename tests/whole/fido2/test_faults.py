"""Faults on purpose at CTAP commands."""

from applets.fido2.codes import Status
from tests.kits.fido2.platform import Platform, fido
from vcard.doubles import fault_text
from vcard.doubles.faults import Faults

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
