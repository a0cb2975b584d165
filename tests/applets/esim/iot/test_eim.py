import pytest

from applets.esim import Eim
from applets.esim.iot.eim import get_rat, list_eims
from tests.kits.esim.ipa import Ipa


def test_its_key_follows_from_its_name():
    assert Eim("one").fields() == Eim("one").fields() != Eim("two").fields()
    assert Eim("one", fqdn="else.example").fields() != Eim("one").fields()


def test_each_package_raises_the_counter():
    eim = Eim("one", counter=4)
    assert eim.package("00" * 16, get_rat()) != eim.eim_package("00" * 16, list_eims())
    assert eim.counter == 6


def test_answers_are_believed_only_with_the_cards_signature():
    ipa = Ipa().associated()
    certificate = ipa.card.core.euicc.certificate
    answer = bytes(ipa.ask(ipa.eim.package(ipa.card.eid, get_rat())))
    assert len(ipa.eim.outcomes(answer, certificate)) == 1
    with pytest.raises(ValueError, match="signature is wrong"):
        ipa.eim.outcomes(answer[:-1] + bytes((answer[-1] ^ 1,)), certificate)
    with pytest.raises(ValueError, match="for another eIM"):
        Eim("two").outcomes(answer, certificate)
    with pytest.raises(ValueError, match="does not know"):
        ipa.eim.outcomes(bytes(ipa.ask(Eim("two").package(ipa.card.eid, get_rat()))), certificate)
