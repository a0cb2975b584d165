from __future__ import annotations

import pytest

from readers.ccid.descriptor import Descriptor
from readers.description.fields import NAMES, DescriptionError, bcd, descriptor, number


@pytest.mark.parametrize(
    ("text", "width", "value"),
    [("7", 8, 7), ("0x1F  and words", 8, 0x1F), ("-1", 32, 0xFFFFFFFF), ("255 bps", 8, 255)],
)
def test_numbers_are_decimal_or_hexadecimal(text: str, width: int, value: int) -> None:
    assert number(text, width, 1) == value


@pytest.mark.parametrize("text", ["", "x", "0x", "256", "-129", "1_0x"])
def test_what_is_no_number_names_its_line(text: str) -> None:
    with pytest.raises(DescriptionError, match="line 9: "):
        number(text, 8, 9)


def test_releases_are_binary_coded() -> None:
    assert bcd("1.10", 1) == 0x0110
    assert bcd("5.1A (firmware release?)", 1) == 0x051A
    assert bcd("1.0", 1) == 0x0100
    assert bcd("FF.FF", 1) == 0xFFFF
    for text in ("", "1", "-1.0", "1.", "x.10", "1.100", "100.00"):
        with pytest.raises(DescriptionError, match=r"line 4: .* no release number such as 1\.10"):
            bcd(text, 4)


def test_a_descriptor_names_the_fields_that_it_lacks() -> None:
    values = {name: getattr(Descriptor(), name) for name in NAMES}
    assert descriptor(values, 1) == Descriptor()
    del values["dwFeatures"], values["bPINSupport"]
    with pytest.raises(DescriptionError, match=r"line 3: .* lacks dwFeatures, bPINSupport"):
        descriptor(values, 3)


def test_what_is_wrong_on_a_long_line_is_shown_in_short():
    for read in (lambda text: number(text, 8, 7), lambda text: bcd(text, 7)):
        with pytest.raises(DescriptionError, match="line 7: ") as caught:
            read("x" * 5000)
        assert len(str(caught.value)) < 120
    with pytest.raises(DescriptionError, match="does not fit into 8 bits") as caught:
        number("9" * 4000, 8, 7)
    assert len(str(caught.value)) < 120
