from applets.esim import saip
from applets.esim.saip.service_tables import without
from applets.esim.services import PROVIDED, Service
from applets.shared.file_system.tree import MF, File, Kind
from tests.kits.esim.package import package

USIM, ISIM = (MF, 0x7FD0), (MF, 0x7FD1)
KINDS = {USIM: "usim", ISIM: "isim"}
ALL = b"\xff" * 17


def table(path, fid, provided=frozenset()):
    return without(File((*path, fid), Kind.TRANSPARENT, ALL), KINDS, provided).content


def test_services_that_the_card_lacks_are_switched_off():
    assert table(USIM, 0x6F38)[8:9] == b"\xe7"
    assert table(USIM, 0x6F38)[15:16] == b"\xef"
    assert table(ISIM, 0x6F07)[:1] == b"\xfd"
    assert table(USIM, 0x6F38, frozenset(Service)) == ALL


def test_other_files_stay_as_they_are():
    assert table(USIM, 0x6F07) == ALL
    assert table(ISIM, 0x6F38) == ALL
    assert table((MF,), 0x6F38) == ALL
    short = File((*USIM, 0x6F38), Kind.TRANSPARENT, b"\xff")
    assert without(short, KINDS, frozenset()).content == b"\xff"


def test_a_package_is_installed_with_the_services_of_the_card():
    path = (*USIM, 0x6F38)
    one = saip.decode(package(), provided=PROVIDED).subscription.tree.by_path[path]
    assert one.content == bytes.fromhex("BE1F2E6E00000000000000000000000000")
