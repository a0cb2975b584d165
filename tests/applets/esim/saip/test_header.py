import pytest

from applets.esim.saip.header import read_header, unmet
from applets.esim.saip.node import read
from applets.esim.saip.status import PackageError, Status
from applets.esim.services import PROVIDED, Service
from vcard import tlv

ICCID = bytes.fromhex("8900012345678901234F")
TEMPLATE = bytes.fromhex("67810F010201")


def header(*more: bytes, version: bytes = b"\3", iccid: bytes = ICCID):
    start = (tlv(0x80, version), tlv(0x81, b"\3"), tlv(0x82, b"test"), tlv(0x83, iccid))
    return read_header(read(tlv(0xA0, *start, *more), 0))


def status_of(*more: bytes, **other: bytes):
    with pytest.raises(PackageError) as caught:
        header(*more, **other)
    return caught.value.finding.status, caught.value.finding.offset


def test_a_header_names_the_package():
    found, others = header(tlv(0x84, b"pol"), tlv(0x8A, b"later"))
    assert (found.version, found.kind, found.iccid.hex()) == (
        (3, 3),
        "test",
        "980010325476981032f4",
    )
    assert [other.tag for other in others] == [0x8A]


def test_versions_that_are_not_known_are_refused():
    assert status_of(version=b"\x09") == (Status.UNSUPPORTED_PROFILE_VERSION, 2)


@pytest.mark.parametrize("iccid", [bytes(9), b"\x8a" * 10, b"\xff" * 10])
def test_an_iccid_has_digits(iccid):
    assert status_of(iccid=iccid)[0] is Status.BAD_VALUES


def demands(*more: bytes):
    return [
        (one.finding.status, one.finding.text, one.finding.offset)
        for one in unmet(header(*more)[0], PROVIDED)
    ]


def test_services_that_are_not_there_are_named_with_their_place():
    wanted = tlv(0xA5, tlv(0x81), tlv(0x80), tlv(0x9F1F))
    assert demands(wanted) == [
        (Status.FEATURE_NOT_SUPPORTED, "service contactless is not supported", 30),
        (Status.FEATURE_NOT_SUPPORTED, "service 31 is not supported", 32),
    ]
    found, _ = header(wanted)
    assert len(unmet(found, PROVIDED - {Service.USIM})) == 3


def test_a_service_is_a_component():
    assert status_of(tlv(0xA5, tlv(0x04)))[0] is Status.INVALID_REQUEST_FORMAT


def test_templates_and_libraries_that_are_not_there_are_named():
    wanted = tlv(0xA6, tlv(0x06, TEMPLATE), tlv(0x06, TEMPLATE + b"\x63"))
    library = tlv(0x30, tlv(0x80, bytes(5)), tlv(0x81, b"\1\0"))
    assert [one[:2] for one in demands(wanted, tlv(0xA8, library))] == [
        (Status.TEMPLATE_NOT_SUPPORTED, "template 2.23.143.1.2.1.99 is not supported"),
        (Status.LIB_NOT_SUPPORTED, "library 0000000000 is not supported"),
    ]
    assert str(header(wanted)[0].demands[0]) == "template 2.23.143.1.2.1"


def test_an_iot_minimal_profile_says_the_end_of_its_aid():
    assert header(tlv(0xA9, tlv(0x80, bytes(7))))[0].pix == bytes(7)
    assert status_of(tlv(0xA9, tlv(0x80, bytes(6))))[0] is Status.BAD_VALUES
