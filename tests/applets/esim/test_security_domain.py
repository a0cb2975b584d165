from applets.esim.cards import create
from applets.esim.isdr import Isdr
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
