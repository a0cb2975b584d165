import pytest

from applets.shared.file_system.tree import MF, Kind
from applets.sim.small_usim import ADF_USIM, from_toml, subscription
from applets.sim.usim import AlgorithmId

TOML = """
iccid = "8949000000000000018"
imsi = "001010000000001"
k = "000102030405060708090a0b0c0d0e0f"
algorithm = "xor_test"

[[file]]
path = "3F007FD06F07"
kind = "transparent"
content = "08FF"
sfi = 7
rule = 1
"""


def test_a_subscription_comes_from_toml():
    one = from_toml(TOML)
    assert one.aka.algorithm is AlgorithmId.XOR_TEST
    imsi = one.tree.by_path[(MF, ADF_USIM, 0x6F07)]
    assert (imsi.content.hex(), imsi.kind, imsi.sfi) == ("08ff", Kind.TRANSPARENT, 7)


def test_a_setting_that_no_subscription_has_is_the_callers_fault():
    with pytest.raises(ValueError, match="no such setting"):
        from_toml(TOML.replace("algorithm =", "algorihtm ="))


def test_an_unknown_algorithm_is_the_callers_fault():
    with pytest.raises(ValueError, match="milenage, tuak, xor_test"):
        from_toml(TOML.replace("xor_test", "comp128"))


def test_a_wrong_key_length_is_the_callers_fault():
    with pytest.raises(ValueError, match="K has"):
        subscription("8949000000000000018", "001010000000001", k=bytes(3))


def test_an_isim_comes_with_its_identities_and_directory_entry():
    one = subscription("8949000000000000018", "001010000000001", isim=True)
    assert len(one.tree.adfs) == 2
    assert one.tree.by_path[(MF, 0x2F00)].records == 2
