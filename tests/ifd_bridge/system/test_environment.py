"""The table lists exactly the environment variables of the code."""

import re

from ifd_bridge.system.environment import VARIABLES
from tests.source import ROOT

OURS = re.compile(r"\bVCARD_[A-Z_]+\b")


def test_each_variable_of_ours_is_told() -> None:
    files = [
        ROOT / "setup.py",
        *(ROOT / "ifd_bridge").rglob("*.py"),
        *(ROOT / "ifd_bridge").rglob("*.c"),
    ]
    texts = [path.read_text() for path in files if path.name != "environment.py"]
    used = {name for text in texts for name in OURS.findall(text)}
    assert used == {one.name for one in VARIABLES if one.name.startswith("VCARD_")}


def test_names_are_told_once() -> None:
    names = [one.name for one in VARIABLES]
    assert len(names) == len({*names})
