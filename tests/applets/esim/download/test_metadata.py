import pytest

from applets.esim.download.metadata import parse_metadata
from applets.esim.profiles import Policy, ProfileClass
from vcard import Tlv, tlv


def test_metadata_are_read_with_all_their_fields():
    raw = tlv(
        0xBF25,
        tlv(0x5A, bytes(10)), tlv(0x91, b"P"), tlv(0x92, b"N"), tlv(0x93, b"\1"), tlv(0x94, b"png"),
        tlv(0x95, b"\0"), tlv(0xB7, b"\x80\3abc"), tlv(0x99, bytes.fromhex("0560")),
    )  # fmt: skip
    one = parse_metadata(Tlv.parse(raw))
    assert (one.icon_type, one.icon, one.owner) == (1, b"png", b"\x80\3abc")
    assert one.profile_class is ProfileClass.TEST
    assert one.policy == Policy.NO_DISABLE | Policy.NO_DELETE
    with pytest.raises(ValueError, match="events and an address"):
        parse_metadata(Tlv.parse(tlv(0xBF25, tlv(0x5A, bytes(10)), tlv(0xB6, tlv(0x30)))))


@pytest.mark.parametrize("raw", ["BF2400", "BF2500", "BF25035A0101", "BF2503910141"])
def test_metadata_without_an_iccid_of_ten_bytes_are_a_value_error(raw):
    with pytest.raises(ValueError, match="10 bytes"):
        parse_metadata(Tlv.parse(bytes.fromhex(raw)))


RULE = "E21AE116C114" + "11" * 20 + "E300"


def test_carrier_privilege_rules_and_the_permission_to_fall_back_are_kept():
    rules = bytes.fromhex(RULE)
    more = tlv(0xBF76, rules) + tlv(0x9F67, b"\xff")
    one = parse_metadata(Tlv.parse(tlv(0xBF25, tlv(0x5A, bytes(10)), more)))
    assert one.privileges == rules
    assert one.fallback_allowed
    other = parse_metadata(Tlv.parse(tlv(0xBF25, tlv(0x5A, bytes(10)))))
    assert (other.privileges, other.fallback_allowed) == (b"", False)


@pytest.mark.parametrize(
    ("rule", "reason"), [
        ("E104C1021111", "REF-AR-DO"), ("E202E300", "REF-AR-DO"),
        ("E208E104C1021111E300", "2 bytes are no hash"), ("E206E104C1021111", "REF-AR-DO"),
    ],
)  # fmt: skip
def test_a_rule_that_names_no_application_is_a_value_error(rule, reason):
    with pytest.raises(ValueError, match=reason):
        parse_metadata(
            Tlv.parse(tlv(0xBF25, tlv(0x5A, bytes(10)), tlv(0xBF76, bytes.fromhex(rule))))
        )
