"""The commands for PINs: VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN.

Spec: ETSI TS 102 221, 9.5 and 11.1.9 to 11.1.13.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .pins import UiccPin
from .selection import Selection


class PinCommands(Selection):
    """The commands for the PINs of the file system that the channel sees."""

    def pin(self, reference: int) -> UiccPin:
        """Return the PIN of a reference in the current application; raises 6A88."""
        place = self.place
        here = place.df if len(place.df) > 1 else place.adf or ()
        return self.files.pins.find(reference, here)

    @handles(ins=0x20, cla=0x00, p1=0)
    def verify(self, command: Command) -> Reply:
        """VERIFY PIN; without data it returns the remaining tries."""
        pin = self.pin(command.p2)
        if not command.data:
            return pin.pin.status if not pin.pin.verified else SW.tries_left(pin.pin.tries_left)
        self._verify(command.p2, _eight(command.data))
        return None

    def _verify(self, reference: int, value: bytes) -> None:
        pin = self.pin(reference)
        if not pin.enabled:
            raise SW.REFERENCE_DATA_NOT_USABLE
        pin.pin.verify(value)

    @handles(ins=0x24, cla=0x00, p1=0)
    def change_pin(self, command: Command) -> Reply:
        """CHANGE PIN: the old value and the new one."""
        data = _eight(command.data, 2)
        self._verify(command.p2, data[:8])
        self.pin(command.p2).pin.replace(data[8:])
        return None

    @handles(ins=0x26, cla=0x00, p1=0)
    def disable_pin(self, command: Command) -> Reply:
        """DISABLE PIN: conditions that name it are then met."""
        self._verify(command.p2, _eight(command.data))
        self.pin(command.p2).enabled = False
        return None

    @handles(ins=0x28, cla=0x00, p1=0)
    def enable_pin(self, command: Command) -> Reply:
        """ENABLE PIN."""
        pin = self.pin(command.p2)
        if pin.enabled:
            return SW.REFERENCE_DATA_NOT_USABLE
        pin.pin.verify(_eight(command.data))
        pin.enabled = True
        return None

    @handles(ins=0x2C, cla=0x00, p1=0)
    def unblock_pin(self, command: Command) -> Reply:
        """UNBLOCK PIN: the PUK and a new value; without data the tries of the PUK."""
        pin = self.pin(command.p2)
        if not command.data:
            return pin.puk.status if pin.puk else SW.REFERENCED_DATA_NOT_FOUND
        data = _eight(command.data, 2)
        pin.unblock(data[:8], data[8:])
        return None


def _eight(data: bytes, count: int = 1) -> bytes:
    """Check that the data are values of 8 bytes each; raises 6700 otherwise."""
    if len(data) != 8 * count:
        raise SW.WRONG_LENGTH
    return data
