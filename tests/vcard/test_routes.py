"""A command finds the narrowest of the handlers that are for it."""

from __future__ import annotations

from typing import ClassVar

from vcard import SW, Command
from vcard.routes import Route, Routed


class Small(Routed):
    classes = frozenset({0x00, 0x80, 0x90})
    raw_classes = frozenset({0x90})
    _routes: ClassVar = {
        0x10: (Route(0x10, 0x80, 1, 2, "narrow"), Route(0x10, None, 1, None, "wide", False)),
        0x12: (Route(0x12, 0x90, None, None, "narrow"),),
    }

    def narrow(self, command: Command) -> object:
        return command.data

    def wide(self) -> object:
        return "not looked at here"


def process(text: str) -> object:
    return Small().process(Command.parse(bytes.fromhex(text)))


def test_every_code_that_a_route_names_must_fit():
    assert process("80100102 01 AA") == b"\xaa"
    for other in ("80100103 01 AA", "00100102 01 AA"):
        assert process(other) == "not looked at here"
    assert process("80100202") == SW.INCORRECT_P1_P2


def test_what_no_handler_is_for_is_told_in_the_standards_words():
    assert process("A0100102") == SW.CLA_NOT_SUPPORTED
    assert process("80140000") == SW.INS_NOT_SUPPORTED
    assert process("80120000") == SW.CLA_NOT_SUPPORTED


def test_a_raw_class_keeps_its_bits_and_others_lose_them():
    assert process("90120000 01 BB") == b"\xbb"
    assert process("81100102 01 AA") == b"\xaa"  # channel 1 of class 80
    assert process("91120000") == SW.CLA_NOT_SUPPORTED
