"""The identifiers of a card."""

from uuid import UUID

import pytest

from applets.piv.card_numbers import CardNumbers, agency_number, fasc_n, random_guid


def test_the_non_federal_number_is_the_one_that_all_cards_carry():
    # Agency and system 9999, credential 999999: the value in the CHUID of non-federal cards.
    assert fasc_n("9999", "9999", "999999", person="0000000000").hex() == (
        "d4e739da739ced39ce739d836858210842108421c84210c3eb"
    )


def test_numbers_that_are_not_named_are_random_and_of_no_agency():
    one, other = CardNumbers.made(), CardNumbers.made()
    assert one.guid != other.guid
    assert one.fasc_n == other.fasc_n == agency_number("9999", "9999", "999999")
    assert CardNumbers.made(bytes(16), bytes(25)) == CardNumbers(bytes(16), bytes(25))


def test_a_random_guid_is_a_uuid_of_version_4():
    found = [UUID(bytes=random_guid()) for _ in range(20)]
    assert {(one.version, one.variant) for one in found} == {(4, UUID(int=0x8 << 60).variant)}
    assert len(set(found)) == 20


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        (("1", "2222", "333333"), "an agency has 4 digits, not '1'"),
        (("1111", "22222", "333333"), "a system has 4 digits"),
        (("1111", "2222", "33333x"), "a credential has 6 digits"),
        (("\u0661" * 4, "2222", "333333"), "an agency has 4 digits"),
    ],
)
def test_other_numbers_of_digits_are_refused(parts, what):
    with pytest.raises(ValueError, match=what):
        agency_number(*parts)
    assert len(agency_number("1341", "0001", "987654")) == 25
