from __future__ import annotations

import pytest

from ifd_bridge.ifdh.api import Answer, Code, Function, Power, Presence, Tag


def test_codes_are_those_of_ifdhandler_h() -> None:
    assert Code.ICC_PRESENT == 615
    assert Code.ICC_NOT_PRESENT == 616
    assert Code.ERROR_INSUFFICIENT_BUFFER == 618
    assert (Power.UP, Power.DOWN, Power.RESET) == (500, 501, 502)
    assert Tag.SIMULTANEOUS_ACCESS == 0x0FAF
    assert Function.CONTROL == 8


def test_an_answer_may_have_no_data() -> None:
    assert Answer(Code.SUCCESS).data == b""


def test_presence_is_a_value_that_nobody_changes() -> None:
    here = Presence(present=True, removals=2)
    assert here == Presence(present=True, removals=2)
    with pytest.raises(AttributeError):
        here.present = False  # type: ignore[misc]
