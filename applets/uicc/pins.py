"""The PINs of a UICC: each has a PUK, and can be disabled.

Spec: ETSI TS 102 221, 9.4 (PIN attributes), 9.5 (PIN functions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from applets.shared.file_system.tree import Path
from vcard import SW, Pin, Section, tlv

ENABLED_BITS = 0x80
SHOWN = 8
PIN1, PIN2 = 0x01, 0x81


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A PIN as delivered: its key reference, value (8 bytes, padded with FF), tries and PUK.

    `left` and `puk_left` are the remaining tries (None: all). `adf` is the path of the application
    that a local PIN belongs to; empty for a global PIN.
    """

    reference: int
    value: bytes = field(repr=False)
    tries: int = 3
    puk: bytes = field(default=b"", repr=False)
    puk_tries: int = 10
    enabled: bool = True
    left: int | None = None
    puk_left: int | None = None
    adf: Path = ()

    @property
    def name(self) -> str:
        """The name of its state in the memory."""
        return f"{self.reference:02X}" + "".join(f"-{fid:04X}" for fid in self.adf[1:])


class UiccPin:
    """A PIN that can be disabled, and its PUK."""

    def __init__(self, memory: Section, spec: PinSpec) -> None:
        name = f"pin{spec.name}"
        self._memory = memory
        self._flag = f"{name}.enabled"
        self._default = spec.enabled
        self.reference, self.adf = spec.reference, spec.adf
        self.pin = Pin(memory, name, spec.value, tries=spec.tries, left=spec.left)
        self.puk: Pin | None = None
        if spec.puk:
            name = f"puk{spec.name}"
            self.puk = Pin(memory, name, spec.puk, tries=spec.puk_tries, left=spec.puk_left)

    @property
    def enabled(self) -> bool:
        """Whether the card requires verification."""
        return bool(self._memory.get(self._flag, self._default))

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._memory[self._flag] = value

    @property
    def satisfied(self) -> bool:
        """True if a condition that names this PIN is met."""
        return not self.enabled or self.pin.verified

    @property
    def verified(self) -> bool:
        """True if the value was shown since the reset."""
        return self.pin.verified

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
    """The PINs of one file system, by key reference and the path of the file that needs it.

    A reference means the PIN of the application that contains the path, else that of the card, else
    that of the first application: cards accept local references in the MF as well.
    Spec: ETSI TS 102 221, 9.5.1 (key references, global and local).

    A PIN writes its initial value at its first use. `write` does so at installation, because a
    later failing command would be rolled back together with its try counter.
    """

    def __init__(self, specs: Iterable[PinSpec], memory: Section) -> None:
        self._specs = tuple(specs)
        self._memory = memory
        self._pins: tuple[UiccPin, ...] | None = None

    def write(self) -> None:
        """Write the initial values."""
        self._pins = tuple(UiccPin(self._memory, spec) for spec in self._specs)

    def __iter__(self) -> Iterator[UiccPin]:
        if self._pins is None:
            self.write()
        assert self._pins is not None
        return iter(self._pins)

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, reference: int) -> bool:
        return self.get(reference) is not None

    def __getitem__(self, reference: int) -> UiccPin:
        """A PIN by key reference; raises 6A88 if it does not exist."""
        return self.find(reference)

    def find(self, reference: int, path: Path = ()) -> UiccPin:
        """Return the PIN of a reference at a path; raises 6A88 if it does not exist."""
        found = self.get(reference, path)
        if found is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return found

    def get(self, reference: int, path: Path = ()) -> UiccPin | None:
        """Return the PIN of a reference at a path, or None."""
        return self._visible(path).get(reference)

    def _visible(self, path: Path) -> dict[int, UiccPin]:
        """The PINs by reference that are visible at a path."""

        def distance(pin: UiccPin) -> tuple[int, int]:
            rank = 2 if not pin.adf else 1 if path[: len(pin.adf)] == pin.adf else 3
            return rank, -len(pin.adf)

        found: dict[int, UiccPin] = {}
        for pin in sorted(self, key=distance):
            found.setdefault(pin.reference, pin)
        return found

    def satisfied(self, path: Path = ()) -> set[int]:
        """The key references whose conditions are met for a file."""
        return {reference for reference, pin in self._visible(path).items() if pin.satisfied}

    def allow(self, reference: int, path: Path = ()) -> bool:
        """True if a PIN is satisfied, or the card does not have it."""
        pin = self.get(reference, path)
        return pin is None or pin.satisfied

    def status(self, path: Path = (), named: Iterable[int] = ()) -> bytes:
        """Return the value of the PIN status template (C6) of a DF.

        It contains the references in `named`, by default all but the administrative keys.
        Spec: ETSI TS 102 221, 11.1.1.4.10.
        """
        visible = self._visible(path)
        usual = (one for one in sorted(visible) if not visible[one].administrative)
        shown = (list(named) or list(usual))[:SHOWN]
        enabled = sum(
            ENABLED_BITS >> i
            for i, one in enumerate(shown)
            if one in visible and visible[one].enabled
        )
        return tlv(0x90, bytes((enabled,))) + b"".join(tlv(0x83, bytes((one,))) for one in shown)
