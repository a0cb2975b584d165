"""The day of an IPA, through pcscd: version 1.2 of SGP.32."""

import pytest

from applets.esim.iot.eim import (
    Eim,
    delete,
    disable,
    enable,
    list_eims,
    list_profiles,
    set_fallback,
)
from readers.models import PLAIN
from tests.kits.esim.ipa import A, B, C, Ipa, card
from tests.kits.esim.wire import Wire
from tests.kits.pcsc.client import PRESENT, Client
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc


class RemoteIpa(Ipa):
    """An assistant whose card is behind pcscd; its insides are known to the test alone."""

    def __init__(self, client, inside):
        super().__init__(Wire(client))
        self.inside = inside
        self.card.eid, self.card.core, self.card.ports = inside.eid, inside.core, inside.ports


def test_an_ipa_does_its_days_work_through_pcscd():
    inside = card()
    with desk(PLAIN, inside) as place, Client(place.environ) as client:
        client.wait(PRESENT)
        ipa = RemoteIpa(client, inside).associated(token=True)
        assert ipa.do_eims(Eim("other.example.com").add()) == ["a803020100"]
        assert ipa.do_eims(list_eims())[0].startswith("ab")
        assert ipa.do(list_profiles(), set_fallback(C.iccid))[1] == "8d0100"
        assert ipa.do(enable(B.iccid, rollback=True)) == ["830100"]
        assert ipa.ask("BF58038001FF").find(0x02).value == b"\0"
        assert ipa.enabled() == A.iccid
        assert ipa.result("BF5D038001FF") == 0
        assert ipa.enabled() == C.iccid
        assert ipa.result("BF5E038001FF") == 0
        assert ipa.do(disable(A.iccid), enable(B.iccid), delete(A.iccid)) == [
            "840100", "830100", "850100",
        ]  # fmt: skip
        for one in ipa.results():
            assert ipa.acknowledge(ipa.sequence(one)) == 0
        assert ipa.results() == []
        assert ipa.result("BF6404820201FE") == 0
        assert ipa.profiles() == {}
