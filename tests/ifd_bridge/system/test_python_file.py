from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ifd_bridge.system.python_file import load


def test_the_files_beside_it_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("NUMBER = 42")
    (tmp_path / "mine.py").write_text("from beside_it import NUMBER")
    before = list(sys.path)
    assert load(tmp_path / "mine.py").NUMBER == 42
    assert sys.path == before


def test_what_is_no_python_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("NUMBER = 42")
    for name in ("none.py", "text.txt"):
        with pytest.raises(FileNotFoundError, match=name):
            load(tmp_path / name)


def test_an_error_of_its_code_comes_out_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    before = list(sys.path)
    with pytest.raises(ZeroDivisionError):
        load(tmp_path / "broken.py")
    assert sys.path == before
