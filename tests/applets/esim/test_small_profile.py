import pytest

from applets.esim.profiles import Event, Policy, ProfileClass
from applets.esim.small_profile import EMPTY, from_toml, profile
from applets.sim.usim import AlgorithmId

TOML = """
iccid = "8949000000000000018"
imsi = "001010000000001"
name = "From a file"
algorithm = "xor_test"
profile_class = "test"
policy = ["no_delete"]
notify = [{events = ["enable", "disable"], address = "dp.example"}]
"""


def test_a_profile_comes_from_toml():
    one = from_toml(TOML)
    assert one.metadata.name == "From a file"
    assert one.metadata.profile_class is ProfileClass.TEST
    assert one.metadata.policy is Policy.NO_DELETE
    assert one.metadata.notifications == ((Event.ENABLE | Event.DISABLE, "dp.example"),)
    assert one.subscription.aka.algorithm is AlgorithmId.XOR_TEST


def test_a_setting_that_no_profile_has_is_the_callers_fault():
    with pytest.raises(ValueError, match="no such setting"):
        from_toml(TOML.replace("name =", "nmae ="))


def test_a_profile_takes_the_memory_of_its_files():
    one = profile("8949000000000000018", "001010000000001")
    assert one.size == sum(file.size for file in one.subscription.files)


def test_the_empty_port_shows_an_empty_directory():
    assert EMPTY.tree.by_path[(0x3F00, 0x2F00)].content == b"\xff" * 32
