import pytest
from cryptography import x509

from applets.piv import Algorithm, Slot
from applets.piv.attestation import FIRMWARE, POLICY, SERIAL, attest, attestation_pair
from applets.piv.keys import KeyStore
from vcard import Memory


@pytest.fixture
def keys(key_for):
    return KeyStore(Memory().section("keys"))


def made(keys, key_for, algorithm, witness=None):
    key, der = attestation_pair()
    keys.add(Slot.ATTESTATION, witness or key)
    pair = keys.add(Slot.SIGNATURE, key_for(algorithm))
    found = attest(
        pair, Slot.SIGNATURE, keys.get(Slot.ATTESTATION), version=(5, 7, 2), serial=0x80000001
    )
    return found, x509.load_der_x509_certificate(der)


@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.ED25519, Algorithm.X25519])
def test_a_key_is_attested_with_its_policies(keys, key_for, algorithm):
    found, issuer = made(keys, key_for, algorithm)
    found.verify_directly_issued_by(issuer)
    assert found.public_key() == key_for(algorithm).public_key()
    values = {e.oid.dotted_string: e.value.value for e in found.extensions}
    assert values[FIRMWARE] == b"\5\7\2"
    assert values[SERIAL] == bytes.fromhex("02050080000001")
    assert values[POLICY] == b"\3\1"


def test_any_key_that_signs_can_attest(keys, key_for):
    for algorithm in (Algorithm.ED25519, Algorithm.RSA_1024):
        found, _ = made(keys, key_for, Algorithm.P256, key_for(algorithm))
        assert found.issuer.rfc4514_string() == "CN=Virtual PIV Attestation"


def test_a_key_that_signs_nothing_cannot(keys, key_for):
    with pytest.raises(ValueError, match="attest"):
        made(keys, key_for, Algorithm.P256, key_for(Algorithm.X25519))
