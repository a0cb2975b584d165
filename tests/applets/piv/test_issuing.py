from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from applets.piv import Algorithm, Issuer, Slot


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
