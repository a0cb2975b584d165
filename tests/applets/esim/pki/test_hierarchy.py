from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START, Chain, Pki
from applets.shared.credentials import seeded

EID = numbered(1)
DEMO = Pki.demo(EID)


def test_the_demonstration_hierarchy_is_the_same_every_time():
    made = Pki.make(EID, DEMO_START, seeded)
    assert made.files() == DEMO.files() == Pki.demo(EID).files()
    assert made.dp_auth.der == Pki.demo(numbered(2)).dp_auth.der


def test_a_fresh_hierarchy_has_keys_of_its_own():
    start = datetime(2025, 1, 1)
    assert Pki.make(EID, start).ci.key_pem != Pki.make(EID, start).ci.key_pem


def test_each_certificate_is_signed_by_the_one_above_it():
    for one, issuer in (
        (DEMO.ci, DEMO.ci),
        (DEMO.eum, DEMO.ci),
        (DEMO.euicc, DEMO.eum),
        (DEMO.dp_auth, DEMO.ci),
        (DEMO.dp_pb, DEMO.ci),
        (DEMO.dp_tls, DEMO.ci),
    ):
        one.certificate.verify_directly_issued_by(issuer.certificate)


def test_another_euicc_of_the_same_maker_has_its_own_key():
    other = DEMO.for_eid(numbered(2))
    assert other.eum is DEMO.eum
    assert other.euicc.key_pem != DEMO.euicc.key_pem
    other.euicc.certificate.verify_directly_issued_by(DEMO.eum.certificate)


def test_files_that_were_written_are_read_back():
    files = DEMO.files()
    assert Pki.read(files.__getitem__).files() == files


def test_no_key_lies_among_the_issuers_certificates():
    assert [n for n in DEMO.files() if n.startswith("CertificateIssuer/")] == [
        "CertificateIssuer/CERT_CI_ECDSA_NIST.der",
        "CertificateIssuer/CERT_CI_ECDSA_NIST.pem",
    ]


def test_a_key_of_another_kind_is_refused():
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    files = DEMO.files() | {"eUICC/SK_EUICC_ECDSA_NIST.pem": other}
    with pytest.raises(ValueError, match="elliptic"):
        Pki.read(files.__getitem__)


def test_a_card_needs_three_certificates_and_a_key():
    text = b"".join((DEMO.ci.pem, DEMO.eum.pem, DEMO.euicc.pem, DEMO.euicc.key_pem)).decode()
    chain = Chain.from_pem(text)
    assert (chain.eid, chain.ci) == (EID, DEMO.ci.certificate)
    with pytest.raises(ValueError, match="3 certificates"):
        Chain.from_pem(DEMO.ci.pem.decode())
    wrong = b"".join((DEMO.ci.pem, DEMO.ci.pem, DEMO.ci.pem, DEMO.euicc.key_pem)).decode()
    with pytest.raises(ValueError, match="no EID"):
        assert Chain.from_pem(wrong).eid
