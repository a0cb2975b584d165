from dataclasses import replace

import pytest

from ifd_bridge.driver.control_codes import USB_PATH
from ifd_bridge.driver.known_reader import FirmwareFeatures
from ifd_bridge.driver.options import Release
from ifd_bridge.driver.part10 import ESCAPE, GET_FEATURE_REQUEST, Feature
from ifd_bridge.ifdh.api import Answer, Code
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PINPAD, PINPAD_DISPLAY, PLAIN, at_level
from tests.kits.bridge.fakes import FAILED, answer, features

OK = answer(0x80, b"\x90\x00")
VERIFY = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")
MODIFY = bytes.fromhex("1E1E82000000080804030203090400010200000015000000 0024008010" + "FF" * 16)


def said(*answers, feature=Feature.GET_TLV_PROPERTIES, **how):
    slot, _ = features(*answers, **how)
    reply = slot.control(feature.control_code, b"")
    assert reply.code is Code.SUCCESS
    return reply.data.hex().upper()


@pytest.mark.parametrize("code", [GET_FEATURE_REQUEST, 0x313520])
@pytest.mark.parametrize(
    ("how", "tags"),
    [
        ({"model": PLAIN}, [0x12]),
        ({"model": PINPAD}, [0x06, 0x07, 0x0A, 0x12]),
        ({"model": PINPAD, "escape": True}, [0x06, 0x07, 0x0A, 0x12, 0x13]),
        ({"reader_id": 0x0D463010}, [0x06, 0x07, 0x0A, 0x08, 0x12]),
        ({"reader_id": 0x0D464289, "model": PLAIN}, [0x08, 0x12]),
        ({"reader_id": 0x076B3031}, [0x12]),
    ],
)
def test_a_reader_offers_what_it_has(code, how, tags):
    slot, _ = features(**how)
    reply = slot.control(code, b"")
    expected = [bytes((tag, 4)) + (0x42330000 + tag).to_bytes(4, "big") for tag in tags]
    if how.get("escape"):
        expected[-1] = bytes.fromhex("130442000001")
    assert reply == Answer(Code.SUCCESS, b"".join(expected))


def test_pin_properties_tell_display_and_validation():
    assert said(model=PINPAD_DISPLAY, feature=Feature.IFD_PIN_PROPERTIES) == "10020700"
    assert said(reader_id=0x08E63478, feature=Feature.IFD_PIN_PROPERTIES) == "00000200"


def test_the_properties_come_in_the_genuine_order():
    cases = [
        (
            {"model": PINPAD_DISPLAY},
            "01021002 04021000 05020200 030100 0809" + b"vcard-0.1".hex() + "060100 070110 020107"
            "090100 0B020912 0C020300 0A0400000100",
        ),
        (
            {"model": replace(PLAIN, firmware=""), "escape": True},
            "01020000 030100 090101 0B020912 0C020100 0A0400000100",
        ),
        (
            {"model": at_level(PLAIN, ExchangeLevel.SHORT_APDU), "reader_id": 0x12340001},
            "01020000 030100 090100 0B023412 0C020100 0A0400000000",
        ),
        (
            {"reader_id": 0x046A00A1},
            "01020000 030100 060100 070120 090100 0B026A04 0C02A100 0A0400000100",
        ),
    ]
    for how, properties in cases:
        assert said(**how) == properties.replace(" ", "").upper()


def test_a_gemalto_reader_is_asked_for_its_firmware():
    told = FirmwareFeatures(2, three_indexes_fixed=True, min_digits=4, max_digits=12)
    firmware = answer(0x83, b"GemTwR1")
    head, tail = "01020000030100", "0901000B02E6080C0237340A0400000100"
    text = "0807" + b"GemTwR1".hex().upper()
    limits = "06010407010C020102"
    assert said(firmware, reader_id=0x08E63437) == head + text + tail
    assert said(firmware, reader_id=0x08E63437, firmware=told) == head + text + limits + tail
    assert said(answer(0x83, status=FAILED), reader_id=0x08E63437) == head + tail


# PIN entry


def test_escapes_are_for_those_who_may():
    cases = [
        ({}, "02", False),
        ({"escape": True}, "02", True),
        ({"reader_id": 0x076B5427}, "AA", True),
        ({"reader_id": 0x08E63437}, "02", True),
        ({"reader_id": 0x08E63437}, "0200", False),
        ({"reader_id": 0x08E63437}, "52F804010001", False),
        ({"reader_id": 0x08E65503}, "52F804010001", True),
        ({"reader_id": 0x08E65503}, "52F8040100", False),
        ({"reader_id": 0x08E65503}, "52F804020001", False),
    ]
    for how, data, allowed in cases:
        slot, cable = features(answer(0x83, b"text"), **how)
        reply = slot.control(ESCAPE, bytes.fromhex(data))
        if allowed:
            assert reply == Answer(Code.SUCCESS, b"text")
            assert (cable.sent[0][0], cable.sent[0][10:].hex().upper()) == (0x6B, data)
            assert cable.timeouts == [30.0]
        else:
            assert (reply, cable.sent) == (Answer(Code.COMMUNICATION_ERROR), [])


def test_an_escape_that_fails_has_no_data():
    slot, _ = features(answer(0x83, b"text", FAILED, 0x0A), escape=True)
    assert slot.control(ESCAPE, b"\1") == Answer(Code.COMMUNICATION_ERROR)


def test_secoder_commands_alone_reach_an_mct_reader():
    cases = [
        ("20700000000001000000", True),
        ("2074000000", True),
        ("2075000000", False),
        ("206F000000", False),
        ("2170000000", False),
        ("2070010000", False),
        ("2070000100", False),
        ("2070000001", False),
    ]
    for data, allowed in cases:
        slot, cable = features(answer(0x83, b"\x90\x00"), reader_id=0x0D463010)
        reply = slot.control(Feature.MCT_READER_DIRECT.control_code, bytes.fromhex(data))
        expected = (
            Answer(Code.SUCCESS, b"\x90\x00") if allowed else Answer(Code.COMMUNICATION_ERROR)
        )
        assert (reply, len(cable.sent)) == (expected, allowed)


def test_a_secoder_command_shorter_than_its_header_is_not_supported():
    for data in ("", "20700000"):
        slot, cable = features(reader_id=0x0D463010)
        reply = slot.control(Feature.MCT_READER_DIRECT.control_code, bytes.fromhex(data))
        assert (reply, cable.sent) == (Answer(Code.NOT_SUPPORTED), [])


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (Release(1, 6, 2), Answer(Code.ERROR_NOT_SUPPORTED)),
        (Release(1, 7, 1), Answer(Code.SUCCESS, b"1-1:1.0\0")),
    ],
)
def test_the_place_on_the_bus_is_told_by_newer_releases(release, expected):
    slot, _ = features(release=release)
    assert slot.control(USB_PATH, b"") == expected


@pytest.mark.parametrize("code", [0, 0x42000000, 0x42000000 + 3601])
def test_an_unknown_code_is_not_supported(code):
    slot, cable = features()
    assert slot.control(code, b"") == Answer(Code.ERROR_NOT_SUPPORTED)
    assert cable.sent == []
