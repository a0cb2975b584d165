import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from applets.sim.suci.schemes import SchemeId, conceal
from tests.kits.vectors import rows

OWN = {
    SchemeId.PROFILE_A: X25519PrivateKey.from_private_bytes,
    SchemeId.PROFILE_B: lambda raw: ec.derive_private_key(
        int.from_bytes(raw, "big"), ec.SECP256R1()
    ),
}


@pytest.mark.parametrize("row", rows("suci.txt"), ids=lambda row: row[-1])
def test_the_vectors_of_the_specification(row):
    own, public, plain, output = (bytes.fromhex(field) for field in row[:4])
    scheme = SchemeId.PROFILE_A if row[4].startswith("A") else SchemeId.PROFILE_B
    assert conceal(scheme, public, plain, OWN[scheme](own)) == output


def test_the_null_scheme_conceals_nothing():
    assert conceal(SchemeId.NULL, b"", b"\x12") == b"\x12"


def test_a_new_key_pair_is_made_for_each_output():
    key = bytes.fromhex(rows("suci.txt")[0][1])
    made = {conceal(SchemeId.PROFILE_A, key, b"\x12") for _ in range(2)}
    assert len(made) == 2


def test_a_key_of_another_scheme_is_an_error():
    with pytest.raises(ValueError, match="point"):
        conceal(SchemeId.PROFILE_B, bytes(32), b"\x12")
