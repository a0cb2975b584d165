from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from applets.shared.key_kinds import KINDS
from applets.shared.x509_issuer import (
    Issuer,
    certify,
    common_name,
    extended_usage,
    unrecognised,
    usage,
)

KEY = KINDS["P-256"].generate()
PUBLIC = KEY.public_key()


@pytest.fixture(scope="module")
def issuer():
    return Issuer.create("Mine")


def test_a_ca_signs_itself_and_may_issue(issuer):
    certificate = issuer.certificate
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=Mine"
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca
    uses = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert uses.key_cert_sign
    assert uses.crl_sign
    assert not uses.digital_signature


@pytest.mark.parametrize("name", ["RSA-1024", "P-384", "Ed25519", "X25519", "brainpoolP256r1"])
def test_a_certificate_is_issued_for_any_kind_of_key(issuer, name):
    public = KINDS[name].generate().public_key()
    found = issuer.certify("Bob", public, [usage("digital_signature")])
    found.verify_directly_issued_by(issuer.certificate)
    assert found.public_key() == public
    own = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    its = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert own.key_identifier == its.digest


def test_the_extensions_are_those_that_were_named(issuer):
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH
    own = unrecognised("1.3.6.1.4.1.99999.1", b"\x04\x01\x2a")
    found = issuer.certify("Bob", PUBLIC, [extended_usage(purpose), own]).extensions
    assert list(found.get_extension_for_class(x509.ExtendedKeyUsage).value) == [purpose]
    assert found.get_extension_for_oid(own[0].oid).value.value == b"\x04\x01\x2a"
    assert not found.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_subject_may_be_a_whole_name(issuer):
    name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "4711")])
    assert issuer.certify(name, PUBLIC).subject == name


def test_an_expired_certificate_can_be_asked_for(issuer):
    first, last = datetime(2020, 6, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    found = issuer.certify("Bob", PUBLIC, not_before=first, not_after=last)
    assert (found.not_valid_before_utc, found.not_valid_after_utc) == (first, last)


def test_certificates_can_be_revoked(issuer):
    certificate = issuer.certify("Bob", PUBLIC)
    revoked = issuer.revoke([certificate])
    assert revoked.is_signature_valid(issuer.key.public_key())
    assert revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    assert revoked.get_revoked_certificate_by_serial_number(1) is None


def test_a_deterministic_certificate_repeats_itself():
    name = common_name("One")
    made = [
        certify(name, PUBLIC, [], issuer=name, signer=KEY, serial=1, deterministic=True)
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_a_ca_with_an_ed25519_key_issues_too():
    ca = Issuer.create("Edwards", KINDS["Ed25519"].generate())
    found = ca.certify("Bob", PUBLIC)
    found.verify_directly_issued_by(ca.certificate)
    assert found.signature_hash_algorithm is None
    assert ca.revoke([found]).is_signature_valid(ca.key.public_key())


def test_a_ca_is_loaded_from_pem(issuer):
    assert Issuer.load(*issuer.pem()).certificate == issuer.certificate


def test_a_key_that_is_not_the_cas_is_refused(issuer):
    for name, message in [("P-256", "not the one"), ("X25519", "RSA, EC")]:
        made = KINDS[name].generate()
        key = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with pytest.raises(ValueError, match=message):
            Issuer.load(issuer.pem()[0], key)


def test_the_cas_key_is_not_printed(issuer):
    assert "key" not in repr(issuer)
