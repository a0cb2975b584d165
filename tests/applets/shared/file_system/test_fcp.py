from applets.shared.file_system.fcp import fcp
from applets.shared.file_system.tree import MF, File, Kind
from vcard import tlv

PLAIN = File((MF, 0x6F07), Kind.TRANSPARENT, bytes(9), sfi=7)


def test_a_transparent_file_has_this_template():
    assert fcp(PLAIN).hex(" ") == "62 12 82 02 41 21 83 02 6f 07 8a 01 05 80 02 00 09 88 01 38"


def test_a_record_file_tells_its_records():
    records = File((MF, 0x2F00), Kind.LINEAR, bytes(6), 2)
    assert "82 05 42 21 00 02 03" in fcp(records).hex(" ")


def test_an_application_has_its_name():
    assert "84 07 00 00 00 00 00 00 00" in fcp(File((MF, 1), Kind.DF, aid=bytes(7))).hex(" ")
    assert b"\x84" not in fcp(File((MF, 0x7F10), Kind.DF))


def test_a_card_adds_its_own_before_and_after_the_life_cycle():
    template = fcp(PLAIN, proprietary=tlv(0xA5, b""), security=tlv(0x8C, b"\0"))
    assert "a5 00 8a 01 05 8c 01 00 80" in template.hex(" ")


def test_a_file_without_short_identifier_says_so():
    assert fcp(File((MF, 0x2F05), Kind.TRANSPARENT, b"x")).endswith(b"\x88\x00")
