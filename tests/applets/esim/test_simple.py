import pytest

from applets.esim.files import MF, Kind
from applets.esim.profiles import Event, Policy, ProfileClass
from applets.esim.simple import ADF_USIM, EMPTY, from_toml, profile
from applets.esim.usim import AlgorithmId

TOML = """
iccid = "8949000000000000018"
imsi = "001010000000001"
name = "From a file"
k = "000102030405060708090a0b0c0d0e0f"
algorithm = "xor_test"
profile_class = "test"
policy = ["no_delete"]
notify = [{events = ["enable", "disable"], address = "dp.example"}]

[[file]]
path = "3F007FD06F07"
kind = "transparent"
content = "08FF"
sfi = 7
rule = 1
"""


def test_a_profile_comes_from_toml():
    one = from_toml(TOML)
    assert one.metadata.name == "From a file"
    assert one.metadata.profile_class is ProfileClass.TEST
    assert one.metadata.policy is Policy.NO_DELETE
    assert one.metadata.notifications == ((Event.ENABLE | Event.DISABLE, "dp.example"),)
    assert one.aka.algorithm is AlgorithmId.XOR_TEST
    imsi = one.tree.by_path[(MF, ADF_USIM, 0x6F07)]
    assert (imsi.content.hex(), imsi.kind, imsi.sfi) == ("08ff", Kind.TRANSPARENT, 7)


def test_a_setting_that_no_profile_has_is_the_callers_fault():
    with pytest.raises(ValueError, match="no such setting"):
        from_toml(TOML.replace("name =", "nmae ="))


def test_a_wrong_key_length_is_the_callers_fault():
    with pytest.raises(ValueError, match="K has"):
        profile("8949000000000000018", "001010000000001", k=bytes(3))


def test_an_isim_comes_with_its_identities_and_directory_entry():
    one = profile("8949000000000000018", "001010000000001", isim=True)
    assert len(one.tree.adfs) == 2
    assert one.tree.by_path[(MF, 0x2F00)].records == 2


def test_the_empty_profile_shows_an_empty_directory():
    assert EMPTY.tree.by_path[(MF, 0x2F00)].content == b"\xff" * 32
