from readers.message import Error, PC_to_RDR_IccPowerOn, PC_to_RDR_XfrBlock
from tests.readers.helpers import FakeCard, Host


def test_a_card_is_powered_and_answers():
    host = Host(card=FakeCard())
    assert host.ask(PC_to_RDR_IccPowerOn(bSeq=1)).abData == FakeCard().atr
    assert host.ask(PC_to_RDR_XfrBlock(bSeq=2, abData=b"\0\0\0\0")).abData == b"\0\0\0\0\x90\0"


def test_an_empty_slot_is_mute():
    assert Host().ask(PC_to_RDR_IccPowerOn()).bError == Error.ICC_MUTE
