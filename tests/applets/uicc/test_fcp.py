from applets.shared.file_system.tree import MF, File, Kind
from applets.uicc.fcp import fcp

PLAIN = File((MF, 0x7FD0, 0x6F07), Kind.TRANSPARENT, bytes(9), sfi=7, rule=2)


def test_a_file_names_its_rule():
    assert fcp(PLAIN).hex(" ") == (
        "62 17 82 02 41 21 83 02 6f 07 8a 01 05 8b 03 2f 06 02 80 02 00 09 88 01 38"
    )


def test_the_mf_and_an_adf_have_their_own_objects():
    adf = File((MF, 0x7FD0), Kind.DF, aid=bytes(7))
    assert "a5 03 80 01 71" in fcp(File((MF,), Kind.DF)).hex(" ")
    assert "84 07 00 00 00 00 00 00 00" in fcp(adf).hex(" ")
    assert fcp(adf, b"\xc6\x00").endswith(b"\xc6\x00")


def test_a_plain_df_has_neither():
    template = fcp(File((MF, 0x7F10), Kind.DF))
    assert b"\x84" not in template
    assert b"\xa5" not in template
