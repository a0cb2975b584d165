import pytest

from applets.fido2 import Settings

WRONG = [
    {"aaguid": b"short"},
    {"pin_tries": 0},
    {"pin_tries": 9},
    {"min_pin": 3},
    {"min_pin": 64},
    {"algorithms": ()},
    {"versions": ()},
    {"large_blob": 1000},
    {"versions": ("FIDO_3",)},
    {"extensions": ("x",)},
    {"attestation": "x"},
    {"reset": "x"},
    {"verification": "x"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"has|have|none of|at least"):
        Settings(**wrong)


def test_features_follow_from_versions():
    assert Settings().u2f
    assert not Settings(versions=("FIDO_2_0",)).ctap21
