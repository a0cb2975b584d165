"""A profile's files and PINs as they are now: what the package said, and what changed since.

Only changes are kept in the memory. PIN verification is volatile and ends with this object.
Spec: ETSI TS 102 221, 9.4 and 9.5 (PINs and access conditions).
"""

from __future__ import annotations

from vcard import SW, Pin, Section, tlv

from .access import ALWAYS, Condition, Mode, Rule
from .files import File, Kind, Path
from .profiles import PinSpec, Profile
from .usim import Sequence

ENABLED_BITS = 0x80


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
        """Whether verification is asked for at all."""
        return bool(self._memory.get(self._flag, self._default))

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._memory[self._flag] = value

    @property
    def satisfied(self) -> bool:
        """True if a condition that names this PIN is met."""
        return not self.enabled or self.pin.verified

    def unblock(self, puk: bytes, new: bytes) -> None:
        """Set a new value with the PUK; raises 63Cx, 6983 or 6984 (there is no PUK)."""
        if self.puk is None:
            raise SW.REFERENCE_DATA_NOT_USABLE
        self.puk.check(puk)
        self.pin.replace(new)
        self.enabled = True
        self.pin.verified = True


class FileSystem:
    """The file system of one enabled profile."""

    def __init__(self, profile: Profile, memory: Section) -> None:
        self.profile = profile
        self.tree = profile.tree
        self._memory = memory
        self._pins: dict[int, UiccPin] | None = None

    def write_pins(self) -> None:
        """Write the PINs' first values: at installation, as a command that fails is undone."""
        self._pins = {spec.reference: UiccPin(self._memory, spec) for spec in self.profile.pins}

    @property
    def pins(self) -> dict[int, UiccPin]:
        """The PINs by key reference."""
        if self._pins is None:
            specs = self.profile.pins
            self._pins = {spec.reference: UiccPin(self._memory, spec) for spec in specs}
        return self._pins

    def pin(self, reference: int) -> UiccPin:
        """A PIN by key reference; 6A88 if there is none."""
        found = self.pins.get(reference)
        if found is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return found

    def content(self, file: File) -> bytes:
        """The body as it is now."""
        value = self._memory.get(f"f/{file.home}", file.content)
        assert isinstance(value, bytes)
        return value

    def write(self, file: File, content: bytes) -> None:
        """Replace the body."""
        self._memory[f"f/{file.home}"] = content

    def active(self, file: File) -> bool:
        """False while the file is deactivated."""
        return f"off/{file.name}" not in self._memory

    def activate(self, file: File, *, active: bool) -> None:
        """Activate or deactivate a file."""
        if active:
            self._memory.pop(f"off/{file.name}", None)
        else:
            self._memory[f"off/{file.name}"] = True

    @property
    def sequence(self) -> Sequence:
        """The sequence numbers that authentication has used up."""
        aka = self.profile.aka
        first = Sequence() if aka is None or not aka.sequence else Sequence(aka.sequence)
        return Sequence(self._memory.get("sqn", first.highest))  # type: ignore[arg-type] # we wrote integers

    @sequence.setter
    def sequence(self, sequence: Sequence) -> None:
        self._memory["sqn"] = sequence.highest

    def require(self, file: File, mode: Mode) -> None:
        """6982 unless the PINs that the operation needs are verified; 6283's file is 6985."""
        if not self.condition(file, mode).met(self.satisfied()):
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        if mode in (Mode.READ, Mode.UPDATE, Mode.INCREASE) and not self.active(file):
            raise SW.CONDITIONS_NOT_SATISFIED

    def satisfied(self) -> set[int]:
        """Key references whose conditions are met."""
        return {reference for reference, pin in self.pins.items() if pin.satisfied}

    def condition(self, file: File, mode: Mode) -> Condition:
        """What an operation needs: the record of EF.ARR, in the file's DF or above it."""
        rules = self._rules(file)
        if rules is None:
            return ALWAYS if mode is Mode.READ else Condition(frozenset())
        start = (file.rule - 1) * rules.record
        try:
            rule = Rule.parse(self.content(rules)[start : start + rules.record])
        except ValueError:
            return Condition(frozenset())
        return rule.condition(mode)

    def _rules(self, file: File) -> File | None:
        path: Path = file.path[:-1]
        while path:
            found = self.tree.child(path, file.arr)
            if found is not None and found.kind is Kind.LINEAR:
                return found
            path = path[:-1]
        return None

    def pin_status(self) -> bytes:
        """The PIN status template of a DF (tag C6). Spec: ETSI TS 102 221, 11.1.1.4.10."""
        # Administrative keys (0A to 0E, 8A to 8E) are not told.
        shown = [pin for one, pin in sorted(self.pins.items()) if not 0x0A <= one & 0x7F <= 0x0E]
        enabled = sum(ENABLED_BITS >> i for i, pin in enumerate(shown[:8]) if pin.enabled)
        references = [tlv(0x83, bytes((pin.reference,))) for pin in shown[:8]]
        return tlv(0xC6, tlv(0x90, bytes((enabled,))), *references)
