"""A subscription: the files, PINs and secrets that an operator issues, as one immutable value.

Later changes (file contents, PINs, sequence numbers) are stored beside it in the memory, so that a
fleet of cards shares everything that never changes.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property

from applets.shared.file_system.tree import File, Path, Tree
from applets.uicc.files import UiccFiles
from applets.uicc.pins import PinSpec
from vcard import Section, Value
from vcard.memory import all_parts, parts

from .usim import Aka, Sequence


@dataclass(frozen=True)
class Subscription:
    """Files, PINs and AKA parameters; `aka` is None without a network access application.

    `others` are the parameters of applications with keys of their own, by the paths of their ADFs.
    """

    files: tuple[File, ...] = ()
    pins: tuple[PinSpec, ...] = ()
    aka: Aka | None = None
    others: tuple[tuple[Path, Aka], ...] = ()

    @cached_property
    def tree(self) -> Tree:
        """The files by path."""
        return Tree(self.files)

    @property
    def secrets(self) -> tuple[Aka, ...]:
        """All AKA parameters."""
        first = () if self.aka is None else (self.aka,)
        return (*first, *(aka for _, aka in self.others))

    def to_value(self) -> tuple[Value, ...]:
        """Convert to immutable values for a Memory."""
        return (
            tuple(file.to_value() for file in self.files),
            tuple(astuple(pin) for pin in self.pins),
            None if self.aka is None else self.aka.to_value(),
            tuple((path, aka.to_value()) for path, aka in self.others),
        )

    @classmethod
    def from_value(cls, value: Value) -> Subscription:
        """Restore a subscription from the result of `to_value`."""
        files, pins, aka, *more = all_parts(value)
        return cls(
            tuple(File.from_value(file) for file in all_parts(files)),
            tuple(PinSpec(*pin) for pin in all_parts(pins)),  # type: ignore[misc] # as to_value wrote it
            None if aka is None else Aka.from_value(aka),
            _others(*more),
        )


def _digits(path: Path) -> str:
    return "".join(f"{fid:04X}" for fid in path)


def _others(pairs: Value = ()) -> tuple[tuple[Path, Aka], ...]:
    """The keys of further applications; older memories have none."""
    each = map(all_parts, all_parts(pairs))
    return tuple((path, Aka.from_value(aka)) for path, aka in each)  # type: ignore[misc] # as to_value wrote it


class SubscriptionFiles(UiccFiles):
    """The file system of one subscription as it is now, and its sequence numbers."""

    def __init__(self, subscription: Subscription, memory: Section) -> None:
        super().__init__(subscription.tree, subscription.pins, memory)
        self.subscription = subscription

    def aka(self, adf: Path) -> Aka | None:
        """The secrets of an application: its own, else those of the subscription."""
        return dict(self.subscription.others).get(adf, self.subscription.aka)

    def sequence(self, adf: Path = ()) -> Sequence:
        """Return the sequence numbers that an application's authentication has accepted."""
        aka = self.aka(adf)
        if aka is None:
            return Sequence()
        first = aka.sequence or Sequence().highest
        used = self._memory.get(self._place(adf), first)
        return Sequence(used, aka.delta, aka.age)  # type: ignore[arg-type] # we wrote integers

    def use_up(self, adf: Path, sequence: Sequence) -> None:
        """Store the sequence numbers after a challenge."""
        self._memory[self._place(adf)] = sequence.highest

    def bootstrap(self, adf: Path) -> tuple[bytes, bytes] | None:
        """The challenge and the key of an application's last bootstrapping, or None."""
        found = self._memory.get(f"gba-{_digits(adf)}")
        return None if found is None else parts(found, bytes, bytes)

    def bootstrapped(self, adf: Path, rand: bytes, key: bytes) -> None:
        """Store the result of a bootstrapping."""
        self._memory[f"gba-{_digits(adf)}"] = (rand, key)

    def _place(self, adf: Path) -> str:
        """The name of an application's sequence numbers, shared by those with the same keys."""
        own = any(path == adf for path, _ in self.subscription.others)
        return f"sqn-{_digits(adf)}" if own else "sqn"
