from applets.esim.cards import demo_profiles
from applets.esim.euicc import Euicc
from applets.uicc.toolkit import REFRESH, Cat
from tests.kits.esim.lpa import Lpa
from vcard import SW


def test_nothing_is_announced_unless_asked_for():
    cat = Cat(proactive=False)
    cat.refresh(0)
    assert cat.status(0) == SW.OK


def test_a_refresh_is_announced_fetched_and_done():
    lpa = Lpa(Euicc(demo_profiles(), enable=1, proactive=True)).start()
    other = demo_profiles()[1].iccid
    data, word = lpa.store(bytes.fromhex("BF3114A00C5A0A") + other + bytes.fromhex("8101FF820100"))
    assert (data.hex(), word) == ("bf3103800100", 0x9100 | len(REFRESH))
    assert lpa.send("801200000B") == (REFRESH, 0x9000)
    assert lpa.disable(other, refresh=False) == 5
    assert lpa.result("BF3404820205E0") == 5
    assert lpa.send("801400000C810301010482028281830100") == (b"", 0x9000)
    assert lpa.disable(other, refresh=False) == 0


def test_fetch_without_a_command_is_an_error():
    lpa = Lpa(Euicc()).start()
    assert lpa.send("801200000B")[1] == 0x6F00
    assert lpa.send("8010000001FF")[1] == 0x9000
    assert lpa.send("80C2000003D60100")[1] == 0x9000


def test_a_refresh_that_no_terminal_of_another_port_fetches_holds_up_no_list():
    lpa = Lpa(Euicc(demo_profiles(), ports=2, mep="A1", proactive=True)).start()
    assert lpa.enable(demo_profiles()[0].iccid, 2) == 0
    assert len(lpa.profiles()) == 2
    on = Lpa(lpa.card, port=2, channel=0)
    assert on.send("8010000001FF")[1] == 0x9100 | len(REFRESH)
    assert on.send("801200000B") == (REFRESH, 0x9000)
    assert bytes(lpa.ask("BF2D00")).hex() == "bf2d0381017f"
    assert lpa.send("807C0102")[0][:1] == b"\x80"
    assert len(lpa.profiles()) == 2
