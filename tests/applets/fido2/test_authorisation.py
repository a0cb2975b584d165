import pytest

from applets.fido2.authorisation import needed, proof
from applets.fido2.codes import CtapError, Status


def test_a_proof_has_a_protocol():
    assert proof({}, 8, 9) is None
    assert proof({8: b"mac", 9: 2}, 8, 9).protocol == 2
    for fields, status in (
        ({8: b"mac"}, Status.MISSING_PARAMETER),
        ({8: b"mac", 9: 3}, Status.INVALID_PARAMETER),
        ({8: "mac", 9: 1}, Status.CBOR_UNEXPECTED_TYPE),
    ):
        with pytest.raises(CtapError) as refused:
            proof(fields, 8, 9)
        assert refused.value.status is status


def test_a_proof_that_is_needed_is_asked_for():
    with pytest.raises(CtapError) as refused:
        needed({}, 4, 3)
    assert refused.value.status is Status.PUAT_REQUIRED
    assert needed({3: 1, 4: b""}, 4, 3).mac == b""
