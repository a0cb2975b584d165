import pytest

from applets.catalogue import CARDS
from applets.sim.cards import DEMO, create
from applets.sim.digits import imsi_bytes
from applets.sim.usim import AlgorithmId

IMSI = (0x3F00, 0x7FD0, 0x6F07)
TOML = """
iccid = "8949000000000000034"
imsi = "001010000000003"
pin = "4321"

[[file]]
path = "3F002F30"
kind = "transparent"
content = "01"
"""


def imsi(card):
    return card.subscription.tree.by_path[IMSI].content


def test_the_catalogue_has_a_sim():
    assert imsi(CARDS["sim"](None, {})) == imsi_bytes(DEMO["imsi"])


def test_each_fact_is_an_option():
    card = create(None, {"imsi": "262011234567890", "k": "00" * 16, "algorithm": "xor_test",
                         "isim": "", "pin": "1111", "pin_enabled": "no"})  # fmt: skip
    assert imsi(card) == imsi_bytes("262011234567890")
    assert card.subscription.aka.algorithm is AlgorithmId.XOR_TEST
    assert len(card.subscription.tree.adfs) == 2
    assert card.subscription.pins[0].value == b"1111\xff\xff\xff\xff"
    assert not card.subscription.pins[0].enabled


def test_options_override_a_profile():
    card = create(None, {"profile": TOML, "pin_enabled": ""})
    assert imsi(card) == imsi_bytes("001010000000003")
    assert card.subscription.pins[0].value == b"4321\xff\xff\xff\xff"
    assert card.subscription.pins[0].enabled
    assert (0x3F00, 0x2F30) in card.subscription.tree.by_path


@pytest.mark.parametrize(
    ("options", "wrong"),
    [({"protocol": "t2"}, "t0, t1, both"), ({"k": "zz"}, "hexadecimal"),
     ({"imsi": "1"}, "IMSI"), ({"algorithm": "x"}, "milenage"),
     ({"profile": "iccid = 1"}, "no such setting"), ({"profile": "="}, "Invalid")],
)  # fmt: skip
def test_a_wrong_option_is_the_users_fault(options, wrong):
    with pytest.raises(ValueError, match=wrong):
        create(None, options)


def test_an_option_that_the_card_has_not_is_the_users_fault():
    with pytest.raises(ValueError, match="no option"):
        CARDS["sim"](None, {"colour": "red"})


def test_keys_of_packets_have_whole_sizes():
    with pytest.raises(ValueError, match="ota_keys: keys have 16"):
        create(None, {"ota_keys": "11" * 20})
    card = create(None, {"ota_keys": "11" * 32 + "22" * 32 + "33" * 32})
    found = [(kvn, kid) for kvn, kid in card.applets[1].domain.keys if kvn < 16]
    assert found == [(2, 1), (2, 2), (2, 3)]  # Triple DES has no keys of 32 bytes
