"""Attributes and controls of a reader and its driver, through the real pcscd."""

from dataclasses import replace

import pytest

from applets.catalogue import CARDS
from ifd_bridge.driver.options import DriverOptions
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.models import PINPAD, PINPAD_DISPLAY, PLAIN, at_level
from tests.kits.pcsc.client import DIRECT, NOT_TRANSACTED, UNSUPPORTED_FEATURE, ScardError
from tests.kits.pcsc.desk import desk
from vcard import DEFAULT_ATR

pytestmark = pytest.mark.pcsc

CTL = 0x42000000
FEATURES, VERIFY, MODIFY = CTL + 3400, CTL + 0x330006, CTL + 0x330007
MCT, PIN_PROPERTIES, TLV_PROPERTIES = CTL + 0x330008, CTL + 0x33000A, CTL + 0x330012
ESCAPE = CTL + 1
NAMED = replace(PLAIN, name="Yubico Yubikey 4 CCID", serial_number="0042", bcd_device=0x0435)


@pytest.fixture(scope="module")
def client():
    with desk(NAMED, CARDS["hello"](None, {})) as place:
        client = place.client()
        client.connect()
        yield client


def refusal(work, *arguments):
    with pytest.raises(ScardError) as refused:
        work(*arguments)
    return refused.value.code


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0x00010100, b"vcard\0"),
        (0x00010102, b"\x00\x00\x35\x04"),
        (0x00010103, b"0042\0"),
        (0x00020110, b"\x01\x01\x20\x00"),
        (0x00090300, b"\x02"),
        (0x00090301, b"\x01"),
        (0x00090303, DEFAULT_ATR),
        (0x0007A007, (65544).to_bytes(4, "little")),
        (0x7FFF0003, b"Yubico Yubikey 4 CCID 00 00\0"),
        (0x7FFF0004, b"Yubico Yubikey 4 CCID 00 00\0"),
    ],
)
def test_each_attribute_has_its_value(client, number, value):
    assert client.attribute(number) == value


@pytest.mark.parametrize("number", [0x00010101, 0x00030120, 0x00080201, 0x00050190, 0x7FFFFFFF])
def test_an_attribute_that_nobody_knows_is_unsupported(client, number):
    assert refusal(client.attribute, number) == UNSUPPORTED_FEATURE


def test_the_reader_has_the_name_that_was_chosen(client):
    assert client.readers == ["Yubico Yubikey 4 CCID 00 00"]
    assert client.status()[0] == "Yubico Yubikey 4 CCID 00 00"


def test_a_reader_without_a_keypad_offers_its_properties_alone(client):
    assert client.control(FEATURES).hex() == "120442330012"
    assert client.control(0x313520) == client.control(FEATURES)
    properties = client.control(TLV_PROPERTIES).hex()
    assert properties.endswith("0b0209120c0201000a0400000100")


def test_a_keypad_that_is_not_there_takes_no_pin(client):
    structure = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008") + b"\xff" * 8
    assert refusal(client.control, VERIFY, structure) == NOT_TRANSACTED


@pytest.mark.parametrize("code", [CTL, CTL + 3600, CTL + 3601, 0x1234])
def test_a_control_code_that_nobody_knows_is_unsupported(client, code):
    assert refusal(client.control, code) == UNSUPPORTED_FEATURE


def test_a_keypad_offers_what_it_can():
    with desk(PINPAD_DISPLAY) as place:
        client = place.client()
        client.connect(share=DIRECT, protocols=0)
        assert client.control(FEATURES).hex() == (
            "060442330006" + "070442330007" + "0a044233000a" + "120442330012"
        )
        assert client.control(PIN_PROPERTIES).hex() == "10020700"
        properties = client.control(TLV_PROPERTIES).hex()
        assert properties.startswith("010210020402100005020200030100")


def test_wrong_structures_are_refused_before_anyone_types():
    with desk(PINPAD, CARDS["pin-dump"](None, {})) as place:
        client = place.client()
        client.connect()
        verify = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008") + b"\xff" * 8
        modify = bytearray(24) + bytes.fromhex("0024008004FFFFFFFF")
        modify[20], modify[11] = 9, 4
        for code, data in (
            (VERIFY, verify[:22]),
            (VERIFY, verify + b"\0"),
            (MODIFY, bytes(modify[:27])),
            (MODIFY, bytes(modify)),
        ):
            assert refusal(client.control, code, data) == UNSUPPORTED_FEATURE


def test_escapes_need_the_administrator():
    told = ((b"\x0a", b"text"),)
    model = replace(PLAIN, escapes=told)
    with desk(model) as place:
        client = place.client()
        client.connect(share=DIRECT, protocols=0)
        assert refusal(client.control, ESCAPE, b"\x0a") == NOT_TRANSACTED
    with desk(model, options=DriverOptions(escape=True)) as place:
        client = place.client()
        client.connect(share=DIRECT, protocols=0)
        assert client.control(FEATURES).hex() == "120442330012" + "130442000001"
        assert client.control(ESCAPE, b"\x0a") == b"text"
        assert refusal(client.control, ESCAPE, b"\x0b") == NOT_TRANSACTED


def test_an_mct_reader_takes_secoder_commands():
    model = replace(
        PLAIN,
        vendor_id=0x0D46,
        product_id=0x3010,
        escapes=((b"\x20\x70", bytes.fromhex("0102039000")),),
        descriptor=at_level(PLAIN, ExchangeLevel.SHORT_APDU).descriptor,
    )
    with desk(model) as place:
        client = place.client()
        client.connect(share=DIRECT, protocols=0)
        assert client.control(FEATURES).hex() == "080442330008" + "120442330012"
        assert client.control(MCT, bytes.fromhex("20700000000001000000")).hex() == "0102039000"
        assert refusal(client.control, MCT, bytes.fromhex("2075000000")) == NOT_TRANSACTED


def test_the_longest_message_is_told():
    model = replace(PLAIN, descriptor=Descriptor(dwMaxCCIDMessageLength=271))
    with desk(model) as place:
        client = place.client()
        client.connect(share=DIRECT, protocols=0)
        assert client.attribute(0x0007A007) == (261).to_bytes(4, "little")
