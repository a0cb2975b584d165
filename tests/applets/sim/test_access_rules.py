import pytest

from applets.sim.access_rules import read_rules
from applets.sim.cards import create
from tests.kits.sim.terminal import Terminal

HASH = "00" * 19 + "01"
TOML = f"""
iccid = "8949000000000000018"
imsi = "001010000000001"

[[access_rule]]
certificate = "{HASH}"
package = "com.example"
permissions = "0000000000000001"

[[access_rule]]
aid = "A000000001"
certificate = "{HASH}"
apdu = "always"
nfc = "never"
"""


def test_a_new_card_has_the_rules_of_its_profile():
    phone = Terminal(create(None, {"profile": TOML}))
    assert phone.select("A00000015141434C00") == "9000"
    rules = phone.data("80CAFF4000")
    carrier = "c114" + HASH + "ca0b" + b"com.example".hex()
    first = "e123" + carrier + "e30adb080000000000000001"
    assert rules.startswith("ff40")
    assert rules.index(first) < rules.index("4f05a000000001")
    assert "e306d00101d10100" in rules


def test_the_rules_may_stand_in_files():
    phone = Terminal(create(None, {"profile": "acrf = true\n" + TOML}))
    assert phone.select("A000000063504B43532D3135") == "9000"
    assert phone.words("00A40004024300") == ["9000"]
    assert phone.data("00B0000000").startswith("3008810030040402431030")
    assert phone.select("A00000015141434C00") == "9000"
    assert phone.data("80CAFF4000") == "ff4000"


def test_a_rule_that_is_none_is_an_error():
    with pytest.raises(ValueError, match=r"not \['colour'\]"):
        read_rules([{"colour": "red"}])
    with pytest.raises(ValueError, match="allows or denies"):
        read_rules([{"certificate": HASH}])
