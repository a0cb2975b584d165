from applets.shared.file_system.tree import MF, File, Kind, Tree
from applets.uicc.files import UiccFiles
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
