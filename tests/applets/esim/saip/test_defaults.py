from applets.esim.saip import defaults
from applets.esim.saip.header import Header
from applets.shared.file_system.access_rules import Mode, Rule

HEADER = Header((3, 3), "", bytes(range(10)), (), bytes.fromhex("1002FF49FF0589"))


def test_the_usim_of_an_iot_profile_has_its_name_from_the_header():
    assert defaults.usim_aid(HEADER).hex() == "a0000000871002ff49ff0589"
    directory = defaults.contents("@directory", HEADER)
    assert (len(directory), directory[:4].hex()) == (32, "610e4f0c")
    assert defaults.contents("@iccid", HEADER) == HEADER.iccid
    assert defaults.contents("@empty", HEADER) == b""


def test_the_rules_of_the_annex_are_records_of_an_ef_arr():
    raw = defaults.contents("@rules", HEADER)
    rules = [Rule.parse(raw[i : i + 40]) for i in range(0, len(raw), 40)]
    assert len(rules) == 14
    assert rules[9].condition(Mode.READ).met(set())
    assert not rules[1].condition(Mode.READ).met(set())
    assert rules[1].condition(Mode.READ).met({1})
    assert rules[4].condition(Mode.UPDATE).met({1})


def test_the_pins_that_a_profile_need_not_name_are_there():
    assert [(pin.reference, pin.enabled) for pin in defaults.PINS] == [(1, False), (10, True)]
