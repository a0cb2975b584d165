"""The file system of a model with key files: authentication reads them at each challenge."""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.file_system.tree import MF, File, Path
from applets.sim.subscription import Subscription, SubscriptionFiles
from applets.sim.usim import Aka, Sequence
from vcard import Section

from .key_files import SequenceFile, read_key
from .table import Model


class ModelFiles(SubscriptionFiles):
    """The files of a subscription on a card of a model."""

    def __init__(self, subscription: Subscription, memory: Section, model: Model) -> None:
        super().__init__(subscription, memory)
        self._model = model

    def aka(self, adf: Path) -> Aka | None:
        """The secrets in the key file of an application; those of 2G for the MF."""
        file = self._key_file(adf)
        if file is None:
            return super().aka(adf)
        return read_key(self.content(file))

    def _key_file(self, adf: Path) -> File | None:
        if adf == (MF,):
            return self.tree.by_path.get((MF, *self._model.key_2g))
        return self.tree.child(adf, self._model.key)

    def sequence(self, adf: Path = ()) -> Sequence:
        """The sequence numbers in the file of an application."""
        numbers = self._numbers(adf)
        return super().sequence(adf) if numbers is None else numbers.sequence()

    def use_up(self, adf: Path, sequence: Sequence) -> None:
        """Store the sequence numbers after a challenge."""
        numbers, file = self._numbers(adf), self.tree.child(adf, self._model.sequence)
        if numbers is None or file is None:
            super().use_up(adf, sequence)
        else:
            self.write(file, bytes(numbers.used(sequence)))

    def _numbers(self, adf: Path) -> SequenceFile | None:
        file = self.tree.child(adf, self._model.sequence)
        if file is None:
            return None
        try:
            return SequenceFile.parse(self.content(file))
        except ValueError:
            return None


def viewer(model: Model | None) -> Callable[[Subscription, Section], SubscriptionFiles]:
    """The factory of a subscription's file system, on a card of a model or of none."""
    if model is None:
        return SubscriptionFiles
    known = model
    return lambda subscription, memory: ModelFiles(subscription, memory, known)
