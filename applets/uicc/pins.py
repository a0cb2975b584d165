"""The PINs of a UICC: with a PUK each, and switched off if the user likes.

Spec: ETSI TS 102 221, 9.4 (PIN attributes), 9.5 (PIN functions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vcard import SW, Pin, Section, tlv

ENABLED_BITS = 0x80
SHOWN = 8
PIN1, PIN2 = 0x01, 0x81


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A PIN as delivered: its key reference, value (8 bytes, padded with FF), tries and PUK.

    `left` and `puk_left` are the remaining tries; None: all.
    """

    reference: int
    value: bytes
    tries: int = 3
    puk: bytes = b""
    puk_tries: int = 10
    enabled: bool = True
    left: int | None = None
    puk_left: int | None = None


class UiccPin:
    """A PIN that can be switched off, and its PUK."""

    def __init__(self, memory: Section, spec: PinSpec) -> None:
        name = f"pin{spec.reference:02X}"
        self._memory = memory
        self._flag = f"{name}.enabled"
        self._default = spec.enabled
        self.reference = spec.reference
        self.pin = Pin(memory, name, spec.value, tries=spec.tries, left=spec.left)
        self.puk: Pin | None = None
        if spec.puk:
            name = f"puk{spec.reference:02X}"
            self.puk = Pin(memory, name, spec.puk, tries=spec.puk_tries, left=spec.puk_left)

    @property
    def enabled(self) -> bool:
        """Whether the card asks for verification at all."""
        return bool(self._memory.get(self._flag, self._default))

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._memory[self._flag] = value

    @property
    def satisfied(self) -> bool:
        """True if a condition that names this PIN is met."""
        return not self.enabled or self.pin.verified

    @property
    def administrative(self) -> bool:
        """True for the keys of administrators, ADM1 to ADM10 (Spec: TS 102 221, table 9.3)."""
        return 0x0A <= self.reference & 0x7F <= 0x0E

    def unblock(self, puk: bytes, new: bytes) -> None:
        """Set a new value with the PUK; raises 63Cx, 6983 or 6984 (no PUK)."""
        if self.puk is None:
            raise SW.REFERENCE_DATA_NOT_USABLE
        self.puk.check(puk)
        self.pin.replace(new)
        self.enabled = True
        self.pin.verified = True


class Pins:
    """The PINs of one file system, by key reference.

    A PIN writes its first value when it is first needed. `write` does so at installation, because
    a later command that fails is undone, its try counter with it.
    """

    def __init__(self, specs: Iterable[PinSpec], memory: Section) -> None:
        self._specs = tuple(specs)
        self._memory = memory
        self._pins: dict[int, UiccPin] | None = None

    def write(self) -> None:
        """Write the first values."""
        self._pins = {spec.reference: UiccPin(self._memory, spec) for spec in self._specs}

    @property
    def by_reference(self) -> dict[int, UiccPin]:
        """All PINs."""
        if self._pins is None:
            self.write()
        assert self._pins is not None
        return self._pins

    def __iter__(self) -> Iterator[UiccPin]:
        return iter(self.by_reference.values())

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, reference: int) -> bool:
        return reference in self.by_reference

    def __getitem__(self, reference: int) -> UiccPin:
        """A PIN by key reference; raises 6A88 if it does not exist."""
        found = self.get(reference)
        if found is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return found

    def get(self, reference: int) -> UiccPin | None:
        """A PIN by key reference, or None."""
        return self.by_reference.get(reference)

    def satisfied(self) -> set[int]:
        """The key references whose conditions are met."""
        return {pin.reference for pin in self if pin.satisfied}

    def allow(self, reference: int) -> bool:
        """True if a PIN is satisfied, or the card does not have it."""
        pin = self.get(reference)
        return pin is None or pin.satisfied

    def status(self) -> bytes:
        """The PIN status template of a DF (tag C6); it never shows administrative keys.

        Spec: ETSI TS 102 221, 11.1.1.4.10.
        """
        ordered = sorted(self, key=lambda pin: pin.reference)
        shown = [pin for pin in ordered if not pin.administrative][:SHOWN]
        enabled = sum(ENABLED_BITS >> i for i, pin in enumerate(shown) if pin.enabled)
        references = [tlv(0x83, bytes((pin.reference,))) for pin in shown]
        return tlv(0xC6, tlv(0x90, bytes((enabled,))), *references)
