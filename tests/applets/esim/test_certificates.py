from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from applets.esim.certificates import CertificateError, Fault, check, check_own, oid_bytes
from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START, Pki
from applets.esim.pki.issuing import DP_AUTH, DP_PB, Plan, extensions, issue

EID = numbered(1)
PKI = Pki.demo(EID)
CI = PKI.ci.certificate
NAMES = (x509.RegisteredID(x509.ObjectIdentifier("2.999.10")),)


def fault(der, role=DP_AUTH, now=None):
    with pytest.raises(CertificateError) as caught:
        check(der, CI, (role,), now)
    return caught.value.fault


def issued(plan, key=None, *, leave_out=(), extra=None):
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(plan.subject)
        .issuer_name(CI.subject)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(DEMO_START)
        .not_valid_after(DEMO_START + timedelta(days=1))
    )
    for extension, critical in extensions(plan, key, PKI.ci.key):
        if type(extension) not in leave_out:
            builder = builder.add_extension(extension, critical=critical)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    from cryptography.hazmat.primitives.serialization import Encoding

    return builder.sign(PKI.ci.key, hashes.SHA256()).public_bytes(Encoding.DER)


PLAN = Plan("server", DP_AUTH, names=NAMES)


def test_a_right_certificate_gives_the_key_and_the_oid():
    server = check(PKI.dp_auth.der, CI, (DP_AUTH,), DEMO_START + timedelta(days=1))
    assert server.oid.dotted_string == "2.999.10"
    assert server.oid_bytes.hex() == "88370a"


def test_what_is_no_certificate_is_invalid():
    assert fault(b"\x30\x03\x01\x02\x03") is Fault.CERTIFICATE


def test_a_certificate_of_another_issuer_is_invalid():
    other = Pki.make(EID, DEMO_START)
    for _ in range(2):  # a verified chain is cached, a failure is not
        assert fault(other.dp_auth.der) is Fault.CERTIFICATE


def test_a_certificate_for_another_role_is_for_another_role():
    assert fault(PKI.dp_pb.der) is Fault.ROLE
    assert check(PKI.dp_pb.der, CI, (DP_PB, DP_AUTH), None)


def test_a_certificate_counts_only_while_it_is_valid():
    assert fault(PKI.dp_auth.der, now=DEMO_START - timedelta(seconds=1)) is Fault.CERTIFICATE
    assert fault(PKI.dp_auth.der, now=datetime(2060, 1, 1)) is Fault.CERTIFICATE


def test_another_curve_is_told_apart():
    assert fault(issued(PLAN, ec.generate_private_key(ec.SECP384R1()))) is Fault.CURVE


P256 = bytes.fromhex("06082A8648CE3D030107")
ECDSA_SHA256 = bytes.fromhex("06082A8648CE3D040302")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (P256, P256[:-1] + b"\x63", Fault.CURVE),
        (P256 + b"\x03\x42\0\x04", P256 + b"\x03\x42\0\x05", Fault.CERTIFICATE),
        (ECDSA_SHA256, ECDSA_SHA256[:-1] + b"\x63", Fault.CERTIFICATE),
        (bytes.fromhex("06072A8648CE3D0201"), bytes.fromhex("06072A8648CE3D0263"),
         Fault.CERTIFICATE),
    ],
)  # fmt: skip
def test_what_no_library_knows_is_told_apart_too(old, new, expected):
    assert PKI.dp_auth.der.count(old)
    assert fault(PKI.dp_auth.der.replace(old, new)) is expected


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_any_flipped_bit_makes_it_wrong():
    raw = PKI.dp_auth.der
    unused = raw.rindex(bytes.fromhex("03480030")) + 2  # of the signature: ignored
    for place in set(range(len(raw))) - {unused}:
        damaged = bytearray(raw)
        damaged[place] ^= 1 << place % 8
        assert fault(bytes(damaged)) in Fault


def test_a_key_of_another_kind_is_invalid():
    assert fault(issued(PLAN, rsa.generate_private_key(65537, 2048))) is Fault.CERTIFICATE


@pytest.mark.parametrize(
    "missing", [x509.AuthorityKeyIdentifier, x509.KeyUsage, x509.CertificatePolicies]
)
def test_a_missing_extension_makes_it_invalid(missing):
    assert fault(issued(PLAN, leave_out=(missing,))) is Fault.CERTIFICATE


def test_a_server_has_one_oid():
    assert fault(issued(replace(PLAN, names=(x509.DNSName("a"),)))) is Fault.ROLE
    assert fault(issued(replace(PLAN, names=NAMES * 2))) is Fault.ROLE


def test_an_issuers_certificate_is_no_servers():
    assert fault(issued(replace(PLAN, is_ca=True))) is Fault.CERTIFICATE


def test_a_critical_extension_that_is_not_known_makes_it_invalid():
    extra = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert fault(issued(PLAN, extra=extra)) is Fault.CERTIFICATE


def test_a_key_identifier_of_another_issuer_makes_it_invalid():
    wrong = x509.AuthorityKeyIdentifier(bytes(20), None, None)
    raw = issued(PLAN, leave_out=(x509.AuthorityKeyIdentifier,), extra=wrong)
    assert fault(raw) is Fault.CERTIFICATE


def test_the_cards_own_chain_is_checked_when_the_card_is_made():
    other = Pki.make(EID, DEMO_START)
    check_own(PKI.chain, EID)
    with pytest.raises(ValueError, match="chain"):
        check_own(replace(other.chain, ci=CI), EID)
    with pytest.raises(ValueError, match="not for EID"):
        check_own(PKI.chain, numbered(2))


def test_an_eum_may_not_certify_another_makers_eid():
    strange = numbered(1, prefix="89999999")
    euicc = issue(Plan("x", "1.2.3", serial=strange), DEMO_START, PKI.euicc.key, PKI.eum)
    with pytest.raises(ValueError, match="does not allow"):
        check_own(replace(PKI.chain, euicc=euicc), strange)


def test_an_oid_is_written_in_groups_of_seven_bits():
    assert oid_bytes(x509.ObjectIdentifier("2.23.146.1.2.1.4")).hex() == "67811201020104"
