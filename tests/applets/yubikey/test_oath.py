import hashlib
import hmac

import pytest

from applets.yubikey.codes import OATH_AID
from vcard import SW, Memory
from vcard.tlv import parse_all, tlv

KEY = b"12345678901234567890"
CODE_KEY = b"K" * 16


def put(host, name, kind=0x21, more=b""):
    data = tlv(0x71, name) + tlv(0x73, bytes((kind, 6)), KEY) + more
    return host.send(0x01, data=data).sw


@pytest.fixture
def host(token):
    made = token()
    made.select(OATH_AID)
    return made


def listed(host):
    return [(item.value[0], item.value[1:]) for item in parse_all(host.send(0xA1).data)]


def set_code(host, *, response=None):
    mac = hmac.digest(CODE_KEY, b"host", "sha1")
    key = tlv(0x73, b"\x21", CODE_KEY)
    return host.send(0x03, data=key + tlv(0x74, b"host") + tlv(0x75, response or mac)).sw


def validate(host, challenge, key=CODE_KEY):
    mac = hmac.digest(key, challenge, hashlib.sha1)
    return host.send(0xA3, data=tlv(0x75, mac) + tlv(0x74, b"12345678"))


def challenge(answer):
    return next((item.value for item in parse_all(answer.data) if item.tag == 0x74), None)


def test_credentials_are_put_listed_renamed_and_deleted(host):
    assert put(host, b"a") == SW.OK
    assert put(host, b"b", 0x12, b"\x7a\4\0\0\0\7") == SW.OK
    assert listed(host) == [(0x21, b"a"), (0x12, b"b")]
    assert host.send(0x05, data=tlv(0x71, b"a") + tlv(0x71, b"c")).sw == SW.OK
    assert host.send(0x05, data=tlv(0x71, b"b") + tlv(0x71, b"")).sw == SW.WRONG_DATA
    assert host.send(0x02, data=tlv(0x71, b"a")).sw == SW.REFERENCE_DATA_NOT_USABLE
    assert host.send(0x02, data=tlv(0x71, b"c")).sw == SW.OK
    assert listed(host) == [(0x12, b"b")]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "7101",
        "710161",
        "71016173022106",
        "7101617302210678",
        "7101617310210600" + "00" * 13 + "99",
    ],
)
def test_what_is_no_credential_is_refused(host, data):
    assert host.send(0x01, data=bytes.fromhex(data)).sw == SW.WRONG_DATA
    assert listed(host) == []


def test_a_counter_goes_on_with_each_answer(host):
    put(host, b"h", 0x11)
    said = [host.send(0xA2, 0, 1, tlv(0x71, b"h") + tlv(0x74)).data for _ in range(2)]
    assert [int.from_bytes(one[3:]) % 10**6 for one in said] == [755224, 287082]


def test_an_answer_is_whole_or_truncated(host):
    put(host, b"t")
    asked = tlv(0x71, b"t") + tlv(0x74, bytes(7) + b"\1")
    whole = host.send(0xA2, 0, 0, asked).data
    assert whole == tlv(0x75, b"\6", hmac.digest(KEY, bytes(7) + b"\1", "sha1"))
    assert int.from_bytes(host.send(0xA2, 0, 1, asked).data[3:]) % 10**8 == 94287082
    assert host.send(0xA2, 0, 2, asked).sw == SW.INCORRECT_P1_P2
    assert host.send(0xA4, 0, 2, tlv(0x74, bytes(8))).sw == SW.INCORRECT_P1_P2
    assert host.send(0xA2, 0, 1, b"\x71").sw == SW.WRONG_DATA


def test_all_are_calculated_but_those_that_count_or_want_a_touch(host):
    put(host, b"t")
    put(host, b"h", 0x11)
    put(host, b"touch", 0x21, b"\x78\2")
    items = list(parse_all(host.send(0xA4, 0, 1, tlv(0x74, bytes(8))).data))
    assert [item.tag for item in items] == [0x71, 0x76, 0x71, 0x77, 0x71, 0x7C]


def test_a_long_answer_comes_in_pieces(host):
    for i in range(10):
        put(host, b"%02d" % i * 30)
    first = host.send(0xA1)
    assert (len(first.data), first.sw.value >> 8) == (256, 0x61)
    rest = b""
    answer = first
    while answer.sw.value >> 8 == 0x61:
        answer = host.send(0xA5)
        rest += answer.data
    assert len(list(parse_all(first.data + rest))) == 10
    assert host.send(0xA5).data == b""


@pytest.mark.parametrize(("firmware", "room"), [("5.7.2", 64), ("5.4.3", 32)])
def test_there_is_room_for_so_many(token, firmware, room):
    host = token(firmware=firmware)
    host.select(OATH_AID)
    assert {put(host, b"%d" % i) for i in range(room)} == {SW.OK}
    assert put(host, b"more") == SW.NOT_ENOUGH_MEMORY


def test_old_firmware_renames_nothing(token):
    host = token(firmware="4.3.7")
    host.select(OATH_AID)
    assert host.send(0x05, data=tlv(0x71, b"a") + tlv(0x71, b"c")).sw == SW.INS_NOT_SUPPORTED


def test_an_access_code_locks_the_application(host):
    put(host, b"a")
    assert set_code(host, response=bytes(20)) == SW.REFERENCE_DATA_NOT_USABLE
    assert set_code(host) == SW.OK
    asked = challenge(host.select(OATH_AID))
    for ins in (0x01, 0x02, 0x03, 0x05, 0xA1, 0xA2, 0xA4):
        assert host.send(ins).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    assert validate(host, asked, b"wrong").sw == SW.REFERENCE_DATA_NOT_USABLE
    assert validate(host, asked).sw == SW.REFERENCE_DATA_NOT_USABLE  # a challenge is used once
    said = validate(host, challenge(host.select(OATH_AID)))
    assert said.data == tlv(0x75, hmac.digest(CODE_KEY, b"12345678", "sha1"))
    assert listed(host) == [(0x21, b"a")]
    assert host.send(0x03, data=tlv(0x73)).sw == SW.OK
    assert challenge(host.select(OATH_AID)) is None


def test_there_is_nothing_to_validate_without_a_code(host):
    assert validate(host, bytes(8)).sw == SW.REFERENCE_DATA_NOT_USABLE
    assert host.send(0x03, data=tlv(0x73, b"\x2f1") + tlv(0x74) + tlv(0x75)).sw == SW.WRONG_DATA


def test_a_reset_takes_everything_and_changes_the_salt(token):
    memory = Memory()
    host = token(memory=memory)
    before = host.select(OATH_AID).data
    put(host, b"a")
    set_code(host)
    host.select(OATH_AID)
    assert host.send(0x04).sw == SW.INCORRECT_P1_P2
    assert host.send(0x04, 0xDE, 0xAD).sw == SW.OK
    assert listed(host) == []
    assert host.select(OATH_AID).data != before


def test_a_counter_has_up_to_8_bytes_and_begins_anew_after_the_last(host):
    assert put(host, b"a", 0x11, tlv(0x7A, b"\1" + bytes(8))) == SW.WRONG_DATA
    assert put(host, b"a", 0x11, tlv(0x7A, b"\xff" * 8)) == SW.OK
    codes = [host.send(0xA2, 0, 1, tlv(0x71, b"a") + tlv(0x74)).data for _ in range(2)]
    put(host, b"b", 0x11)
    assert host.send(0xA2, 0, 1, tlv(0x71, b"b") + tlv(0x74)).data == codes[1]
