from applets.esim.profile_states import Action, Result
from applets.esim.versions import NEWEST, OLDEST, VERSIONS


def test_a_number_that_a_version_does_not_have_is_an_undefined_error():
    for action in Action:
        for version in VERSIONS.values():
            for result in Result:
                known = version.results.get(action, frozenset(range(256)))
                if action is not Action.INSTALL:
                    number = version.number(action, result)
                    assert number == result if result in known or not result else number == 127


def test_a_success_is_one_in_every_version():
    assert {one.number(Action.ENABLE, Result.OK) for one in VERSIONS.values()} == {0}


def test_only_version_3_has_ports():
    assert NEWEST.ports
    assert not OLDEST.ports
