"""The example runs as it stands."""

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pcsc

ROOT = Path(__file__).parents[3]


def test_the_example_signs_with_a_pin_from_the_keypad(desk):
    desk.need("pkcs11-tool")
    example = ROOT / "examples" / "piv_keypad.py"
    said = desk.run(sys.executable, example, PYTHONPATH=str(ROOT))
    assert "signed by CN=Alice Example" in said
