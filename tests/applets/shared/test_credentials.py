from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from applets.shared.credentials import Credential, fresh, seeded
from applets.shared.x509_issuer import Issuer

KEY = fresh("anything")
ONE = Credential(Issuer.create("One", KEY).certificate, KEY)


def test_a_seeded_key_is_the_same_in_every_process_and_a_fresh_one_is_not():
    numbers = [seeded("one").private_numbers().private_value for _ in range(2)]
    assert numbers[0] == numbers[1] != seeded("two").private_numbers().private_value
    assert fresh("one").private_numbers() != fresh("one").private_numbers()


def test_all_keys_are_on_p256():
    assert isinstance(KEY.curve, ec.SECP256R1)
    assert isinstance(seeded("one").curve, ec.SECP256R1)


def test_a_credential_is_written_as_der_and_pem():
    assert load_der_x509_certificate(ONE.der) == ONE.certificate
    assert load_pem_x509_certificate(ONE.pem) == ONE.certificate
    assert load_pem_private_key(ONE.key_pem, None).private_numbers() == KEY.private_numbers()
    assert len(ONE.key_id) == 20


def test_a_printed_credential_shows_no_key():
    assert "key" not in repr(ONE)
