from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from applets.piv import AID, Algorithm, Issuer, Slot
from applets.piv.issuing import ccc, chuid, discovery, fasc_n, issued
from vcard.tlv import parse_all


@pytest.fixture(scope="module")
def issuer():
    return Issuer.create()


def test_certificates_are_issued_by_the_ca(issuer, key_for):
    public = key_for(Algorithm.P256).public_key()
    certificate = issuer.issue("Bob", public)
    certificate.verify_directly_issued_by(issuer.certificate)
    assert certificate.subject.rfc4514_string() == "CN=Bob"
    assert certificate.public_key() == public


@pytest.mark.parametrize(
    ("slot", "algorithm", "usages"),
    [
        (Slot.AUTHENTICATION, Algorithm.RSA_1024, {"digital_signature"}),
        (Slot.SIGNATURE, Algorithm.P256, {"digital_signature", "content_commitment"}),
        (Slot.KEY_MANAGEMENT, Algorithm.RSA_1024, {"key_encipherment"}),
        (Slot.KEY_MANAGEMENT, Algorithm.P256, {"key_agreement"}),
        (Slot.RETIRED_7, Algorithm.X25519, {"key_agreement"}),
    ],
)
def test_usage_is_that_of_the_slot(issuer, key_for, slot, algorithm, usages):
    certificate = issuer.issue("Bob", key_for(algorithm).public_key(), slot)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_agreement")
    assert {name for name in names if getattr(usage, name)} == usages


def test_the_authentication_certificate_is_for_tls_and_logon(issuer, key_for):
    certificate = issuer.issue("Bob", key_for(Algorithm.P256).public_key())
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.CLIENT_AUTH in uses


def test_an_expired_certificate_can_be_asked_for(issuer, key_for):
    last = datetime(2021, 1, 1, tzinfo=UTC)
    certificate = issuer.issue("Bob", key_for(Algorithm.P256).public_key(), not_after=last)
    assert certificate.not_valid_after_utc == last


def test_certificates_can_be_revoked(issuer, key_for):
    certificate = issuer.issue("Bob", key_for(Algorithm.P256).public_key())
    revoked = issuer.revoke([certificate])
    assert revoked.is_signature_valid(issuer.key.public_key())
    assert revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    assert revoked.get_revoked_certificate_by_serial_number(1) is None


def test_equipment_is_keys_with_their_certificates(issuer):
    keys, certificates = issuer.equip("Bob", {Slot.SIGNATURE: Algorithm.ED25519})
    assert certificates[Slot.SIGNATURE].public_key() == keys[Slot.SIGNATURE].public_key()


def test_a_ca_is_loaded_from_pem(issuer):
    assert Issuer.load(*issuer.pem()).certificate == issuer.certificate


def test_a_ca_with_an_ed25519_key_issues_too(issuer, key_for):
    ca = Issuer(issuer.certificate, key_for(Algorithm.ED25519))
    assert ca.issue("Bob", key_for(Algorithm.P256).public_key()).signature_hash_algorithm is None


def test_a_key_that_is_not_the_cas_is_refused(issuer, key_for):
    for algorithm, message in [(Algorithm.P256, "not the one"), (Algorithm.X25519, "RSA, EC")]:
        key = key_for(algorithm).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with pytest.raises(ValueError, match=message):
            Issuer.load(issuer.pem()[0], key)


def test_the_cas_key_is_not_printed(issuer):
    assert "key" not in repr(issuer)


def test_the_non_federal_number_is_the_one_that_all_cards_carry():
    # Agency and system 9999, credential 999999: the value in the CHUID of non-federal cards.
    assert fasc_n("9999", "9999", "999999", person="0000000000").hex() == (
        "d4e739da739ced39ce739d836858210842108421c84210c3eb"
    )


def test_the_chuid_has_the_mandatory_fields():
    items = parse_all(chuid(bytes(range(16))))
    assert [item.tag for item in items] == [0x30, 0x34, 0x35, 0x3E, 0xFE]
    assert items[1].value == bytes(range(16))
    assert items[2].value == b"20491231"


def test_the_capability_container_names_the_card():
    items = parse_all(ccc(bytes(range(14))))
    assert items[0].value == bytes.fromhex("A000000116FF02") + bytes(range(14))
    assert [i.tag for i in items] == [*range(0xF0, 0xF8), *range(0xFA, 0xFF)]


def test_the_discovery_object_tells_which_pins_count():
    for has_global, policy in [(False, "4000"), (True, "6010")]:
        items = parse_all(discovery(global_pin=has_global))
        assert items[0].value == AID
        assert (items[1].tag, items[1].value.hex()) == (0x5F2F, policy)


def test_each_card_is_issued_with_its_own_number():
    assert issued()[0x5FC102] != issued()[0x5FC102]
    assert 0x5FC123 not in issued()
    assert issued(pairing_code="87654321")[0x5FC123] == b"\x99\x0887654321\xfe\0"
