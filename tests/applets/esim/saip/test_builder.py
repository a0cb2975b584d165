import pytest

from applets.esim import saip
from applets.shared.file_system.tree import MF, Kind
from applets.sim.subscription import SubscriptionFiles
from tests.kits.esim.package import (
    COMMON,
    USIM,
    content,
    elements,
    encoded,
    package,
    rules,
    with_elements,
)
from tests.kits.esim.raw_package import directory, element, file, managed, path
from vcard import Memory, Tlv, tlv

ISIM = bytes.fromhex("A0000000871004FF49FF0589")
ISIM_PATH = (MF, 0x7FD1)
RULE = ("fcp", {"rule": b"\x01"})
OUTER = ("fcp", {"rule": b"\x2f\x06\x01"})


def templated(number: int, identifier: str, **fields):
    value = {"common": COMMON, "template": f"2.23.143.1.2.{identifier}", **fields}
    return encoded(f"t{number}", value)


def isim(**fcp) -> bytes:
    """An ISIM with all that it must have."""
    lines = {"descriptor": bytes.fromhex("42210020"), "size": b"\x20"}
    return templated(
        21, "8",
        f0=[("fcp", {"fid": b"\x7f\xd1", "aid": ISIM, "rule": b"\x01", **fcp})],
        f1=content(b"impi"), f2=[("fcp", lines)], f3=content(b"domain"), f4=content(b"\x01"),
        f6=rules(),
    )  # fmt: skip


def files_of(*more: bytes):
    return saip.decode(with_elements(*more)).subscription.tree.by_path


def refused(*more: bytes):
    with pytest.raises(saip.PackageError) as caught:
        saip.decode(with_elements(*more))
    return caught.value.finding


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


def test_directories_tell_the_pins_that_the_package_names():
    one = saip.decode(with_elements(isim(pins=b"\x01\x0a")))
    files = SubscriptionFiles(one.subscription, Memory().section("x"))
    told = Tlv.parse(files.template(one.subscription.tree.by_path[ISIM_PATH])).find(0xC6)
    assert [part.value for part in told.children if part.tag == 0x83] == [b"\x01", b"\x0a"]


def pin2(value: bytes) -> bytes:
    pin = {"reference": 129, "value": value, "attributes": 7, "tries": 0x33}
    return encoded("pins", {"common": COMMON, "codes": ("own", [("one", pin)])})


def test_each_application_has_a_pin_2_of_its_own():
    first, *rest = elements()
    usim = next(i for i, one in enumerate(rest) if one[0] == 0xB3)
    rest.insert(usim + 1, pin2(b"11111111"))
    raw = [first, *rest[:-1], isim(), pin2(b"22222222"), rest[-1]]
    pins = SubscriptionFiles(saip.decode(b"".join(raw)).subscription, Memory().section("x")).pins
    pins.find(0x81, (MF, 0x7FD0)).pin.verify(b"11111111")
    assert pins.satisfied((MF, 0x7FD0, 0x6F41)) >= {0x81}
    assert 0x81 not in pins.satisfied((*ISIM_PATH, 0x6F09))


def test_a_directory_may_share_its_pins():
    shared = encoded("pins", {"common": COMMON, "codes": ("shared", b"\x7f\xd1")})
    telecom = managed(directory(0x7F10, tlv(0x8B, b"\1"), tlv(0xC6, b"\x81")))
    one = saip.decode(with_elements(isim(), pin2(b"22222222"), telecom, shared))
    assert {pin.adf for pin in one.subscription.pins if pin.reference == 0x81} == {
        ISIM_PATH, (MF, 0x7F10),
    }  # fmt: skip


def test_a_puk_that_a_pin_names_is_there():
    pin = {"reference": 129, "value": bytes(8), "puk": 5, "attributes": 7, "tries": 0x33}
    raw = encoded("pins", {"common": COMMON, "codes": ("own", [("one", pin)])})
    found = refused(isim(), raw)
    assert (found.status, found.name) == (saip.Status.PIN_CODE_MISSING, "pinCodes")


def aka(key: bytes | None = None) -> bytes:
    own = {"algorithm": 1, "options": b"\1", "key": key, "opc": bytes(16), "iterations": 1}
    mapped = ("mapping", {"options": b"\0", "source": USIM})
    return encoded("aka", {"common": COMMON, "configuration": ("own", own) if key else mapped})


def test_each_application_may_have_keys_of_its_own():
    one = saip.decode(with_elements(isim(), aka(b"\x11" * 16))).subscription
    assert one.aka.k == bytes(range(16))
    assert [(path, found.k) for path, found in one.others] == [(ISIM_PATH, b"\x11" * 16)]


def test_an_application_may_have_the_keys_of_another():
    one = saip.decode(with_elements(isim(), aka())).subscription
    assert (one.aka.k, one.others) == (bytes(range(16)), ())


def test_keys_of_an_application_that_is_missing_are_refused():
    mapped = ("mapping", {"options": b"\0", "source": b"12345"})
    found = refused(encoded("aka", {"common": COMMON, "configuration": mapped}))
    assert (found.status, found.name) == (saip.Status.INVALID_PARAMETER, "akaParameter")


def test_an_application_that_shares_with_one_without_keys_has_those_of_all():
    csim = managed(
        path(), file(0x7FC0, tlv(0x8B, b"\1"), tlv(0x84, b"12345"), kind="7821", size=None)
    )
    mapped = ("mapping", {"options": b"\0", "source": b"12345"})
    shared = encoded("aka", {"common": COMMON, "configuration": mapped})
    one = saip.decode(with_elements(csim, isim(), shared)).subscription
    assert (one.aka.k, one.others) == (bytes(range(16)), ())


def test_commands_may_be_empty():
    assert files_of(managed()) == files_of()


def test_keys_belong_to_an_application():
    first, mf, *_, end = elements()
    with pytest.raises(saip.PackageError, match="before their application"):
        saip.decode(first + mf + aka(bytes(16)) + end)


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
