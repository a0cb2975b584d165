import pytest

from applets.esim.saip.files import LIMIT, made, read_field
from applets.esim.saip.node import read
from applets.esim.saip.status import PackageError, Status
from applets.esim.saip.templates.rows import rows
from applets.shared.file_system.tree import MF, Kind
from vcard import tlv

(ROW,) = rows("ef-imsi 6F07 T 4 0 2 7 00FF+")
(RECORDS,) = rows("ef-sms 6F3C L 3 2 5 0 00FF+")
(OPEN,) = rows("ef-open 6F40 T 0 0 5 0 -")
(LINES,) = rows("ef-lines 6F41 L 4 0 5 0 -")
(DIRECTORY,) = rows("df-telecom 7F10 D 0 0 14 0 -")


def field(*steps: bytes):
    return read_field(read(tlv(0xA5, *steps), 0))


def described(*parts: str):
    raw = b"".join(tlv(int(part[:2], 16), bytes.fromhex(part[2:])) for part in parts)
    return tlv(0xA1, raw)


def contents(raw: str) -> bytes:
    return tlv(0x83, bytes.fromhex(raw))


def skip(count: int) -> bytes:
    return tlv(0x82, bytes((count,)))


def test_a_template_alone_makes_a_file():
    file = made((MF, 0x7FD0), ROW, field())
    assert (file.fid, file.content.hex(), file.sfi) == (0x6F07, "00ffffff", 7)
    assert (file.arr, file.rule) == (0x6F06, 2)
    assert made((MF,), ROW, field()).arr == 0x2F06


def test_contents_go_over_the_default_step_by_step():
    said = field(skip(1), contents("0102"))
    assert made((MF,), ROW, said).content.hex() == "000102ff"
    assert made((MF,), RECORDS, said).content.hex() == "00010200ffff"


def test_a_descriptor_changes_what_the_template_says():
    said = field(described("8242210002", "836F99", "8006", "8B03", "8828"))
    file = made((MF, 0x7FD0), ROW, said)
    assert (file.fid, file.kind, file.record, file.records) == (0x6F99, Kind.LINEAR, 2, 3)
    assert (file.rule, file.sfi) == (3, 5)


def test_a_pattern_goes_before_the_default():
    assert made((MF,), ROW, field(tlv(0xA1, tlv(0xA5, tlv(0xC1, b"\1\2"))))).content == b"\1\2\2\2"
    assert made((MF,), ROW, field(tlv(0xA1, tlv(0xA5, tlv(0xC2, b"\1\2"))))).content == b"\1\2\1\2"
    assert made((MF,), ROW, field(), b"\7\7\7\7").content == b"\7\7\7\7"


def test_a_size_that_nobody_says_is_that_of_the_contents():
    assert made((MF,), OPEN, field(skip(1), contents("0102"))).content.hex() == "ff0102"
    assert made((MF,), LINES, field(contents("0102030405"))).records == 2
    assert made((MF,), OPEN, field(), bytes(9)).size == 9


def test_a_file_without_a_template_has_a_short_identifier_of_its_own():
    assert made((MF,), None, field(described("824121", "836F07", "8002"))).sfi == 7
    assert made((MF,), None, field(described("824121", "836F1F", "8002"))).sfi == 0
    assert made((MF,), None, field(described("824121", "836F07", "8002", "88"))).sfi == 0


def test_a_ber_tlv_file_has_a_capacity():
    said = field(tlv(0xA1, tlv(0x82, b"\x39\x21"), tlv(0xA5, tlv(0x86, b"\x20"))), contents("8000"))
    file = made((MF,), OPEN, said)
    assert (file.kind, file.limit, file.content) == (Kind.BER_TLV, 0x20, b"\x80\0")
    assert made((MF,), OPEN, field(described("823921", "8040"))).limit == 0x40


def test_a_link_has_no_body_yet():
    said = field(described("8242210005", "C77FD06F40"))
    assert made((MF,), ROW, said).link == (MF, 0x7FD0, 0x6F40)
    assert made((MF,), ROW, field(described("C7"))).link == ()


def test_a_directory_tells_pins_and_may_have_a_name():
    said = field(described("C6010A81", "84A00000008710", "8B01"))
    file = made((MF,), DIRECTORY, said)
    assert (file.kind, file.pins, file.aid.hex()) == (Kind.DF, b"\x01\x0a\x81", "a00000008710")


def test_what_is_not_to_be_made_and_what_is_not_known_is_told():
    said = field(tlv(0x80), tlv(0x99, b"x"))
    assert said.absent
    assert [other.tag for other in said.others] == [0x99]


@pytest.mark.parametrize(
    ("row", "steps", "text"),
    [
        (ROW, [contents("0102030405")], "do not fit"),
        (ROW, [skip(4), contents("01")], "up to 5 do not fit into 4"),
        (ROW, [tlv(0x82, b"\x01\x00\x00")], "is not from"),
        (RECORDS, [described("8004")], "not 1 to 255 records"),
        (RECORDS, [described("800400")], "not 1 to 255 records"),
        (None, [described("824121", "8001")], "an identifier"),
        (None, [described("832F40", "8001")], "a descriptor"),
        (None, [described("824121", "832F40")], "size of a file is missing"),
        (None, [described("8242210000", "832F40", "8004")], "how long they are"),
        (OPEN, [], "size of a file is missing"),
        (ROW, [described("8000010000")], "too long"),
        (ROW, [described("C601")], "only a directory"),
        (ROW, [described("84A000000087")], "only a directory"),
        (DIRECTORY, [described("8001")], "a directory has no size"),
        (DIRECTORY, [described("8808")], "a directory has no size"),
        (ROW, [described(), described()], "one descriptor"),
    ],
)
def test_what_cannot_be_is_refused(row, steps, text):
    with pytest.raises(PackageError, match=text) as caught:
        made((MF,), row, field(*steps))
    assert caught.value.finding.status in (Status.BAD_VALUES, Status.INVALID_REQUEST_FORMAT)
    assert caught.value.finding.offset is not None


def test_the_longest_file_has_64_kilobytes():
    assert made((MF,), OPEN, field(described("80FFFF"))).size == LIMIT
