from applets.catalogue import CARDS
from applets.openpgp.codes import USER_SLOTS
from applets.yubikey.cards import create
from vcard import Memory


def test_the_catalogue_has_the_token():
    card = CARDS["yubikey"](None, {"serial": "7", "firmware": "5.3.1", "interface": "nfc"})
    assert (card.device.serial, card.device.version, card.device.nfc) == (7, (5, 3, 1), True)


def test_a_demo_token_has_piv_certificates_and_keeps_them():
    memory = Memory()
    first = create(memory, {"demo": ""})
    assert len(list(first.piv.keys)) == 5
    assert set(first.openpgp.keys) == {"SIG", "DEC", "AUT", "ATT"}
    before = dict(memory)
    create(memory, {"demo": ""})
    assert dict(memory) == before


def test_a_demo_token_of_old_firmware_has_rsa_keys():
    card = create(None, {"demo": "", "firmware": "4.3.7"})
    assert {card.openpgp.attributes(slot).kind.name for slot in USER_SLOTS} == {"RSA-2048"}
