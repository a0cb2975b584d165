"""Our own program manages the card through the real pcscd, in one session."""

import pytest

from applets.esim import Euicc, Pki
from applets.esim.cards import create
from applets.esim.eid import numbered
from applets.sim.aka import Milenage
from applets.sim.digits import iccid_bytes
from applets.sim.usim import challenge
from readers.models import PLAIN
from tests.kits.esim.lpa import ISDR, Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp
from tests.kits.esim.wire import Wire
from tests.kits.pcsc.client import T0
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
EID = numbered(5)
PKI = Pki.demo(EID)
KEYS = {"8949001111111111119": bytes(range(16)), "8949001111111111127": bytes(range(16, 32))}
RAND = bytes(range(16))


def test_the_eid_is_fetched_by_get_response_at_t0():
    card = create(None, {})
    with desk(PLAIN, card) as place:
        client = place.client()
        client.connect(protocols=T0)
        select = b"\0\xa4\4\0\x10" + ISDR
        said = client.transmit(select)
        assert said[0] == 0x61
        fci = client.transmit(bytes((0, 0xC0, 0, 0, said[1])))
        assert (fci[:4].hex(), fci[-2:]) == ("6f1f8410", b"\x90\0")
        assert client.transmit("80E2910006BF3E035C015A").hex() == "6115"
        eid = client.transmit("80C0000015")
        assert eid == bytes.fromhex("BF3E125A10" + card.eid) + b"\x90\0"


def test_two_profiles_are_downloaded_enabled_and_used_side_by_side():
    with desk(PLAIN, Euicc(eid=EID, pki=PKI, ports=2, mep="A1")) as place:
        lpa = Lpa(Wire(place.client()), size=250).start()
        assert lpa.send("807C040009800102900101910102")[1] == 0x9000
        for iccid, k in KEYS.items():
            elements = package(iccid=iccid, k=k)
            assert lpa.download(Smdp(PKI, elements=elements)).find(0xBF27, 0xA2, 0xA0)
        for port, iccid in enumerate(KEYS, 1):
            assert lpa.enable(iccid_bytes(iccid), port) == 0
        shown = lpa.profiles("5A9F24").values()
        assert [one[0x9F24] for one in shown] == [b"\1", b"\2"]
        on = Lpa(lpa.card, channel=0)
        for _ in range(2):
            for port, iccid in enumerate(KEYS, 1):
                assert on.send(bytes((0x80, 0x7C, 0, port)))[1] == 0x9000
                assert read_iccid(on) == iccid_bytes(iccid)
        for port, k in enumerate(KEYS.values(), 1):
            on.send(bytes((0x80, 0x7C, 0, port)))
            assert authenticated(on, Milenage(k, bytes(16)))


def read_iccid(lpa):
    for command in ("00A40004023F00", "00A40004022FE2"):
        assert lpa.send(command)[1] == 0x9000
    return lpa.send("00B000000A")[0]


def authenticated(lpa, algorithm):
    """Whether the port answers its own network's challenge, and no other's."""
    lpa.send("00A4040007A0000000871002")
    lpa.send("0020000108" + "31323334FFFFFFFF")
    command = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10"
    stranger = challenge(Milenage(b"?" * 16, bytes(16)), 64, RAND)
    assert lpa.send(command + stranger)[1] == 0x9862
    keys = algorithm.f2345(RAND)
    said, word = lpa.send(command + challenge(algorithm, 64, RAND))
    return (said[:10], word) == (b"\xdb\x08" + keys.res, 0x9000)
