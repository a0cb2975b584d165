from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from tests.kits.esim.package import package, with_elements
from tests.kits.esim.raw_package import element, file, managed


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "one.der").write_bytes(package())
    (tmp_path / "one.hex").write_text(package().hex())
    (tmp_path / "two.der").write_bytes(package(imsi="080910101032547699"))
    (tmp_path / "more.der").write_bytes(with_elements(element(40), managed(file(0x2F40))))
    (tmp_path / "wrong.der").write_bytes(with_elements(managed(file(0x2FE2))))
    (tmp_path / "other.der").write_bytes(b"\x30\x00")
    return tmp_path


def run(files: Path, *words: str, status: int = 0) -> str:
    named = [str(files / word) if "." in word else word for word in words]
    shown = CliRunner().invoke(vcard, ["esim", *named])
    assert shown.exit_code == status, shown.output
    return shown.output.replace(f"{files}/", "")


def test_a_package_is_shown_as_a_tree(files: Path) -> None:
    lines = run(files, "show", "one.der").splitlines()
    assert "  iccid: 8949001111111111119" in lines
    assert "  3F00 MF: DF, access 2F06:1" in lines
    assert any(line.startswith("      6F07 EF.IMSI: transparent, access") for line in lines)
    assert any("usim 1: " in line and "mandatory" not in line for line in lines)
    assert any(line.startswith("  reference 01  value **") for line in lines)
    assert any("algorithm milenage  key **" in line for line in lines)


def test_hexadecimal_does_as_well(files: Path) -> None:
    assert run(files, "show", "one.hex") == run(files, "show", "one.der")


def test_what_is_left_out_and_links_are_shown(files: Path) -> None:
    assert "pe-not-supported" in run(files, "show", "more.der")


def test_json_has_all_of_it(files: Path) -> None:
    values = json.loads(run(files, "show", "one.der", "--json"))
    assert {"header", "elements", "files", "pins", "applications"} <= values.keys()


def test_a_package_that_fits_is_held_whole(files: Path) -> None:
    assert run(files, "check", "one.der") == "one.der is held whole\n"
    assert json.loads(run(files, "check", "one.der", "--json")) == {
        "installs": True, "findings": [],
    }  # fmt: skip


def test_what_a_card_cannot_hold_is_said_with_status_1(files: Path) -> None:
    said = run(files, "check", "more.der", status=1)
    assert said == (
        "more.der: element 40 7, offset 0: elements of this kind are not known"
        " (pe-not-supported, 1)\nmore.der is refused\n"
    )
    found = json.loads(run(files, "check", "wrong.der", "--json", status=1))
    assert not found["installs"]
    assert found["findings"][0]["status"] == "bad-values"
    assert found["findings"][0]["identification"] == 7
    assert "not-enough-memory" in run(files, "check", "one.der", "--memory", "100", status=1)


def test_differences_are_lines_with_status_1(files: Path) -> None:
    assert run(files, "diff", "one.der", "one.hex") == ""
    assert run(files, "diff", "one.der", "two.der", status=1) == (
        "- files, 3F00/7FD0/6F07, content: 080910101032547698\n"
        "+ files, 3F00/7FD0/6F07, content: 080910101032547699\n"
    )
    assert "+ files, 3F00/2F40, size: 5" in run(files, "diff", "one.der", "more.der", status=1)
    found = json.loads(run(files, "diff", "one.der", "two.der", "--json", status=1))
    assert found["files, 3F00/7FD0/6F07, content"][1] == "080910101032547699"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["show"], "Missing argument 'PACKAGE'"),
        (["show", "none.der"], "none.der: no such file, nor is it hexadecimal"),
        (["show", "other.der"], "other.der: package, offset 0: tag 30 is no profile element"),
        (["show", "wrong.der"], "genericFileManagement 7, offset 19: 3F002FE2 exists already"),
        (["check", "one.der", "--memory", "much"], "'much' is not a valid integer"),
        (["check", "one.der", "--memory", "-1"], "-1 is not in the range"),
        (["diff", "one.der"], "Missing argument 'B'"),
        (
            ["diff", "one.der", "other.der"],
            "other.der: package, offset 0: tag 30 is no profile element",
        ),
    ],
)
def test_a_wrong_usage_has_its_sentence(files: Path, words: list[str], text: str) -> None:
    named = [str(files / word) if word.endswith(".der") else word for word in words]
    shown = CliRunner().invoke(vcard, ["esim", *named])
    assert shown.exit_code != 0
    assert text in shown.output
    assert "Traceback" not in shown.output
