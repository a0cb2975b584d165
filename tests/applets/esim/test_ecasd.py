from applets.esim.ecasd import Ecasd
from applets.esim.euicc import Euicc
from tests.kits.esim.lpa import Lpa


def test_the_ecasd_tells_the_eid():
    lpa = Lpa(Euicc(), channel=0).start()
    assert lpa.select(Ecasd.aid)[0].startswith(b"\x6f")
    assert lpa.send("80CA005A00") == (b"\x5a\x10" + bytes.fromhex(lpa.card.eid), 0x9000)
    assert lpa.send("00CA005A00")[1] == 0x9000
    assert lpa.send("80CA00E000")[1] == 0x6A88
