from applets.esim.saip.names import application, label
from applets.shared.file_system.tree import MF, File, Kind
from tests.kits.esim.package import USIM

ISIM = bytes.fromhex("A0000000871004FF")
ADF, OTHER = File((MF, 0x7FD0), Kind.DF, aid=USIM), File((MF, 0x7FD1), Kind.DF, aid=ISIM)
FILES = {one.path: one for one in (File((MF,), Kind.DF), ADF, OTHER)}


def named(*fids: int) -> str:
    return label(FILES.get(fids, File(fids, Kind.TRANSPARENT)), FILES)


def test_files_have_the_names_of_their_specifications():
    assert named(MF) == "MF"
    assert named(MF, 0x2FE2) == "EF.ICCID"
    assert (named(*ADF.path), named(*OTHER.path)) == ("ADF.USIM", "ADF.ISIM")
    assert (named(*ADF.path, 0x6F07), named(*OTHER.path, 0x6F07)) == ("EF.IMSI", "EF.IST")
    assert named(*ADF.path, 0x5FC0, 0x4F07) == "EF.SUCI-CALC-INFO"
    assert named(MF, 0x7F10, 0x5F3C) == "DF.MMSS"
    assert named(MF, 0x7F10, 0x5F3C, 0x4F20) == "EF.MLPL"
    assert named(MF, 0x2F99) == ""


def test_an_aid_names_a_kind_of_application():
    assert application(USIM) == "usim"
    assert application(bytes(7)) == ""
    other = File((MF, 0x7FD5), Kind.DF, aid=bytes(7))
    assert label(other, FILES) == "ADF"
