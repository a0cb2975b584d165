import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import applets.piv
from applets.piv import Algorithm, Issuer, Piv, Slot
from applets.piv.codes import AID
from vcard import DEFAULT_ATR, SW, Memory, Tlv

DEMO_SLOTS = {"5FC105": 0x9A, "5FC10A": 0x9C, "5FC10B": 0x9D, "5FC101": 0x9E}


def test_a_demo_card_has_keys_and_certificates_of_its_ca(host_for):
    issuer = Issuer.create()
    host = host_for(Piv.demo(issuer=issuer, subject="Bob"))
    for tag, slot in DEMO_SLOTS.items():
        value = Tlv.parse(host.get(tag).data)
        assert [item.tag for item in value.children] == [0x70, 0x71, 0xFE]
        certificate = x509.load_der_x509_certificate(value.find(0x70).value)
        certificate.verify_directly_issued_by(issuer.certificate)
        assert certificate.subject.rfc4514_string() == "CN=Bob"
        assert certificate.public_key() == host.piv.keys.get(Slot(slot)).public_key
    assert host.verify().sw == SW.OK


def test_keys_and_certificates_are_taken_as_objects_pem_or_der(key_for, host_for):
    key = key_for(Algorithm.P256)
    certificate = Issuer.create().issue("Bob", key.public_key())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    shown = set()
    for k, c in [
        (key, certificate),
        (pem, certificate.public_bytes(Encoding.PEM)),
        (key, certificate.public_bytes(Encoding.DER)),
    ]:
        host = host_for(Piv(keys={Slot.SIGNATURE: k}, certificates={Slot.SIGNATURE: c}))
        assert host.piv.keys.get(Slot.SIGNATURE).public_key == key.public_key()
        shown.add(host.get("5FC10A").data)
    assert len(shown) == 1


def test_keys_that_piv_has_no_algorithm_for_are_refused():
    key = dsa.generate_private_key(1024)
    with pytest.raises(ValueError, match="no algorithm"):
        Piv(keys={Slot.SIGNATURE: key})


def test_further_objects_are_put_on_the_card(host_for):
    host = host_for(Piv(objects={0x5FC106: b"signed"}))
    assert Tlv.parse(host.get("5FC106").data).value == b"signed"


def test_retired_keys_are_in_the_key_history(host_for, key_for):
    key = key_for(Algorithm.P256)
    slots = (Slot.RETIRED_1, Slot.RETIRED_2, Slot.SIGNATURE)
    certificate = Issuer.create().issue("Bob", key.public_key())
    host = host_for(
        Piv(keys=dict.fromkeys(slots, key), certificates=dict.fromkeys(slots, certificate))
    )
    items = Tlv.parse(host.get("5FC10C").data).children
    assert [(item.tag, item.value) for item in items] == [
        (0xC1, b"\2"),
        (0xC2, b"\0"),
        (0xF3, b""),
        (0xFE, b""),
    ]
    assert host_for(Piv()).get("5FC10C").sw == SW.FILE_NOT_FOUND


def test_the_identity_chooses_the_atr_and_the_memory_is_the_one_given():
    memory = Memory()
    assert Piv().on_card(memory).memory is memory
    assert Piv().on_card().atr == DEFAULT_ATR
    assert b"YubiKey" in Piv(identity="yubikey").on_card().atr
    assert Piv.aid == AID


def test_the_room_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        applets.piv.Nothing  # noqa: B018 - asking is the test
