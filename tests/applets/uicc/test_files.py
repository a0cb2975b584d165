from applets.shared.file_system.tree import MF, File, Kind, Life, Tree
from applets.uicc.files import UiccFiles, fcp
from applets.uicc.pins import PinSpec
from vcard import Memory

ROOT, FILE = File((MF,), Kind.DF), File((MF, 0x2F05), Kind.TRANSPARENT, b"x")


def test_the_template_of_a_df_has_the_state_of_the_pins():
    files = UiccFiles(Tree((ROOT, FILE)), (PinSpec(1, bytes(8)),), Memory().section("x"))
    assert files.template(ROOT).endswith(files.pins.status())
    assert b"\xc6" not in files.template(FILE)


def test_a_df_tells_the_pins_that_it_names():
    told = File((MF,), Kind.DF, pins=b"\x0a\x01")
    pins = (PinSpec(1, bytes(8)), PinSpec(10, bytes(8)))
    files = UiccFiles(Tree((told,)), pins, Memory().section("x"))
    assert files.template(told).hex().endswith("c6099001c083010a830101")


PLAIN = File((MF, 0x7FD0, 0x6F07), Kind.TRANSPARENT, bytes(9), sfi=7, rule=2)


def test_a_file_names_its_rule():
    assert fcp(PLAIN).hex(" ") == (
        "62 17 82 02 41 21 83 02 6f 07 8a 01 05 8b 03 2f 06 02 80 02 00 09 88 01 38"
    )


def test_the_mf_and_an_adf_have_their_own_objects():
    adf = File((MF, 0x7FD0), Kind.DF, aid=bytes(7))
    assert "a5 03 80 01 71" in fcp(File((MF,), Kind.DF)).hex(" ")
    assert "84 07 00 00 00 00 00 00 00" in fcp(adf).hex(" ")
    assert fcp(adf, bytes).endswith(b"\xc6\x00")


def test_a_plain_df_has_neither():
    template = fcp(File((MF, 0x7F10), Kind.DF))
    assert b"\x84" not in template
    assert b"\xa5" not in template


def test_a_rule_in_compact_format_stands_in_its_place():
    file = File((MF, 0x6F20), Kind.TRANSPARENT, bytes(9), compact=b"\x1b\x1a")
    assert "8a 01 05 8c 02 1b 1a 80" in fcp(file).hex(" ")


def test_what_another_card_told_is_told_with_the_state_of_now():
    told = bytes.fromhex("8202782183027F10A5038001718A0105C60990014083010183010A")
    directory = File((MF, 0x7F10), Kind.DF, told=told)
    template = fcp(directory, lambda named: bytes((len(named), *named)), Life.TERMINATED)
    assert template.hex() == "621582027821" + "83027f10" + "a503800171" + "8a010c" + "c60302010a"
    assert fcp(directory).hex() == "621b" + told.hex()
