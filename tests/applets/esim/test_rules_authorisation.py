from applets.esim.core import Config
from applets.esim.euicc import Euicc
from applets.esim.profiles import NO_POLICY, Policy
from applets.esim.rules_authorisation import table
from tests.kits.esim.lpa import Lpa


def test_every_operator_is_allowed_with_the_users_consent():
    lpa = Lpa(Euicc()).start()
    assert bytes(lpa.ask("BF4300")).hex() == "bf4315a013301180020560a10730058003eeeeee82020780"


def test_a_rule_that_the_card_forbids_is_in_no_table_but_in_its_information():
    lpa = Lpa(Euicc(config=Config(allowed_policy=Policy.NO_DELETE))).start()
    assert lpa.ask("BF4300").find(0xA0, 0x30, 0x80).value.hex() == "0520"
    assert lpa.ask("BF2200").find(0x99).value.hex() == "0640"


def test_without_an_allowed_rule_the_table_is_empty():
    assert table(NO_POLICY) == b""
