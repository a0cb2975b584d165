import pytest

from applets.esim.saip.fcp import NOTHING, Fcp, path_of
from applets.esim.saip.node import read
from applets.esim.saip.status import PackageError, Status
from applets.shared.file_system.tree import Kind, Life
from vcard import tlv


def fcp(*parts: bytes) -> Fcp:
    return Fcp(read(tlv(0xA1, *parts), 0))


def one(tag: int, value: str) -> bytes:
    return tlv(tag, bytes.fromhex(value))


def test_each_part_of_a_descriptor_is_read():
    found = fcp(
        one(0x82, "42210010"), one(0x83, "6F40"), one(0x8A, "04"), one(0x8B, "2F0607"),
        one(0x80, "0100"), one(0xC6, "01810A"), one(0x88, "F0"), one(0xC7, "7FD06F40"),
        one(0x84, "0102030405"), tlv(0xA5, one(0xC0, "40"), one(0xC1, "00FF"), one(0x86, "0400"),
        one(0x84, "01")), one(0x99, "00"),
    )  # fmt: skip
    assert (found.kind, found.record, found.fid) == (Kind.LINEAR, 16, 0x6F40)
    assert (found.life, found.arr, found.rule) == (Life.DEACTIVATED, 0x2F06, 7)
    assert (found.size, found.pins, found.sfi) == (256, b"\x01\x81\x0a", 30)
    assert (found.link, found.aid) == ((0x3F00, 0x7FD0, 0x6F40), bytes(range(1, 6)))
    assert (found.special, found.fill, found.limit) == (0x40, b"\x00\xff", 1024)
    assert [other.tag for other in found.others] == [0x99]


def test_what_is_not_said_is_not_there():
    found = fcp(one(0x8B, "03"), one(0x88, ""), one(0xC7, ""))
    assert (found.kind, found.fid, found.size, found.pins) == (None, None, None, None)
    assert (found.arr, found.rule, found.sfi, found.link) == (None, 3, 0, ())
    assert (NOTHING.sfi, NOTHING.link, NOTHING.life) == (None, None, Life.ACTIVATED)


def test_a_part_has_its_place():
    found = fcp(one(0x83, "6F40"), tlv(0xA5, one(0xC0, "40")))
    assert (found.place("size", "special"), found.place("size"), NOTHING.place()) == (8, 0, None)
    assert (found.says("fid"), found.says("size")) == (True, False)


@pytest.mark.parametrize(
    ("byte", "kind"),
    [(0x01, Kind.TRANSPARENT), (0x41, Kind.TRANSPARENT), (0x42, Kind.LINEAR), (0x06, Kind.CYCLIC),
     (0x39, Kind.BER_TLV), (0x79, Kind.BER_TLV), (0x38, Kind.DF), (0x78, Kind.DF),
     (0x49, Kind.TRANSPARENT), (0x0A, Kind.LINEAR)],
)  # fmt: skip
def test_whether_a_file_may_be_shared_does_not_change_its_kind(byte, kind):
    assert fcp(tlv(0x82, bytes((byte, 0x21, 0, 5)))).kind is kind


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([one(0x82, "4721")], Status.BAD_VALUES),
        ([one(0x82, "4221")], Status.BAD_VALUES),
        ([one(0x83, "3FFF")], Status.BAD_VALUES),
        ([one(0x83, "6F")], Status.BAD_VALUES),
        ([one(0x8A, "02")], Status.BAD_VALUES),
        ([one(0x8B, "2F06")], Status.BAD_VALUES),
        ([one(0x8B, "2F0600")], Status.BAD_VALUES),
        ([one(0x88, "F8")], Status.BAD_VALUES),
        ([one(0x88, "09")], Status.BAD_VALUES),
        ([one(0xC7, "7FD06F")], Status.BAD_VALUES),
        ([tlv(0xA5, one(0xC1, "00"), one(0xC2, "00"))], Status.BAD_VALUES),
        ([tlv(0xA5, one(0xC2, "00"), one(0xC1, "00"))], Status.BAD_VALUES),
        ([one(0x83, "6F40"), one(0x83, "6F41")], Status.INVALID_REQUEST_FORMAT),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(parts, status):
    with pytest.raises(PackageError) as caught:
        fcp(*parts)
    assert caught.value.finding.status is status
    assert caught.value.finding.offset in (2, 4, 6, 7)


def test_a_path_begins_in_the_mf_whether_it_says_so_or_not():
    assert path_of(bytes.fromhex("7F105F50")) == path_of(bytes.fromhex("3F007F105F50"))
