from __future__ import annotations

import pytest

from ifd_bridge.spec import Spec, SpecError


def test_a_spec_is_a_source_and_options() -> None:
    assert Spec.parse("hello") == Spec("hello")
    parsed = Spec.parse("a:b?x=1&y=2=3&")
    assert parsed == Spec("a:b", {"x": "1", "y": "2=3"})
    assert str(parsed) == "a:b?x=1&y=2=3"


def test_an_option_may_be_a_switch() -> None:
    parsed = Spec.parse("piv?demo&pin=1234567")
    assert parsed == Spec("piv", {"demo": "", "pin": "1234567"})
    assert str(parsed) == "piv?demo&pin=1234567"


def test_an_option_has_a_name() -> None:
    with pytest.raises(SpecError, match="'=1' is not"):
        Spec.parse("hello?=1")
