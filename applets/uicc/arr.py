"""EF.ARR: the access rules of a UICC, in files of the card itself.

The rules are read from the files at each command, as on a real card, so that an administrator who
updates EF.ARR changes them. A table beside the files would have to be kept in step.
Spec: ETSI TS 102 221, 9.2.4 (expanded format), 9.2.7 (EF.ARR), 13.4.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Protocol

from applets.shared.file_system.access_rules import ALWAYS, NEVER, Condition, Mode, Rule
from applets.shared.file_system.tree import File, Kind, Tree

ARR = 0x2F06
INS_INCREASE = 0x32
INCREASE = Mode(0x100)
"""The access mode byte has no bit for INCREASE: rules name it by its instruction code."""


class RuleFiles(Protocol):
    """The files that hold the rules, and those that obey them."""

    tree: Tree

    def content(self, file: File) -> bytes:
        """The current body."""


class ArrRules:
    """The access rules of one file system; `verified` gives the PINs that are satisfied."""

    def __init__(self, files: RuleFiles, verified: Callable[[], Set[int]]) -> None:
        self._files, self._verified = files, verified

    def permits(self, file: File, mode: Mode) -> bool:
        """Whether the satisfied PINs suffice for an operation."""
        return self.condition(file, mode).met(self._verified())

    def condition(self, file: File, mode: Mode) -> Condition:
        """The condition in the file's record of EF.ARR.

        Without an EF.ARR files can only be read; a record that cannot be parsed allows nothing.
        """
        rules = self._rule_file(file)
        if rules is None:
            return ALWAYS if mode is Mode.READ else NEVER
        start = (file.rule - 1) * rules.record
        record = self._files.content(rules)[start : start + rules.record]
        try:
            return Rule.parse(record, {INS_INCREASE: INCREASE}).condition(mode)
        except ValueError:
            return NEVER

    def _rule_file(self, file: File) -> File | None:
        """The nearest EF.ARR in the file's DF or above it."""
        path = file.path[:-1]
        while path:
            found = self._files.tree.child(path, file.arr or ARR)
            if found is not None and found.kind is Kind.LINEAR:
                return found
            path = path[:-1]
        return None
