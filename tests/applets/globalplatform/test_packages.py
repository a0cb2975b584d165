from __future__ import annotations

import pytest

from applets.globalplatform.packages import read_load_file, write_load_file
from applets.globalplatform.registry import LoadFile

FILE = LoadFile(b"12345", b"\2\1", {b"123456": "hello", b"1234567": "random"})
NAMES = {"hello", "random"}


def test_a_load_file_is_read_as_it_was_written() -> None:
    assert read_load_file(write_load_file(FILE), NAMES) == FILE


def test_signatures_before_it_are_passed_over_and_a_version_may_be_absent() -> None:
    raw = bytes.fromhex("E2044F02AABB" + "C416 4F053132333435 E20D 4F06313233343536 81 03 616263")
    assert read_load_file(raw, {"abc"}) == LoadFile(b"12345", b"\1\0", {b"123456": "abc"})


@pytest.mark.parametrize(
    "raw",
    ["", "C400", "C4074F053132333435", "C4 0A DECAFFED010204000107", "E200", "C400C400",
     "C40B 4F053132333435 E202 4F00", "C410 4F053132333435 E207 4F0141 8102FFFF"],
)  # fmt: skip
def test_what_is_no_load_file_of_ours_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_load_file(bytes.fromhex(raw), NAMES)


def test_only_what_may_be_loaded_can_be_named() -> None:
    with pytest.raises(ValueError, match="random"):
        read_load_file(write_load_file(FILE), {"hello"})
