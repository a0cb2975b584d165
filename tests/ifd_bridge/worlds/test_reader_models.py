from __future__ import annotations

import pytest

from ifd_bridge.spec import SpecError
from ifd_bridge.worlds.reader_models import model
from readers import models


def test_a_model_has_a_name() -> None:
    assert model("plain") is models.PLAIN


def test_options_change_fields_however_deep() -> None:
    changed = model(
        "pinpad?name=Yubico YubiKey&vendor_id=0x1050"
        "&pinpad.min_digits=6&descriptor.wLcdLayout=0x0210"
    )
    assert changed.name == "Yubico YubiKey"
    assert changed.vendor_id == 0x1050
    assert changed.pinpad.min_digits == 6
    assert changed.descriptor.wLcdLayout == 0x0210
    assert changed.has_pinpad


def test_an_error_names_what_there_is() -> None:
    cases = [
        ("plan", "there are .*plain"),
        ("plain?nam=x", "no option 'nam'; here are name"),
        ("plain?pinpad.x=1", "no option 'pinpad.x'; here are min_digits"),
        ("plain?vendor_id=x", "vendor_id"),
        ("plain?escapes=x", "REQUEST:ANSWER"),
        ("plain?name=", "1..121"),
    ]
    for text, says in cases:
        with pytest.raises(SpecError, match=says):
            model(text)
