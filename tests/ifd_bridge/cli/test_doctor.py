from __future__ import annotations

import pytest
from click.testing import CliRunner

from ifd_bridge import doctor
from ifd_bridge.cli.doctor import doctor_command
from ifd_bridge.doctor import Finding

GOOD = Finding("good", good=True, text="is there")
OPTIONAL = Finding("optional", good=False, text="is not there", cure="apt install it", needed=False)
MISSING = Finding("missing", good=False, text="is not there", cure="apt install it")


@pytest.mark.parametrize(
    ("findings", "status"),
    [([GOOD], 0), ([GOOD, OPTIONAL], 0), ([GOOD, OPTIONAL, MISSING], 1)],
)
def test_only_what_is_needed_counts(
    findings: list[Finding], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    shown = CliRunner().invoke(doctor_command)
    assert shown.exit_code == status
    assert shown.output.count("apt install it") == len(findings) - 1
