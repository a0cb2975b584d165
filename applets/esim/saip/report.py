"""Warnings about the skipped parts of a package.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7.1 (errors).
"""

from __future__ import annotations

from collections.abc import Iterable

from .element import Element
from .node import Node
from .status import Finding, PackageError, Status


class Report(list[Finding]):
    """The warnings in order."""

    def unknown(self, element: Element, others: Iterable[Node]) -> None:
        """Add a warning for each unknown component; they are skipped."""
        for node in others:
            text = f"component {node.tag:X} is not known"
            error = PackageError(Status.INVALID_PARAMETER, text, node.start)
            self.append(error.within(element.identification, element.name).finding)
