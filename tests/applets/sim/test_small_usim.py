import pytest

from applets.shared.file_system.tree import MF, Kind, Life
from applets.sim.small_usim import ADF_USIM, from_toml, small_subscription
from applets.sim.usim import AlgorithmId
from tests.kits import golden

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
        small_subscription("8949000000000000018", "001010000000001", k=bytes(3))


def test_an_isim_comes_with_its_identities_and_directory_entry():
    one = small_subscription("8949000000000000018", "001010000000001", isim=True)
    assert len(one.tree.adfs) == 2
    assert one.tree.by_path[(MF, 0x2F00)].records == 2


OWN = """
iccid = "8949000000000000018"
imsi = "001010000000001"
isim = true
isim_k = "000102030405060708090A0B0C0D0E0F"
isim_pin2 = "4321"
pin2 = "1234"

[[file]]
path = "3F007F505F01"
kind = "df"
aid = "A000000001AA"
arr = "6F06"
rule = 4
lcs = "04"
"""


def test_applications_have_keys_and_a_pin_2_of_their_own():
    one = from_toml(OWN)
    assert dict(one.others)[(MF, 0x7FD1)].k == bytes(range(16))
    assert [(pin.adf, pin.value[:4]) for pin in one.pins if pin.reference == 0x81] == [
        ((MF, 0x7FD0), b"1234"),
        ((MF, 0x7FD1), b"4321"),
    ]


def test_a_file_of_a_toml_table_has_all_its_facts():
    made = from_toml(OWN).tree.by_path[(MF, 0x7F50, 0x5F01)]
    assert (made.aid.hex(), made.arr, made.rule, made.life) == (
        "a000000001aa", 0x6F06, 4, Life.DEACTIVATED,
    )  # fmt: skip


def test_a_fact_that_no_file_has_is_an_error():
    with pytest.raises(ValueError, match=r"not \['colour'\]"):
        from_toml(OWN + 'colour = "red"\n')


def test_every_value_is_that_of_its_source():
    """Spec: TS 31.102, 4; TS 102 221, 13."""
    golden.check(
        "small_usim",
        golden.values(small_subscription("8949000000000000018", "262420123456789", isim=True)),
    )
