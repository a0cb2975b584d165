import pytest

from applets.esim import saip
from applets.shared.file_system.tree import MF, Kind
from applets.sim.subscription import SubscriptionFiles
from tests.kits.esim.elements import (
    ISIM_PATH,
    OUTER,
    RULE,
    aka,
    files_of,
    isim,
    refused,
    templated,
)
from tests.kits.esim.package import (
    USIM,
    content,
    elements,
    package,
    rules,
    with_elements,
)
from tests.kits.esim.raw_package import directory, element, file, managed, path
from vcard import Memory, Tlv, tlv


def test_files_that_a_template_creates_have_its_contents():
    files = saip.decode(package()).subscription.tree.by_path
    assert files[(MF, 0x7FD0, 0x6F31)].content == b"\x0a"
    assert files[(MF, 0x7FD0, 0x6F08)].content == b"\x07" + b"\xff" * 32
    assert files[(MF, 0x7FD0, 0x6F42)].record == 38
    assert (MF, 0x7FD0, 0x6F38) in files
    assert (MF, 0x2F08) not in files


def test_access_rules_lie_in_the_nearest_rule_file():
    files = saip.decode(package()).subscription.tree.by_path
    assert files[(MF, 0x2FE2)].arr == 0x2F06
    assert files[(MF, 0x7FD0, 0x6F07)].arr == 0x6F06
    assert files[(MF, 0x7FD0, 0x6F07)].rule == 2


def test_directories_of_telecom_lie_in_it():
    raw = templated(
        18, "3.2", f0=[RULE], f7=[OUTER], f8=[("fcp", {"descriptor": b"\x42\x21\0\x0a",
        "size": b"\x0a", "rule": b"\x2f\x06\x01"})], f13=[OUTER], f34=[OUTER], f35=content(b"12"),
    )  # fmt: skip
    files = files_of(raw)
    assert files[(MF, 0x7F10, 0x5F50)].kind is Kind.DF
    assert (MF, 0x7F10, 0x5F50, 0x4F20) in files
    assert (MF, 0x7F10, 0x5F3A) in files
    assert not any(path[:2] in ((MF, 0x5F50), (MF, 0x5F3A)) for path in files)


def test_a_file_in_a_directory_that_is_not_made_is_refused():
    raw = templated(18, "3", f0=[RULE], f13=[RULE], f35=content(b"12"))
    found = refused(raw)
    assert found.status is saip.Status.INVALID_PARAMETER
    assert found.text == "there is no directory 3F007F105F3C"


def test_optional_files_go_to_their_own_application():
    opt = templated(20, "5", f1=[], f0=[])
    files = files_of(isim(), templated(22, "9", f0=[("fcp", {"descriptor": b"\x42\x21\0\x04",
                     "size": b"\x04"})]), opt)  # fmt: skip
    assert (MF, 0x7FD0, 0x6F37) in files
    assert (*ISIM_PATH, 0x6F09) in files
    assert (*ISIM_PATH, 0x6F37) not in files


def test_optional_files_before_their_application_are_refused():
    raw = templated(22, "9", f3=[])
    assert refused(raw).status is saip.Status.INVALID_REQUEST_FORMAT


def test_a_file_that_is_not_to_be_created_is_absent():
    raw = templated(
        19, "4", f0=[("fcp", {"fid": b"\x7f\xd5", "aid": b"12345", "rule": b"\x01"})],
        f1=content(b"1"), f2=rules(), f3=[("absent", None)],
    )  # fmt: skip
    files = files_of(raw)
    assert (MF, 0x7FD5, 0x6F08) not in files
    assert (MF, 0x7FD5, 0x6F09) in files


