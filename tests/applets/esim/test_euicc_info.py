import pytest

from applets.esim.core import Config
from applets.esim.euicc import Euicc
from applets.esim.euicc_info import rules_authorisation_table
from applets.esim.profiles import NO_POLICY, Policy, ProfileClass
from applets.esim.services import PROVIDED, Service
from applets.esim.small_profile import profile
from applets.esim.versions import NEWEST, OLDEST, VERSIONS
from applets.shared.der import positions
from tests.kits.esim.applications import (
    access_rules,
    card_with,
    domain,
    remote_files,
    rule_data,
)
from tests.kits.esim.lpa import ISDR, Lpa
from vcard.tlv import parse_all

A = profile("8949000000000000018", "001010000000001")
B = profile("8949000000000000026", "001010000000002")


def info(request="BF2200", *profiles, **config):
    return Lpa(Euicc(profiles, config=Config(**config))).start().ask(request)


@pytest.mark.parametrize("request_", ["BF2000", "BF2200"])
def test_it_names_the_issuers_that_are_trusted(request_):
    lpa = Lpa(Euicc()).start()
    (key,) = lpa.card.core.issuers
    said = lpa.ask(request_)
    assert said.find(0xA9, 0x04).value == said.find(0xAA, 0x04).value == key


def test_free_memory_is_what_profiles_leave():
    free = int.from_bytes(info("BF2200", A, B).find(0x84).find(0x82).value, "big")
    assert free == Config().memory - A.size - B.size


def test_the_services_are_those_that_the_code_provides():
    assert positions(info().find(0x85).value) == PROVIDED
    assert positions(info(services=frozenset({Service.USIM})).find(0x85).value) == {1}


def test_there_is_globalplatform_and_no_word_of_java_card():
    said = info()
    assert said.find(0x86) is None
    assert said.find(0x87).value == bytes((2, 3, 0))


def test_the_applications_of_profiles_are_counted():
    lpa = Lpa(card_with(domain(), remote_files(), access_rules(rule_data()))).start()
    resources = lpa.ask("BF2200").find(0x84).value
    assert parse_all(resources)[0].value == b"\2"


def test_the_capabilities_follow_from_what_there_is():
    assert positions(info().find(0x88).value) == {0, 3, 4}
    assert positions(info(classes=frozenset({ProfileClass.OPERATIONAL})).find(0x88).value) == {0, 4}
    assert positions(info(memory=0).find(0x88).value) == {3, 4}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_card_tells_the_version_that_it_claims(name):
    version = VERSIONS[name]
    for request in ("BF2000", "BF2200"):
        said = info(request, version=version)
        assert said.find(0x82).value == version.svn
        highest = said.find(0x93)
        assert (highest is None) == (version is not NEWEST)
        assert highest is None or highest.value == bytes((3, 1, 0))


def test_version_3_has_its_mandatory_fields():
    said = info(version=NEWEST)
    assert [part.tag for part in said.children][5:] == [
        0x87, 0x88, 0xA9, 0xAA, 0x04, 0x0C, 0xAC, 0x90, 0x93,
    ]  # fmt: skip
    assert positions(said.find(0x88).value) == {0, 3, 4, 14, 18}
    short = info("BF2000", version=NEWEST)
    assert short.find(0x88).value == said.find(0x88).value


def test_select_tells_from_version_3_on_whether_a_profile_is_enabled():
    def template(**options):
        return Lpa(Euicc((A,), **options)).start().select(ISDR)[0][-9:].hex()

    assert template(config=Config(version=OLDEST)).endswith("e0058203020202")
    assert template(config=Config(version=NEWEST)).endswith("8203020202030100")
    assert template(config=Config(version=NEWEST), enable=1).endswith("02020203020520")


def test_every_operator_is_allowed_with_the_users_consent():
    lpa = Lpa(Euicc()).start()
    assert bytes(lpa.ask("BF4300")).hex() == "bf4315a013301180020560a10730058003eeeeee82020780"


def test_a_rule_that_the_card_forbids_is_in_no_table_but_in_its_information():
    lpa = Lpa(Euicc(config=Config(allowed_policy=Policy.NO_DELETE))).start()
    assert lpa.ask("BF4300").find(0xA0, 0x30, 0x80).value.hex() == "0520"
    assert lpa.ask("BF2200").find(0x99).value.hex() == "0640"


def test_without_an_allowed_rule_the_table_is_empty():
    assert rules_authorisation_table(NO_POLICY) == b""
