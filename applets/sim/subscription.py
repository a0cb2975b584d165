"""A subscription: the files, PINs and secrets that an operator issues, as one immutable value.

What changes later (file contents, PINs, sequence numbers) lies beside it in the memory, so that a
fleet of cards shares everything that never changes.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property

from applets.shared.file_system.tree import File, Tree
from applets.uicc.files import UiccFiles
from applets.uicc.pins import PinSpec
from vcard import Section, Value

from .usim import Aka, Sequence


@dataclass(frozen=True)
class Subscription:
    """Files, PINs and AKA parameters; `aka` is None without a network access application."""

    files: tuple[File, ...] = ()
    pins: tuple[PinSpec, ...] = ()
    aka: Aka | None = None

    @cached_property
    def tree(self) -> Tree:
        """The files by path."""
        return Tree(self.files)

    def to_value(self) -> tuple[Value, Value, Value]:
        """Convert to immutable values for a Memory."""
        return (
            tuple(file.to_value() for file in self.files),
            tuple(astuple(pin) for pin in self.pins),
            None if self.aka is None else self.aka.to_value(),
        )

    @classmethod
    def from_value(cls, value: Value) -> Subscription:
        """Restore a subscription from the result of `to_value`."""
        assert isinstance(value, tuple)
        files, pins, aka = value
        assert isinstance(files, tuple)
        assert isinstance(pins, tuple)
        return cls(
            tuple(File.from_value(file) for file in files),
            tuple(PinSpec(*pin) for pin in pins),  # type: ignore[misc] # as to_value wrote it
            None if aka is None else Aka.from_value(aka),
        )


class SubscriptionFiles(UiccFiles):
    """The file system of one subscription as it is now, and its sequence numbers."""

    def __init__(self, subscription: Subscription, memory: Section) -> None:
        super().__init__(subscription.tree, subscription.pins, memory)
        self.subscription = subscription

    @property
    def sequence(self) -> Sequence:
        """The sequence numbers that authentication has used up."""
        aka = self.subscription.aka
        first = Sequence() if aka is None or not aka.sequence else Sequence(aka.sequence)
        return Sequence(self._memory.get("sqn", first.highest))  # type: ignore[arg-type] # we wrote integers

    @sequence.setter
    def sequence(self, sequence: Sequence) -> None:
        self._memory["sqn"] = sequence.highest