def test_files_are_made_where_generic_management_says():
    raw = managed(
        directory(0x7F10, tlv(0x8B, b"\1")), path(0x7F10),
        directory(0x5F50, tlv(0x8B, b"\x2f\x06\1")),
        path(0x7F10, 0x5F50), file(0x4F01, tlv(0x8B, b"\x2f\x06\3"), tlv(0x88, b"\x20"),
        tlv(0xA5, tlv(0xC2, b"\xab\xcd")), size=6), tlv(0x02, b"\2"), tlv(0x81, b"12"),
        path(), file(0x2F40, tlv(0x81)[:0], kind="3921", size=64), tlv(0x81, b"\x80\1\1"),
        file(0x2F41, tlv(0xA5, tlv(0xC1, b"\1\2")), kind="46210003", size=6),
    )  # fmt: skip
    files = files_of(raw)
    plain = files[(MF, 0x7F10, 0x5F50, 0x4F01)]
    assert (plain.content.hex(), plain.sfi, plain.arr, plain.rule) == ("abcd3132abcd", 4, 0x2F06, 3)
    assert (files[(MF, 0x2F40)].kind, files[(MF, 0x2F40)].limit) == (Kind.BER_TLV, 64)
    assert files[(MF, 0x2F41)].content.hex() == "010202020202"


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([path(0x7F77), file(0x6F77)], saip.Status.INVALID_PARAMETER),
        ([path(0x2FE2), file(0x6F77)], saip.Status.INVALID_PARAMETER),
        ([file(0x2FE2)], saip.Status.BAD_VALUES),
        ([tlv(0x81, b"1")], saip.Status.INVALID_REQUEST_FORMAT),
        ([file(0x2F40), tlv(0x81, b"123456")], saip.Status.BAD_VALUES),
        ([file(0x2F40, tlv(0x8B, b"\x2f\x06\x63"))], saip.Status.INVALID_PARAMETER),
        ([directory(0x7F20, tlv(0x8B, b"\1"), tlv(0xC6, b"\x81"))], saip.Status.PIN_CODE_MISSING),
        ([directory(0x7F20, tlv(0x8B, b"\1"), tlv(0xC6, b"\2"))], saip.Status.PIN_CODE_MISSING),
    ],
)
def test_files_that_cannot_be_are_refused_with_their_place(steps, status):
    found = refused(managed(*steps))
    assert (found.status, found.name, found.element) == (status, "genericFileManagement", 7)
    assert found.offset is not None


def test_commands_and_templates_that_are_missing_are_a_wrong_format():
    for raw in (element(1), element(19), element(19, tlv(0x82, b"x"))):
        assert refused(raw).status is saip.Status.INVALID_REQUEST_FORMAT
    twice = tlv(0x81, bytes.fromhex("67810F010209")) + tlv(0xA5) + tlv(0xA5)
    assert refused(isim(), element(22, twice)).status is saip.Status.INVALID_REQUEST_FORMAT


def test_what_is_not_known_in_an_element_is_told():
    raw = managed(tlv(0x9F, b"")[:0], tlv(0x83, b"?"), file(0x2F40, tlv(0x99)))
    field = element(22, tlv(0x81, bytes.fromhex("67810F010209")), tlv(0xBF40), tlv(0x04))
    found = saip.read_package(with_elements(raw, isim(), field)).warnings
    assert [one.status for one in found] == [saip.Status.INVALID_PARAMETER] * 4


def test_commands_may_be_empty():
    assert files_of(managed()) == files_of()


def test_an_iot_minimal_profile_is_made_from_a_few_facts():
    first = elements()[0]
    pix = tlv(0xA9, tlv(0x80, USIM[5:]))
    header = tlv(0xA0, Tlv.parse(first).value, pix)
    imsi = bytes.fromhex("080910101032547698")
    usim = templated(32, "17", f7=content(imsi), f16=content(b"\0\1"))
    extra = templated(33, "18", f4=content(bytes(17)), f11=[RULE], f12=[])
    one = saip.decode(header + usim + aka(bytes(16)) + extra + elements()[-1])
    tree = one.subscription.tree.by_path
    assert tree[(MF, 0x7FD0)].aid == USIM
    assert tree[(MF, 0x7FD0, 0x6F07)].content == imsi
    assert tree[(MF, 0x2FE2)].content == one.iccid
    assert (MF, 0x7FD0, 0x5FC0, 0x4F01) in tree
    assert tree[(MF, 0x7FD0, 0x6F06)].records == 14
    files = SubscriptionFiles(one.subscription, Memory().section("x"))
    assert files.pins.satisfied() == {1}


def test_a_directory_for_eap_lies_in_the_application_before_it():
    raw = templated(27, "12", f0=[("fcp", {"fid": b"\x5f\x70", "rule": b"\x01"})], f2=[])
    assert (*ISIM_PATH, 0x5F70, 0x4F02) in files_of(isim(), raw)
