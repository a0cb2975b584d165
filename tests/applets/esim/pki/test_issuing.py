from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START, Pki
from applets.esim.pki.issuing import CI, EUICC, Plan, issue
from applets.shared.credentials import fresh, seeded

EID = numbered(1)
DEMO = Pki.demo(EID)


def test_the_euicc_certificate_names_its_eid_and_role():
    certificate = DEMO.euicc.certificate
    serial = certificate.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    assert serial[0].value == EID
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [policy.policy_identifier.dotted_string for policy in policies] == [EUICC]


def test_the_eum_may_certify_only_eids_that_begin_with_its_number():
    constraints = DEMO.eum.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    name = constraints.value.permitted_subtrees[0].value
    assert name.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)[0].value == EID[:8]


def test_all_keys_are_on_p256():
    assert isinstance(DEMO.dp_pb.key.curve, ec.SECP256R1)


def test_a_root_signs_itself_and_what_is_below_it():
    root = issue(Plan("root", CI, is_ca=True), DEMO_START, seeded("root"))
    below = issue(Plan("below", EUICC, serial=EID), DEMO_START, fresh("below"), root)
    root.certificate.verify_directly_issued_by(root.certificate)
    below.certificate.verify_directly_issued_by(root.certificate)
    assert below.certificate.not_valid_before_utc.replace(tzinfo=None) == DEMO_START


def test_a_seeded_key_is_the_same_in_every_process_and_a_fresh_one_is_not():
    numbers = [seeded("one").private_numbers().private_value for _ in range(2)]
    assert numbers[0] == numbers[1] != seeded("two").private_numbers().private_value
    assert fresh("one").private_numbers() != fresh("one").private_numbers()
