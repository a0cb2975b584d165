import pytest

from applets.esim.cards import create
from applets.esim.iot.versions import VERSIONS, Operation
from tests.kits import golden


def test_every_operation_has_its_numbers_in_the_newest_version():
    assert VERSIONS["1.2"].results.keys() == set(Operation)


@pytest.mark.parametrize("name", VERSIONS)
def test_a_reason_without_a_number_is_an_undefined_error(name):
    version = VERSIONS[name]
    for operation, known in version.results.items():
        for number in range(30):
            expected = number if number in known or not number else 127
            assert version.result(operation, number) == expected


@pytest.mark.parametrize(("option", "name"), [("", "1.2"), ("1.2", "1.2"), ("1.0", "1.0")])
def test_the_version_is_an_option_of_the_card(option, name):
    assert create(None, {"iot": option}).core.config.iot is VERSIONS[name]
    assert create(None, {}).core.config.iot is None


def test_every_value_is_that_of_its_source():
    """Spec: SGP.32 1.0 and 1.2."""
    golden.check("versions_of_iot", golden.values(VERSIONS))
