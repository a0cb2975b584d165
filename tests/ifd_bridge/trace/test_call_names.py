"""Calls, messages and times have names."""

import pytest

from ifd_bridge.ifdh.api import Function
from ifd_bridge.trace.call_names import duration, function_name, message_name, number_name


@pytest.mark.parametrize(
    ("function", "number", "words"),
    [
        (Function.SET_PROTOCOL_PARAMETERS, 2, "T=1"),
        (Function.TRANSMIT_TO_ICC, 16, "raw"),
        (Function.TRANSMIT_TO_ICC, 1, "T=1"),
        (Function.POWER_ICC, 99, "99"),
        (Function.GET_CAPABILITIES, 0x1234, "0x1234"),
        (Function.CREATE_CHANNEL, 3, "3"),
    ],
)
def test_a_number_means_what_its_function_takes(function, number, words):
    assert number_name(function, number) == words


def test_functions_are_named_without_their_prefix():
    assert function_name(Function.TRANSMIT_TO_ICC) == "TransmitToICC"
    assert function_name(Function.SET_PROTOCOL_PARAMETERS) == "SetProtocolParameters"


def test_messages_are_named_by_their_first_byte():
    assert message_name(b"\x62") == "PC_to_RDR_IccPowerOn"
    assert message_name(b"\x01") == "message 01"
    assert message_name(b"") == "nothing"


def test_times_are_in_milliseconds_until_a_second():
    assert duration(0.0005) == "0.50 ms"
    assert duration(1.5) == "1.50 s"
