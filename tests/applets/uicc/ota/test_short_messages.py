import pytest

from applets.uicc.ota.short_messages import (
    Assembly,
    UserData,
    delivers,
    envelopes,
    read_deliver,
    read_envelope,
    submit,
)
from vcard.tlv import Tlv


@pytest.mark.parametrize("size", [1, 137, 138, 300, 600])
def test_a_packet_of_any_size_arrives(size):
    packet = bytes(at & 0xFF for at in range(size))
    assembly, found = Assembly(), []
    for envelope in envelopes(packet):
        user = read_envelope(Tlv.parse(envelope))
        found.append(assembly.add(user))
    assert found[-1] == packet
    assert set(found[:-1]) <= {None}
    assert all(len(one) <= 140 + 20 for one in delivers(packet))


def test_messages_may_be_numbered_with_sixteen_bits():
    assert UserData({8: b"\1\2\3\1"}, b"").part == (b"\1\2", 3, 1)
    assert UserData({8: b"\1"}, b"").part is None


def test_a_message_without_a_header_is_none_of_ours():
    assert read_deliver(bytes.fromhex("00048112347FF6227052000000000141")) is None


@pytest.mark.parametrize("tpdu", ["", "4004", "40048112347FF622705200000000"])
def test_a_message_cut_short_is_an_error(tpdu):
    with pytest.raises(ValueError, match="cut short"):
        read_deliver(bytes.fromhex(tpdu))


def test_an_answer_goes_out_as_a_submit():
    made = submit(b"\2\x71\0abc", "123")
    assert made.hex() == "4100" + "0381" + "21f3" + "7ff6" + "06" + "027100616263"
