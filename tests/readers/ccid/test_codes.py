from readers.ccid.codes import HEADER, HEADER_SIZE, Error, Level, MessageType
from readers.ccid.message import PC_to_RDR_SetParameters, PC_to_RDR_XfrBlock

WAYS = {"PC_to_RDR": {0x6, 0x7}, "RDR_to_PC": {0x5, 0x8}}


def test_the_type_says_which_way_a_message_goes():
    for kind in MessageType:
        assert kind >> 4 in WAYS[kind.name[:9]]


def test_an_error_below_80_is_the_offset_of_the_field_that_is_wrong():
    header = HEADER.pack(PC_to_RDR_XfrBlock.bMessageType, 0x11111111, 0x22, 0x33)
    assert header[Error.BAD_LENGTH :].startswith(b"\x11" * 4)
    assert header[Error.BAD_SLOT] == 0x22
    assert len(header) == Error.BAD_PARAMETER < HEADER_SIZE
    assert bytes(PC_to_RDR_SetParameters(bProtocolNum=9))[Error.BAD_PARAMETER] == 9
    chained = bytes(PC_to_RDR_XfrBlock(wLevelParameter=Level.EMPTY))
    assert chained[Error.BAD_LEVEL] == Level.EMPTY
