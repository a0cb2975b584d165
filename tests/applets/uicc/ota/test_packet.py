import pytest

from applets.uicc.ota.packet import (
    Header,
    PacketError,
    PacketKey,
    ResponsePacket,
    make_command,
    make_response,
    open_command,
    open_response,
)
from applets.uicc.ota.parameters import Check, KeyChoice, Spi, Status
from tests.kits.vectors import rows

TAR = b"\xb0\0\x11"


class Keys:
    """Keys by version; none is missing unless it says so."""

    def __init__(self, kic=None, kid=None):
        self._kic, self._kid = kic, kid

    def kic(self, version):
        return self._kic

    def kid(self, version):
        return self._kid


def parsed(field):
    byte, value = field.split()
    return KeyChoice.parse(int(byte, 16)), PacketKey(bytes.fromhex(value), byte[1] == "2")


@pytest.mark.parametrize("row", rows("packets.txt"), ids=lambda row: row[-1])
def test_packets_are_those_of_real_cards(row):
    (kic, kic_key), (kid, kid_key) = parsed(row[0]), parsed(row[1])
    command, tar, data, response = (bytes.fromhex(field) for field in row[2:6])
    header, keys = Header.parse(command), Keys(kic_key, kid_key)
    assert (header.kic, header.kid, header.tar) == (kic, kid, tar)
    opened = open_command(command, header, keys)
    assert (opened.data, opened.counter) == (data, 0)
    assert make_command(header, 0, data, keys) == command
    answer = ResponsePacket(tar, 0, Status.OK, b"\x01\x61\x32")
    assert make_response(answer, header, keys) == response
    assert open_response(response, header, keys) == answer


def aes(**facts):
    return Header(Spi(**facts), KeyChoice(2, 2), KeyChoice(2, 2), TAR)


KEYS = Keys(PacketKey(bytes(16), aes=True), PacketKey(bytes(16), aes=True))


def test_an_answer_that_is_not_true_is_an_error():
    header = aes()
    made = make_response(ResponsePacket(TAR, 1, Status.OK, b"x"), header, KEYS)
    with pytest.raises(ValueError, match="checksum"):
        open_response(made[:-16] + bytes(16), header, KEYS)
    for short in (b"", made[:8], b"\0" * 20):
        with pytest.raises(ValueError, match="no response packet"):
            open_response(short, header, KEYS)
    refused = make_response(
        ResponsePacket(TAR, 1, Status.CHECK_FAILED), header, KEYS, secured=False
    )
    assert open_response(refused, header, KEYS).status is Status.CHECK_FAILED


def test_without_keys_nothing_is_made_or_opened():
    with pytest.raises(ValueError, match="ciphering"):
        make_command(aes(), 1, b"", Keys())
    with pytest.raises(ValueError, match="checksum"):
        make_command(aes(ciphered=False), 1, b"", Keys())
    packet = make_command(aes(), 1, b"", KEYS)
    for keys, status in (
        (Keys(), Status.CIPHERING_ERROR),
        (Keys(KEYS.kic(2)), Status.SECURITY_ERROR),
    ):
        with pytest.raises(PacketError) as caught:
            open_command(packet, aes(), keys)
        assert caught.value.status is status


def test_a_packet_that_is_no_whole_blocks_cannot_be_deciphered():
    packet = make_command(aes(), 1, b"", KEYS)
    with pytest.raises(PacketError) as caught:
        open_command(packet[:-1], aes(), KEYS)
    assert caught.value.status is Status.CIPHERING_ERROR
    with pytest.raises(ValueError, match="cut short"):
        Header.parse(packet[:9])


def test_padding_that_cannot_be_is_told():
    header = aes(check=Check.NONE, ciphered=False)
    packet = bytearray(make_command(header, 1, b"ab", KEYS))
    packet[15] = 9
    with pytest.raises(PacketError) as caught:
        open_command(bytes(packet), header, KEYS)
    assert caught.value.status is Status.CIPHERING_ERROR


def test_a_key_is_one_for_des_unless_it_is_said():
    assert not PacketKey(bytes(16)).aes
