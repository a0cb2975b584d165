"""The small types of an ATR match the standard's bits."""

from vcard.atr.values import Problem, SpecificMode, VoltageClass


def test_ta2_is_read_and_written():
    for value in [0x00, 0x01, 0x81, 0x11, 0x91]:
        assert int(SpecificMode.parse(value)) == value


def test_classes_are_told_in_volts():
    assert (VoltageClass.B | VoltageClass.C).volts == "B 3 V, C 1.8 V"


def test_a_problem_names_its_place():
    assert str(Problem(3, "wrong")) == "offset 3: wrong"


def test_a_specific_mode_can_be_left_and_has_its_speed_in_ta1_unless_it_says_so():
    assert SpecificMode(1) == SpecificMode(1, changeable=True, implicit=False)
    assert int(SpecificMode(1)) == 1
