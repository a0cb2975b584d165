"""One copy of the tree, in which changed modules are tried against their tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ifd_bridge.system.closing import Closing

from .positions import Mutant

PARTS = (
    "vcard",
    "applets",
    "readers",
    "ifd_bridge",
    "tests",
    "pyproject.toml",
    "README.md",
    "docs",
)
END_S = 120
OWN, RING, NOTHING = "its own test file", "its room's tests", ""
"""What notices a change."""
MANY_ROOMS = ("applets", "ifd_bridge")
"""Packages each of whose folders is a room with tests of its own."""
CARDS_OF = {
    "shared": ("piv", "openpgp", "sim"),
    "uicc": ("sim", "esim"),
    "globalplatform": ("sim", "yubikey"),
}
"""The cards that stand upon what several need."""
SELECTED = "not pcsc and not libccid and not slow and not hotplug"
UNUSED = shutil.ignore_patterns("__pycache__", "vectors/descriptions")


class Trial(Closing):
    """A context manager; its copy of `root` goes with it."""

    def __init__(self, root: Path) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="vcard-mutants-")
        self.root = Path(self._temporary.name)
        self._clock = 0
        for part in PARTS:
            source, target = root / part, self.root / part
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, target, **({"ignore": UNUSED} if source.is_dir() else {}))

    def test_file(self, path: Path) -> Path:
        """The mirror of a module."""
        return self.root / "tests" / path.parent / f"test_{path.name}"

    def room(self, path: Path) -> list[Path]:
        """The unit tests around a module: its room's, those of the rooms together, of the card."""
        parts = path.parts[: 2 if path.parts[0] in MANY_ROOMS else 1]
        tests = self.root / "tests" / Path(*parts)
        cards = CARDS_OF.get(parts[-1], (parts[-1],))
        wholes = [self.root / "tests" / "whole" / card for card in cards]
        above = sorted(tests.parent.glob("test_*.py")) if len(parts) > 1 else []
        return [place for place in (tests, *wholes, *above) if place.exists()]

    def noticed(self, path: Path, code: str) -> str:
        """What notices other code in a module's place: OWN, RING or NOTHING."""
        module = self.root / path
        genuine = module.read_text()
        try:
            self._write(module, code)
            if not self.passes([self.test_file(path)]):
                return OWN
            return NOTHING if self.passes(self.room(path)) else RING
        finally:
            self._write(module, genuine)

    def passes(self, tests: Sequence[Path]) -> bool:
        """Whether test files and folders pass."""
        command = [
            sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
            "--timeout=30", "-m", SELECTED, *map(str, tests),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=self.root, env=self._environment(), capture_output=True,
                timeout=END_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def _write(self, module: Path, code: str) -> None:
        """Write a module with a time of its own, so that no bytecode of before counts."""
        module.write_text(code)
        self._clock += 10
        os.utime(module, (self._clock, self._clock))

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.root / ".hypothesis"),
        }

    def close(self) -> None:
        """Remove the copy."""
        self._temporary.cleanup()


def described(mutant: Mutant, source: str) -> str:
    """A change as a line: the module, the line's number, what stood there and what stands now."""
    changed = mutant.code(source) or source
    before, after = source.splitlines(), changed.splitlines()
    pairs = [(a, b) for a, b in zip(before, after, strict=False) if a != b]
    old, new = pairs[0] if pairs else ("", "")
    return f"{mutant.path}:{mutant.line}: {old.strip()}  ->  {new.strip()}"
