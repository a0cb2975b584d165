"""One copy of the tree, in which changed modules are tried against their test files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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

    def survives(self, path: Path, code: str) -> bool:
        """Whether a module's test file passes with other code in the module's place."""
        module = self.root / path
        genuine = module.read_text()
        try:
            self._write(module, code)
            return self.passes(path)
        finally:
            self._write(module, genuine)

    def passes(self, path: Path) -> bool:
        """Whether the test file of a module passes."""
        command = [
            sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
            "--timeout=30", "-m", SELECTED, str(self.test_file(path)),
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
