import pytest

from applets.esim.saip.applications import (
    ARAM,
    Key,
    check_non_standard,
    read_application,
    read_domain,
    read_rfm,
)
from applets.esim.saip.status import PackageError, Status
from tests.kits.esim.applications import (
    ADM1,
    FULL,
    MNO_SD,
    NOTHING,
    Made,
    access_rules,
    domain,
    instance,
    remote_files,
    rule_data,
)
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv


def test_a_security_domain_has_its_keys_and_what_is_stored_in_it():
    one = read_domain(read_one(domain([Made(2, 1, counter=0x0102)], stored=(b"\0\x70\0",))))
    assert (one.instance.aid, one.instance.privileges) == (MNO_SD, b"\x82\xdc\0")
    assert one.keys == (Key(2, 1, b"\x18", ((0x88, bytes(range(16))),), 0x0102),)
    assert one.stored == (b"\0\x70\0",)
    bare = read_domain(read_one(domain([])))
    assert (bare.keys, bare.stored) == ((), ())


def test_remote_management_has_its_targets_and_access_domains():
    one = read_rfm(read_one(remote_files(level=2, card=(FULL, ADM1))))
    assert (one.domain, one.tars, one.security) == (b"", (b"\xb0\x01\x20",), 2)
    assert (one.adf, one.card, one.inside) == (b"", (FULL, ADM1), (b"", b""))
    raw = remote_files("", owner=MNO_SD, adf=b"12345", inside=(NOTHING, FULL))
    one = read_rfm(read_one(raw))
    assert (one.domain, one.tars, one.adf) == (MNO_SD, (), b"12345")
    assert one.inside == (NOTHING, FULL)


INSTANCE = instance(MNO_SD)


@pytest.mark.parametrize(
    "parts",
    [[], [tlv(0xA1)], [tlv(0xA1, tlv(0x4F, MNO_SD), tlv(0x82))],
     [INSTANCE, tlv(0xA2, tlv(0x30, tlv(0x95, b"\1")))], [INSTANCE, tlv(0xA2, tlv(0x31))],
     [INSTANCE, tlv(0xA3, tlv(0x05))]],
)  # fmt: skip
def test_a_domain_that_is_none_is_refused(parts):
    with pytest.raises(PackageError) as caught:
        read_domain(read_one(element(6, *parts)))
    assert caught.value.finding.status is Status.INVALID_REQUEST_FORMAT


def test_remote_management_that_is_none_is_refused():
    aid, level, access = tlv(0x4F, MNO_SD), tlv(0x81, b"\2"), tlv(0x04)
    for parts in ([], [aid], [aid, level, access],
                  [aid, level, access, access, tlv(0x30, tlv(0x80, b"12345"))]):  # fmt: skip
        with pytest.raises(PackageError):
            read_rfm(read_one(element(7, *parts)))


def test_an_access_rule_master_is_the_one_of_the_card_whatever_code_comes_with_it():
    for load in (False, True):
        (one,) = read_application(read_one(access_rules(rule_data(), load=load)))
        assert (one.aid, one.data) == (ARAM, (rule_data(),))


def refusal(check, *parts):
    with pytest.raises(PackageError) as caught:
        check(read_one(element(8, *parts)))
    return caught.value.finding.status


def test_no_code_of_a_package_is_run():
    other = tlv(0xA2, instance(b"other", tag=0x30))
    both = tlv(0xA2, instance(b"other", tag=0x30), instance(ARAM, tag=0x30))
    assert refusal(read_application, tlv(0xA1)) is Status.RUNTIME_NOT_SUPPORTED
    assert refusal(read_application, tlv(0xA1), both) is Status.RUNTIME_NOT_SUPPORTED
    assert refusal(read_application, other) is Status.PE_NOT_SUPPORTED
    assert refusal(read_application) is Status.PE_NOT_SUPPORTED


def test_elements_of_other_issuers_are_not_known():
    assert refusal(check_non_standard, tlv(0x81, b"\x2a\3")) is Status.PE_NOT_SUPPORTED
    assert refusal(check_non_standard) is Status.INVALID_REQUEST_FORMAT
