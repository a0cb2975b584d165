from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from applets.esim.signatures import sign, signature_object, verified

KEY = ec.derive_private_key(7, ec.SECP256R1())


def test_a_signature_has_64_bytes_and_fits_its_data_only():
    signature = sign(KEY, b"data")
    assert len(signature) == 64
    assert verified(KEY.public_key(), signature, b"data")
    assert not verified(KEY.public_key(), signature, b"other")
    assert not verified(KEY.public_key(), signature[:-1], b"data")
    assert signature_object(KEY, b"data")[:3].hex() == "5f3740"


@given(st.binary(max_size=80))
def test_any_bytes_are_a_wrong_signature(raw):
    assert not verified(KEY.public_key(), raw, b"data")
