"""EF.ARR: the access rules of a UICC, in files of the card itself.

The rules are read from the files at each command, as on a real card, so that an administrator who
updates EF.ARR changes them. A second table would have to be kept in step with them.
Spec: ETSI TS 102 221, 9.2.4 (expanded format), 9.2.7 (EF.ARR), 13.4.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Protocol

from applets.shared.file_system.access_rules import (
    ALWAYS,
    NEVER,
    Condition,
    Mode,
    Rule,
    compact_condition,
)
from applets.shared.file_system.tree import File, Kind, Path, Tree

ARR = 0x2F06
INCREASE, RESIZE = Mode(0x100), Mode(0x200)
INSTRUCTIONS = {0x32: INCREASE, 0xD4: RESIZE}
"""Operations without a bit in the access mode byte: rules name their instruction codes."""


class RuleFiles(Protocol):
    """The file system that holds the rules, and whose files they protect."""

    @property
    def tree(self) -> Tree:
        """The files as they are now."""

    def content(self, file: File) -> bytes:
        """The current body."""


class ArrRules:
    """The access rules of one file system; `verified` returns the satisfied PINs.

    Its argument is the path of a file, since each application may have PINs of its own.
    """

    def __init__(self, files: RuleFiles, verified: Callable[[Path], Set[int]]) -> None:
        self._files, self._verified = files, verified

    def permits(self, file: File, mode: Mode) -> bool:
        """Whether the satisfied PINs suffice for an operation."""
        return self.condition(file, mode).met(self._verified(file.path))

    def condition(self, file: File, mode: Mode) -> Condition:
        """Return the condition of the file itself, or that in its record of EF.ARR.

        Without an EF.ARR files can only be read; a record that cannot be parsed allows nothing.
        """
        if file.compact:
            return compact_condition(file.compact, mode)
        rules = self._rule_file(file)
        if rules is None:
            return ALWAYS if mode is Mode.READ and file.kind is not Kind.DF else NEVER
        start = (file.rule - 1) * rules.record
        record = self._files.content(rules)[start : start + rules.record]
        try:
            return Rule.parse(record, INSTRUCTIONS).condition(mode)
        except ValueError:
            return NEVER

    def _rule_file(self, file: File) -> File | None:
        """The nearest EF.ARR in the file's parent DF or above; that of a DF is in its parent."""
        path = file.path[:-1] or file.path  # the MF's is in the MF
        while path:
            found = self._files.tree.child(path, file.arr or ARR)
            if found is not None and found.kind is Kind.LINEAR:
                return found
            path = path[:-1]
        return None
