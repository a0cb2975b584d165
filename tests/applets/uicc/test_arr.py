import pytest

from applets.shared.file_system.access_rules import ALWAYS, NEVER, Mode
from applets.shared.file_system.tree import MF, File, Kind, Tree
from applets.sim.small_usim import small_subscription
from applets.uicc.arr import ARR, INCREASE, ArrRules
from applets.uicc.files import UiccFiles
from vcard import SW, Memory

PLAIN = small_subscription("8949000000000000018", "001010000000001", pin_enabled=True)
FILE = File((MF, 0x2F30), Kind.TRANSPARENT, b"x")


def files(*some, pins=()):
    return UiccFiles(Tree(some), pins, Memory().section("x"))


def rule_file(content):
    return File((MF, ARR), Kind.LINEAR, content, len(content))


def test_a_condition_is_met_by_the_pins_verified():
    every = files(*PLAIN.files, pins=PLAIN.pins)
    imsi = PLAIN.tree.by_path[(MF, 0x7FD0, 0x6F07)]
    with pytest.raises(SW) as caught:
        every.require(imsi, Mode.READ)
    assert caught.value == SW.SECURITY_STATUS_NOT_SATISFIED
    every.pins[1].pin.verify(b"0000\xff\xff\xff\xff")
    every.require(imsi, Mode.READ)


def test_without_a_rule_file_everything_may_be_read_and_nothing_written():
    rules = files(File((MF,), Kind.DF), FILE).access
    assert (rules.condition(FILE, Mode.READ), rules.condition(FILE, Mode.UPDATE)) == (ALWAYS, NEVER)


def test_a_broken_rule_allows_nothing():
    assert not files(rule_file(b"\x80\x05"), FILE).access.permits(FILE, Mode.READ)


def test_increase_is_named_by_its_instruction():
    rules = files(rule_file(bytes.fromhex("84013290008001019700")), FILE).access
    assert rules.condition(FILE, INCREASE) == ALWAYS
    assert rules.condition(FILE, Mode.READ) == NEVER


def test_a_changed_record_counts_at_once():
    rule = rule_file(bytes.fromhex("8001019700"))
    some = files(rule, FILE)
    assert not some.access.permits(FILE, Mode.READ)
    some.write(rule, bytes.fromhex("8001019000"))
    assert some.access.permits(FILE, Mode.READ)


def test_a_file_may_name_another_rule_file():
    other = File((MF, 0x6F06), Kind.LINEAR, bytes.fromhex("8001029000"), 5)
    file = File((MF, 0x2F30), Kind.TRANSPARENT, b"x", arr=0x6F06)
    assert isinstance(files(other, file).access, ArrRules)
    assert files(other, file).access.permits(file, Mode.UPDATE)


def test_a_compact_rule_goes_before_the_record():
    file = File((MF, 0x2F30), Kind.TRANSPARENT, b"x", compact=b"\x03\x1a\x00")
    rules = files(rule_file(bytes.fromhex("8001029000")), file).access
    assert rules.condition(file, Mode.READ) == ALWAYS
    assert not rules.permits(file, Mode.UPDATE)
