"""A copy of the tree, in which changed modules run against their tests."""

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
"""The test level that notices a change."""
MANY_ROOMS = ("applets", "ifd_bridge")
"""Packages whose folders are rooms with their own tests."""
CARDS_OF = {
    "shared": ("piv", "openpgp", "sim"),
    "uicc": ("sim", "esim"),
    "globalplatform": ("sim", "yubikey"),
}
"""The cards that use a shared room."""
SELECTED = "not pcsc and not libccid and not slow and not hotplug"
UNUSED = shutil.ignore_patterns("__pycache__", "vectors/descriptions")


class Trial(Closing):
    """A context manager that removes its copy of `root` at the end."""

    def __init__(self, root: Path) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="vcard-mutants-")
        self.root = Path(self._temporary.name)
        self._clock = 0
        for part in PARTS:
            source, target = root / part, self.root / part
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, target, **({"ignore": UNUSED} if source.is_dir() else {}))

    def test_file(self, path: Path) -> Path:
        """Return the test file of a module."""
        return self.root / "tests" / path.parent / f"test_{path.name}"

    def room(self, path: Path) -> list[Path]:
        """Return the unit tests around a module: its room's, those across rooms, and its card's."""
        parts = path.parts[: 2 if path.parts[0] in MANY_ROOMS else 1]
        tests = self.root / "tests" / Path(*parts)
        cards = CARDS_OF.get(parts[-1], (parts[-1],))
        wholes = [self.root / "tests" / "whole" / card for card in cards]
        above = sorted(tests.parent.glob("test_*.py")) if len(parts) > 1 else []
        return [place for place in (tests, *wholes, *above) if place.exists()]

    def noticed(self, path: Path, code: str) -> str:
        """Return what notices changed code in a module: OWN, RING or NOTHING."""
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
        """Run test files and folders; return whether they pass."""
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
        """Write a module with a new modification time, so that old bytecode is not used."""
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
    """Describe a change in a line: module, line number, old and new text."""
    changed = mutant.code(source) or source
    before, after = source.splitlines(), changed.splitlines()
    pairs = [(a, b) for a, b in zip(before, after, strict=False) if a != b]
    old, new = pairs[0] if pairs else ("", "")
    return f"{mutant.path}:{mutant.line}: {old.strip()}  ->  {new.strip()}"
