import pytest

from applets.esim import saip
from applets.esim.saip.file_elements import described, path_of, written
from applets.shared.file_system.tree import MF, Kind
from applets.sim.subscription import SubscriptionFiles
from tests.kits.esim.package import COMMON, encoded, package, with_elements
from vcard import Memory


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


def test_files_are_made_where_generic_management_says():
    steps = [
        ("path", b"\x7f\x10"), ("fcp", {"descriptor": b"\x78\x21", "fid": b"\x5f\x50"}),
        ("fcp", {"descriptor": b"\x41\x21", "fid": b"\x4f\x01", "size": b"\x06", "sfi": b"\x20",
                 "rule": b"\x6f\x06\x03", "proprietary": {"repeat": b"\xab\xcd"}}),
        ("offset", 2), ("content", b"12"),
        ("path", b"\x3f\x00"),
        ("fcp", {"descriptor": b"\x39\x21", "fid": b"\x2f\x40", "size": b"\x10", "sfi": b"",
                 "proprietary": {"limit": b"\x40"}}), ("content", b"\x80\x01\x01"),
        ("fcp", {"descriptor": b"\x46\x21\x00\x03", "fid": b"\x2f\x41", "size": b"\x06",
                 "proprietary": {"fill": b"\x01\x02"}}),
    ]  # fmt: skip
    raw = encoded("files", {"common": COMMON, "commands": [("one", steps)]})
    files = saip.decode(with_elements(raw)).subscription.tree.by_path
    plain = files[(MF, 0x7F10, 0x5F50, 0x4F01)]
    assert (plain.content.hex(), plain.sfi, plain.arr, plain.rule) == ("abcd3132abcd", 4, 0x6F06, 3)
    assert (files[(MF, 0x2F40)].kind, files[(MF, 0x2F40)].limit) == (Kind.BER_TLV, 0x40)
    assert files[(MF, 0x2F41)].content.hex() == "010202020202"


def test_a_file_that_is_not_to_be_created_is_absent():
    raw = encoded("t19", {
        "common": COMMON, "template": "1.2.3",
        "f0": [("fcp", {"fid": b"\x7f\xd5", "aid": b"12345"})], "f3": [("absent", None)],
    })  # fmt: skip
    files = saip.decode(with_elements(raw)).subscription.tree.by_path
    assert (MF, 0x7FD5, 0x6F08) not in files
    assert (MF, 0x7FD5, 0x6F09) in files


def linking(target):
    """A package with a link of TELECOM to a file, which is made after it."""
    link = {"descriptor": b"\x42\x21\0\x05", "fid": b"\x6f\x42", "link": target, "sfi": b""}
    steps = [
        ("path", b"\x7f\x10"), ("fcp", link),
        ("path", b""), ("fcp", {"descriptor": b"\x42\x21\0\x02", "fid": b"\x2f\x40",
                               "size": b"\x04"}), ("content", b"1234"),
    ]  # fmt: skip
    raw = encoded("files", {"common": COMMON, "commands": [("one", steps)]})
    return saip.decode(with_elements(raw))


def test_a_link_has_the_body_of_the_file_that_it_names():
    profile = linking(b"\x2f\x40")
    link = profile.subscription.tree.by_path[(MF, 0x7F10, 0x6F42)]
    assert (link.content, link.record, link.records, link.sfi) == (b"1234", 2, 2, 0)
    assert link.link == (MF, 0x2F40)
    files = SubscriptionFiles(profile.subscription, Memory().section("x"))
    files.write(link, b"5678")
    assert files.content(profile.subscription.tree.by_path[(MF, 0x2F40)]) == b"5678"


@pytest.mark.parametrize("target", [b"\x2f\x99", b"\x7f\xd0", b"\x7f\x10\x6f\x42"])
def test_a_link_to_nothing_to_a_directory_or_to_itself_is_an_empty_file(target):
    link = linking(target).subscription.tree.by_path[(MF, 0x7F10, 0x6F42)]
    assert (link.content, link.link) == (b"", ())


def test_a_path_begins_in_the_mf_whether_it_says_so_or_not():
    assert path_of(bytes.fromhex("7F105F50")) == path_of(bytes.fromhex("3F007F105F50"))


@pytest.mark.parametrize("descriptor", [{}, {"descriptor": b"\x41\x21"}])
def test_a_file_without_a_template_says_itself_what_it_is(descriptor):
    with pytest.raises(ValueError, match="a file has"):
        described((MF,), None, descriptor)


@pytest.mark.parametrize(
    ("byte", "kind"),
    [(0x01, Kind.TRANSPARENT), (0x41, Kind.TRANSPARENT), (0x42, Kind.LINEAR), (0x06, Kind.CYCLIC),
     (0x39, Kind.BER_TLV), (0x79, Kind.BER_TLV), (0x38, Kind.DF), (0x78, Kind.DF),
     (0x49, Kind.TRANSPARENT), (0x0A, Kind.LINEAR)],
)  # fmt: skip
def test_whether_a_file_may_be_shared_does_not_change_its_kind(byte, kind):
    fcp = {"descriptor": bytes((byte, 0x21, 0, 5)), "fid": b"\x2f\x40"}
    assert described((MF,), None, fcp).kind is kind


def test_a_descriptor_of_no_kind_is_a_value_error():
    with pytest.raises(ValueError, match="valid Kind"):
        described((MF,), None, {"descriptor": b"\x47\x21", "fid": b"\x2f\x40"})


def test_a_ber_tlv_file_has_its_limit_for_a_size():
    fcp = {"descriptor": b"\x39\x21", "fid": b"\x2f\x40", "proprietary": {"limit": b"\x20"}}
    file = written(described((MF,), None, fcp), fcp, None, [("content", b"\x80\0")])
    assert (file.content, file.limit) == (b"\x80\0", 0x20)


def test_contents_that_do_not_fit_are_a_value_error():
    fcp = {"descriptor": b"\x41\x21", "fid": b"\x2f\x40", "size": b"\x02"}
    file = described((MF,), None, fcp)
    assert written(file, fcp, None, [("offset", 1), ("content", b"1")]).content == b"\xff1"
    with pytest.raises(ValueError, match="do not fit"):
        written(file, fcp, None, [("offset", 1), ("content", b"12")])
