import pytest

from applets.uicc.aram.rules import Rule, Rules
from vcard import Memory, tlv
from vcard.tlv import Tlv


def rule(*ref):
    return Rule.parse(Tlv.parse(tlv(0xE2, tlv(0xE1, *ref), tlv(0xE3, tlv(0xD1, b"\1")))))[0]


def test_a_rule_names_both_applications():
    one = rule(tlv(0x4F, bytes(5)), tlv(0xC1, bytes(20)))
    assert (one.aid, one.application) == (bytes(5), bytes(20))
    assert (rule().aid, rule().application) == (None, b"")


def test_what_a_rule_does_not_know_is_dropped():
    item = Tlv.parse(tlv(0xE2, tlv(0xE1, tlv(0xC9, b"?")), tlv(0xE3, tlv(0xD1, b"\1"))))
    assert Rule.parse(item) == (rule(), True)


def test_rules_are_kept_in_a_memory():
    section = Memory().section("x")
    Rules(section).add(rule())
    rules = Rules(section)
    rules.add(rule(tlv(0x4F, bytes(5))))
    assert [one.aid for one in rules] == [bytes(5), None]
    rules.drop([rule()])
    assert [one.aid for one in Rules(section)] == [bytes(5)]
    assert rules.for_reference(b"") == []


def test_each_object_of_a_reference_has_its_lengths():
    """Spec: GlobalPlatform SEAC 1.1, tables 6-3 to 6-5."""
    sizes = [
        (0x4F, (0, 5, 16), (1, 4, 17)),
        (0xC1, (0, 20, 32), (1, 19, 21, 31, 33)),
        (0xCA, (1, 127), (0, 128)),
    ]
    for tag, right, wrong in sizes:
        for size in right:
            assert rule(tlv(tag, bytes(size))).ref == tlv(tag, bytes(size))
        for size in wrong:
            with pytest.raises(ValueError):  # noqa: PT011 - each says something else
                rule(tlv(tag, bytes(size)))
