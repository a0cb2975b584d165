import hmac

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from applets.yubikey.codes import OTP_AID
from tests.kits.yubikey import configuration
from vcard import SW
from vcard.crc import crc16

NO_CODE, CODE = bytes(6), b"access"
TYPES = configuration()
ANSWERS = configuration(key=b"k" * 16, ticket=0x40, config=0x22, extended=0x20)


@pytest.fixture
def host(token):
    made = token()
    made.select(OTP_AID)
    return made


def request(host, code, data):
    return host.send(0x01, code, data=data)


def test_the_status_tells_which_slots_are_valid(host):
    assert host.select(OTP_AID).data == bytes.fromhex("050702 00 0000")
    assert request(host, 0x01, TYPES + NO_CODE).data.hex() == "050702010500"
    assert request(host, 0x03, ANSWERS + NO_CODE).data.hex() == "050702020700"
    inverted = configuration(extended=0x10)
    assert request(host, 0x01, inverted + NO_CODE).data.hex() == "050702031700"
    assert host.send(0x03).data.hex() == "050702031700"


def test_a_slot_is_emptied_by_zeros_and_the_sequence_begins_anew(host):
    request(host, 0x01, TYPES + NO_CODE)
    assert request(host, 0x01, bytes(58)).data.hex() == "050702000000"


def test_an_access_code_guards_a_slot(host):
    guarded = configuration(access=CODE, extended=0x20)
    request(host, 0x01, guarded + NO_CODE)
    for code, data in (
        (0x01, TYPES), (0x04, TYPES), (0x06, b""), (0x08, bytes(56)), (0x01, bytes(52)),
    ):  # fmt: skip
        assert request(host, code, data + NO_CODE).data[3] == 1
    assert request(host, 0x04, TYPES + CODE).data[3] == 2
    assert request(host, 0x08, bytes(56) + NO_CODE).data[3] == 3


def test_an_update_needs_leave(host):
    assert request(host, 0x05, TYPES + NO_CODE).data[3] == 0
    request(host, 0x03, TYPES + NO_CODE)
    assert request(host, 0x05, TYPES + NO_CODE).data[3] == 1


def test_slots_are_swapped(host):
    request(host, 0x01, ANSWERS + NO_CODE)
    assert request(host, 0x06, NO_CODE).data.hex() == "050702020200"
    assert host.card.applets[2].slot(2).challenge_response


def test_serial_number_scan_map_and_device_information(host):
    assert request(host, 0x10, b"").data == (12345678).to_bytes(4)
    assert request(host, 0x12, bytes(51)).data[3] == 0  # accepted, but both slots are empty
    information = request(host, 0x13, b"").data
    assert request(host, 0x13, b"\0").data == information
    assert request(host, 0x15, bytes.fromhex("03070114")).data == host.send(0x03).data
    assert b"\x07\x01\x14" in request(host, 0x13, b"").data


def test_a_challenge_is_answered_with_hmac(host):
    request(host, 0x03, ANSWERS + NO_CODE)
    said = request(host, 0x38, bytes(range(64))).data
    assert said == hmac.digest(b"k" * 16 + bytes(4), bytes(range(64)), "sha1")
    touched = configuration(key=b"k" * 16, ticket=0x40, config=0x2A)
    request(host, 0x03, touched + NO_CODE)
    assert request(host, 0x38, bytes(range(64))).data == said


def test_a_challenge_is_answered_with_a_ticket(host):
    request(host, 0x01, configuration(key=b"k" * 16, ticket=0x40, config=0x20) + NO_CODE)
    said = request(host, 0x20, b"123456").data
    decryptor = Cipher(AES(b"k" * 16), ECB()).decryptor()
    ticket = decryptor.update(said)
    assert ticket[:6] == b"123456"
    assert crc16(ticket) == 0xF0B8


@pytest.mark.parametrize(
    ("code", "data", "sw"),
    [
        (0x30, bytes(64), SW.CONDITIONS_NOT_SATISFIED),
        (0x20, bytes(6), SW.CONDITIONS_NOT_SATISFIED),
        (0x30, bytes(63), SW.WRONG_LENGTH),
        (0x01, bytes(57), SW.WRONG_DATA),
        (0x01, b"x" * 58, SW.WRONG_DATA),
        (0x77, b"", SW.INCORRECT_P1_P2),
    ],
)
def test_other_requests_are_refused(host, code, data, sw):
    assert request(host, code, data).sw == sw
