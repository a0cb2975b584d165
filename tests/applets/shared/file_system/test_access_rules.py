import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.shared.file_system.access_rules import (
    ALWAYS,
    NEVER,
    Condition,
    Mode,
    Rule,
    compact_condition,
)
from applets.sim.small_usim import RULES

PIN1, ADM = frozenset({1}), frozenset({0x0A})


def rule(text: str) -> Rule:
    return Rule.parse(bytes.fromhex(text))


def test_a_rule_pairs_operations_with_conditions():
    one = rule("80 01 01 90 00 80 01 02 A4 06 83 01 0A 95 01 08 FFFF")
    assert one.condition(Mode.READ) == ALWAYS
    assert one.condition(Mode.UPDATE).met(ADM)
    assert not one.condition(Mode.UPDATE).met(PIN1)


def test_what_a_rule_does_not_name_is_never_allowed():
    assert rule("80 01 01 90 00").condition(Mode.UPDATE) == NEVER
    assert not NEVER.met({1, 2, 3})


def test_97_means_never():
    assert rule("80 01 03 97 00").condition(Mode.UPDATE) == NEVER


def test_an_or_template_is_met_by_any_key_and_an_and_template_by_all():
    keys = "A406830101950108 A40683010A950108"
    either = rule(f"800101 A010 {keys}").condition(Mode.READ)
    both = rule(f"800101 AF10 {keys}").condition(Mode.READ)
    assert either.met(PIN1)
    assert either.met(ADM)
    assert not both.met(PIN1)
    assert both.met(PIN1 | ADM)


def test_an_instruction_names_an_operation_that_the_byte_has_not():
    named = {0x32: Mode(0x100)}
    one = Rule.parse(bytes.fromhex("840132A406830101950108" + "8001019000"), named)
    assert one.condition(Mode(0x100)).met(PIN1)
    assert one.condition(Mode.READ) == ALWAYS
    other = bytes.fromhex("8401D49000")
    assert Rule.parse(other, named).condition(Mode(0x100)) == NEVER


@pytest.mark.parametrize("text", ["800101 A403830101"[:-2], "800101 A4020000", "800101 9F0100"])
def test_a_malformed_rule_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"offset|key|condition"):
        rule(text)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_rule_or_a_value_error(raw):
    with contextlib.suppress(ValueError):
        assert isinstance(Rule.parse(raw), Rule)


def test_the_rules_of_simple_profiles_let_everybody_read_or_need_a_pin():
    conditions = [rule(text).condition(Mode.READ) for text in RULES]
    assert [one.met(frozenset()) for one in conditions] == [True, False, False, False, True]


def test_a_compact_rule_has_a_condition_for_each_bit_of_its_mode():
    rule = bytes.fromhex("5B1A1A00FF01")  # delete, activate, deactivate, update, read
    adm1 = Condition(frozenset({frozenset({0x0A})}))
    assert [
        compact_condition(rule, mode)
        for mode in (Mode.DELETE, Mode.ACTIVATE, Mode.DEACTIVATE, Mode.UPDATE, Mode.READ)
    ] == [adm1, adm1, ALWAYS, NEVER, NEVER]
    assert compact_condition(rule, Mode.TERMINATE) == NEVER
    assert compact_condition(rule[:2], Mode.READ) == NEVER
    assert compact_condition(b"", Mode.READ) == NEVER
