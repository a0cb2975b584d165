from applets.catalogue import CARDS
from applets.yubikey.cards import create
from vcard import Memory


def test_the_catalogue_has_the_token():
    card = CARDS["yubikey"](None, {"serial": "7", "firmware": "5.3.1", "interface": "nfc"})
    assert (card.device.serial, card.device.version, card.device.nfc) == (7, (5, 3, 1), True)


def test_a_demo_token_has_piv_certificates_and_keeps_them():
    memory = Memory()
    first = create(memory, {"demo": ""})
    assert len(list(first.piv.keys)) == 5
    before = dict(memory)
    create(memory, {"demo": ""})
    assert dict(memory) == before
