import pytest

from applets.esim.eid import check_digits, checked, numbered


def test_check_digits_make_the_number_one_modulo_97():
    # The EID of GSMA SGP.26's test eUICC.
    assert check_digits("890490321234512345123456789012") == "35"
    assert int(checked("89049032123451234512345678901235")) % 97 == 1


def test_a_fleet_has_different_valid_eids():
    eids = {numbered(i) for i in range(300)}
    assert len(eids) == 300
    assert all(checked(eid) == eid for eid in eids)


@pytest.mark.parametrize("eid", ["", "89", "8904903212345123451234567890123X"])
def test_a_malformed_eid_is_the_callers_fault(eid):
    with pytest.raises(ValueError, match="32 digits"):
        checked(eid)


def test_wrong_check_digits_are_named_with_the_right_ones():
    with pytest.raises(ValueError, match="are 35"):
        checked("89049032123451234512345678901236")


def test_check_digits_need_thirty_digits():
    with pytest.raises(ValueError, match="30 digits"):
        check_digits("12")
