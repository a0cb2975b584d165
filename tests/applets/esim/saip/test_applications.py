import pytest

from applets.esim.saip.applications import (
    check_application,
    check_non_standard,
    read_domain,
    read_rfm,
)
from applets.esim.saip.status import PackageError, Status
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv

AID = bytes.fromhex("A000000151000000")
INSTANCE = tlv(0xA1, tlv(0x4F, AID), tlv(0x4F, AID), tlv(0x4F, AID), tlv(0x82, b"\x82\xdc\0"),
               tlv(0xC9))  # fmt: skip
KEY = tlv(0x30, tlv(0x95, b"\x18"), tlv(0x82, b"\1"), tlv(0x83, b"\2"),
          tlv(0x30, tlv(0x30, tlv(0x80, b"\x88"), tlv(0x86, bytes(16)))))  # fmt: skip


def test_a_security_domain_has_its_keys():
    one = read_domain(read_one(element(6, INSTANCE, tlv(0xA2, KEY))))
    assert (one.aid, one.privileges) == (AID, b"\x82\xdc\0")
    (key,) = one.keys
    assert (key.version, key.identifier, key.usage) == (2, 1, b"\x18")
    assert key.parts == ((0x88, bytes(16)),)
    assert read_domain(read_one(element(6, INSTANCE))).keys == ()


def test_remote_management_has_its_targets():
    parts = (
        tlv(0x4F, AID), tlv(0xA0, tlv(0x04, b"\xb0\x01\x20")), tlv(0x81, b"\2"),
        tlv(0x04, b"\0"), tlv(0x04, b"\0"),
    )  # fmt: skip
    one = read_rfm(read_one(element(7, *parts)))
    assert (one.aid, one.domain, one.tars, one.security) == (AID, b"", (b"\xb0\x01\x20",), 2)
    adf = tlv(0x30, tlv(0x80, b"12345"), tlv(0x81, b"\0"), tlv(0x82, b"\0"))
    one = read_rfm(read_one(element(7, tlv(0x4F, AID), tlv(0x4F, b"54321"), *parts[2:], adf)))
    assert (one.domain, one.tars, one.adf) == (b"54321", (), b"12345")


@pytest.mark.parametrize(
    "parts",
    [[], [tlv(0xA1)], [tlv(0xA1, tlv(0x4F, AID), tlv(0x82))],
     [INSTANCE, tlv(0xA2, tlv(0x30, tlv(0x95, b"\1")))], [INSTANCE, tlv(0xA2, tlv(0x31))]],
)  # fmt: skip
def test_a_domain_that_is_none_is_refused(parts):
    with pytest.raises(PackageError) as caught:
        read_domain(read_one(element(6, *parts)))
    assert caught.value.finding.status is Status.INVALID_REQUEST_FORMAT


def test_remote_management_that_is_none_is_refused():
    for parts in ([], [tlv(0x4F, AID)], [tlv(0x4F, AID), tlv(0x81, b"\2"), tlv(0x04)]):
        with pytest.raises(PackageError):
            read_rfm(read_one(element(7, *parts)))


def refusal(check, *parts):
    with pytest.raises(PackageError) as caught:
        check(read_one(element(8, *parts)))
    return caught.value.finding.status


def test_no_code_of_a_package_is_run():
    assert refusal(check_application, tlv(0xA1)) is Status.RUNTIME_NOT_SUPPORTED
    assert refusal(check_application, tlv(0xA2)) is Status.PE_NOT_SUPPORTED


def test_elements_of_other_issuers_are_not_known():
    assert refusal(check_non_standard, tlv(0x81, b"\x2a\3")) is Status.PE_NOT_SUPPORTED
    assert refusal(check_non_standard) is Status.INVALID_REQUEST_FORMAT
