"""A desk: reader, cable, driver and a private pcscd, made in one call."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

from ifd_bridge.doors.bridge import BridgeDoor
from ifd_bridge.worlds.endpoint import BareReader, Endpoint
from readers.models import PLAIN
from readers.reader import CcidReader
from tests.kits.pcsc.client import Client


class Desk:
    """A reader that clients can reach."""

    def __init__(self, reader, world, stack):
        self.reader = reader
        self.world = world
        self.environ = world.environ
        self._stack = stack

    def client(self):
        """A client that lives as long as the desk."""
        return self._stack.enter_context(Client(self.environ))


@contextmanager
def desk(model=PLAIN, *cards, options=None):
    """The `cards` are in the slots from the first on; None leaves one empty."""
    reader = CcidReader(model)
    for slot, card in enumerate(cards):
        if card is not None:
            reader.insert(card, slot)
    door = BridgeDoor([BareReader(reader)], options)
    with ExitStack() as stack:
        world = stack.enter_context(Endpoint(door))
        yield Desk(reader, world, stack)
