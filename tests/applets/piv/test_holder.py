"""The holder's fields in certificates, slot by slot."""

import pytest
from cryptography import x509

from applets.piv import Slot
from applets.piv.card_numbers import CardNumbers, agency_number
from applets.piv.holder import FASC_N, PRINCIPAL_NAME, Holder

GUID = bytes.fromhex("00112233445546778899AABBCCDDEEFF")
URN = "urn:uuid:00112233-4455-4677-8899-aabbccddeeff"
NUMBERS = CardNumbers(GUID, agency_number("9999", "9999", "999999"))
WHOLE = Holder("a@b", "m@b", "http://o", "http://c", ("1.2.3", "2.999.1"), NUMBERS)


def names(holder, slot):
    for extension, critical in holder.extensions(slot):
        if isinstance(extension, x509.SubjectAlternativeName):
            assert not critical
            return [(type(name), name.value) for name in extension]
    return []


def test_nobody_is_said_nothing_of():
    assert all(Holder().extensions(slot) == [] for slot in Slot)
    assert names(Holder(numbers=NUMBERS), Slot.SIGNATURE) == []


def test_the_card_is_named_where_it_is_authenticated_and_its_holder_where_he_is():
    person = [(x509.OtherName, b"\x0c\3a@b"), (x509.RFC822Name, "m@b")]
    card = [
        (x509.OtherName, b"\x04\x19" + NUMBERS.fasc_n),
        (x509.UniformResourceIdentifier, URN),
    ]
    assert names(WHOLE, Slot.AUTHENTICATION) == person + card
    assert names(WHOLE, Slot.CARD_AUTHENTICATION) == card
    for slot in (Slot.SIGNATURE, Slot.KEY_MANAGEMENT, Slot.RETIRED_1):
        assert names(WHOLE, slot) == person
    nameless = Holder("a@b", "m@b")
    assert names(nameless, Slot.CARD_AUTHENTICATION) == person
    [principal, _, number, _] = WHOLE.extensions(Slot.AUTHENTICATION)[0][0]
    assert (principal.type_id, number.type_id) == (PRINCIPAL_NAME, FASC_N)


@pytest.mark.parametrize("slot", [Slot.AUTHENTICATION, Slot.CARD_AUTHENTICATION, Slot.SIGNATURE])
def test_policies_and_places_are_in_every_certificate(slot):
    found = {type(extension): extension for extension, _ in WHOLE.extensions(slot)}
    policies = found[x509.CertificatePolicies]
    assert [one.policy_identifier.dotted_string for one in policies] == ["1.2.3", "2.999.1"]
    assert [one.access_location.value for one in found[x509.AuthorityInformationAccess]] == [
        "http://o"
    ]
    assert found[x509.CRLDistributionPoints][0].full_name[0].value == "http://c"
