from __future__ import annotations

import click
import pytest

from ifd_bridge.cli.hexadecimal import KEY, Hexadecimal


def test_bytes_are_read_with_or_without_spaces() -> None:
    assert Hexadecimal().convert("00 A4", None, None) == b"\x00\xa4"
    assert Hexadecimal(2).convert("00a4", None, None) == b"\x00\xa4"
    assert KEY.convert(bytes(5), None, None) == bytes(5)  # a value that was read already


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (Hexadecimal(), "zz", "bytes in hexadecimal, not 'zz'"),
        (Hexadecimal(1), "0000", "1 byte in hexadecimal, not 2"),
        (Hexadecimal(3), "", "3 bytes in hexadecimal, not 0"),
        (KEY, "00" * 9, "8, 16, 24 or 32 bytes in hexadecimal, not 9"),
    ],
)
def test_other_values_are_told(kind: Hexadecimal, text: str, says: str) -> None:
    with pytest.raises(click.BadParameter, match=says):
        kind.convert(text, None, None)
