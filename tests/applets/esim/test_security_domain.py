from applets.esim.cards import create
from applets.esim.euicc import Euicc
from applets.esim.isdr import Isdr
from applets.esim.security_domain import Ecasd
from tests.kits.esim.lpa import Lpa


def test_a_file_is_selected_from_within_a_security_domain():
    lpa = Lpa(create(None, {}), channel=0).start()
    assert lpa.send("00A40004022FE2")[1] == 0x9000
    assert lpa.send("80E2910003BF2000")[1] == 0x6D00
    lpa.select(Isdr.aid)
    assert lpa.send("A0A40000023F00")[1] == 0x9000
    lpa.select(Isdr.aid)
    assert lpa.send("00B0000000")[1] == 0x6D00


def test_a_card_without_multiple_profiles_does_not_manage_interfaces():
    lpa = Lpa(create(None, {}), channel=0).start()
    assert lpa.send("807C0100")[1] == 0x6D00


def test_the_ecasd_tells_the_eid():
    lpa = Lpa(Euicc(), channel=0).start()
    assert lpa.select(Ecasd.aid)[0].startswith(b"\x6f")
    assert lpa.send("80CA005A00") == (b"\x5a\x10" + bytes.fromhex(lpa.card.eid), 0x9000)
    assert lpa.send("00CA005A00")[1] == 0x9000
    assert lpa.send("80CA00E000")[1] == 0x6A88
