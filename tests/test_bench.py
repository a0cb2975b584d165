"""The bench distinguishes two runs only by differences outside their spread."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import compare
from bench.report import Report, Row

STEADY = (1.9, 1.9, 1.95, 2.0, 2.05, 2.1, 2.1)


def row(*ratios: float, name: str = "short APDU", more: bool = False) -> Row:
    return Row(name, "µs", [25 * ratio for ratio in ratios], ratios, "null", more)


def written(path: Path, *rows: Row) -> str:
    report = Report({"processor": "one"})
    report.rows = list(rows)
    report.write(path)
    return str(path)


def test_a_row_is_slower_or_faster_where_the_spreads_do_not_touch() -> None:
    cases = (
        (STEADY, STEADY, False, ""),
        (STEADY, (2.0, 2.0, 2.04, 2.2, 2.2, 2.9, 2.9), False, ""),
        ((2.0, 2.0, 2.0), (2.05, 2.05, 2.05), False, ""),
        (STEADY, (2.4, 2.5, 2.5, 2.6), False, "slower"),
        (STEADY, (1.4, 1.5, 1.5, 1.6), False, "faster"),
        (STEADY, (2.4, 2.5, 2.5, 2.6), True, "faster"),
        (STEADY, (1.4, 1.5, 1.5, 1.6), True, "slower"),
    )
    for before, after, more, judged in cases:
        assert compare.verdict(row(*before, more=more), row(*after, more=more)) == judged


def test_ratios_are_compared_and_no_times_of_different_machines() -> None:
    slow_machine = Row("short APDU", "µs", [100.0, 101.0], STEADY, "null")
    assert compare.verdict(row(*STEADY), slow_machine) == ""


def test_what_others_are_compared_with_is_not_judged() -> None:
    quick, slow = (Row("null", "µs", [time] * 3, base="null") for time in (25.0, 50.0))
    assert compare.verdict(quick, slow) == ""
    alone = (Row("start", "ms", [time] * 3) for time in (25.0, 50.0))
    assert compare.verdict(*alone) == "slower"


def test_a_report_comes_back_from_its_file(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "a.json", row(*STEADY))
    read = Report.read(Path(path))
    assert read.machine == {"processor": "one"}
    assert read.rows[0].as_json() == row(*STEADY).as_json()
    Path(path).write_text('{"version": 0}')
    with pytest.raises(ValueError, match="no report of version 1"):
        Report.read(Path(path))


def test_two_files_are_printed_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path / "a", row(*STEADY), row(1.0, name="gone"))
    after = written(tmp_path / "b", row(3.0, 3.1), row(1.0, name="new"))
    assert compare.main([before, after]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("short APDU")
    assert lines[1].endswith("1.52 slower")
    assert [line.split()[0] for line in lines if "in one run only" in line] == ["gone", "new"]
    assert compare.main([before, before]) == 0


def test_without_two_files_it_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main([]) == 2
    assert "BEFORE AFTER" in capsys.readouterr().err
