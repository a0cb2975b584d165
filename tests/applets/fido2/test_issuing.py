from cryptography import x509
from cryptography.x509.oid import NameOID

from applets.fido2.issuing import Issuer


def test_a_certificate_names_the_model_and_the_ca():
    issuer = Issuer.create()
    batch, own = issuer.equip(bytes(range(16)))
    certificate = x509.load_der_x509_certificate(batch.certificate)
    certificate.verify_directly_issued_by(issuer.certificate)
    oid = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
    extension = certificate.extensions.get_extension_for_oid(oid)
    assert extension.value.value == b"\x04\x10" + bytes(range(16))
    assert not extension.critical
    unit = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    assert unit[0].value == "Authenticator Attestation"
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.value.ca is False
    assert own.certificate != batch.certificate
    assert "key" not in repr(batch)
