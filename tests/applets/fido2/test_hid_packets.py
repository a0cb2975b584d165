import pytest

from applets.fido2.hid_packets import LONGEST, Assembly, Command, Error, HidError, Packet, reports


def assembled(packets):
    first, *rest = map(Packet.parse, packets)
    assembly = Assembly(first, 0.0)
    for packet in rest:
        assembly.add(packet, 1.0)
    assert assembly.whole
    return assembly.data


@pytest.mark.parametrize("size", [0, 1, 57, 58, 116, 117, LONGEST])
def test_a_message_is_cut_and_put_together(size):
    data = bytes(number % 251 for number in range(size))
    packets = list(reports(7, Command.PING, data))
    assert all(len(packet) == 64 for packet in packets)
    assert assembled(packets) == data
    assert LONGEST == 7609


def test_a_packet_out_of_order_is_refused():
    first, second, third = map(Packet.parse, reports(7, Command.PING, bytes(120)))
    assembly = Assembly(first, 0.0)
    with pytest.raises(HidError) as refused:
        assembly.add(third, 0.0)
    assert refused.value.error is Error.INVALID_SEQ
    assembly.add(second, 0.0)
    assert not assembly.whole


def test_a_message_that_is_too_long_is_refused():
    packet = Packet.parse(bytes.fromhex("00000007811DBA"))
    assert (packet.length, packet.command, packet.first) == (7610, 1, True)
    with pytest.raises(HidError, match="INVALID_LEN"):
        Assembly(packet, 0.0)
