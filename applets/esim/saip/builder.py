"""A profile under construction: each element of a package adds to it.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7.2 (order of the
elements), 8.3 to 8.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from applets.shared.file_system.tree import MF, File, Path
from applets.sim.usim import Aka
from applets.uicc.pins import PinSpec

from . import defaults
from .aka import check_cdma, read_aka
from .applications import check_non_standard, read_application, read_domain, read_rfm
from .element import (
    AKA,
    APPLICATION,
    CDMA,
    FILES,
    NON_STANDARD,
    PINS,
    PUKS,
    RFM,
    SECURITY_DOMAIN,
    Element,
)
from .file_builder import FileBuilder
from .file_set import FileSet
from .header import Header
from .node import bad, malformed
from .report import Report
from .secrets import GLOBAL, OwnPin, Puk, read_pins, read_puks
from .status import PackageError, Status
from .templates import BY_NUMBER


class Builder:
    """The parts read so far: files, PINs, keys, kept elements, and a report of what was skipped."""

    def __init__(self, header: Header, room: int) -> None:
        self.header = header
        self.report = Report()
        self.files = FileSet(room)
        self.file_builder = FileBuilder(header, self.files, self.report)
        self.pins: list[OwnPin] = []
        self.shared: dict[Path, Path] = {}
        self.puks: dict[int, Puk] = {}
        self.aka: dict[Path, Aka | bytes] = {}
        self.kept: list[bytes] = []

    def take(self, element: Element) -> None:
        """Add an element; PackageError if it is invalid."""
        reader = _READERS.get(element.number)
        if reader is not None:
            reader(self, element)
        elif element.number in BY_NUMBER:
            self.file_builder.create(element)
        else:
            text = "elements of this kind are not known"
            raise PackageError(Status.PE_NOT_SUPPORTED, text, element.node.start)

    def leave_out(self, element: Element, error: PackageError) -> None:
        """Skip an element that is not mandatory."""
        self.files.forget(element)
        self.report.append(error.finding)

    def _pins(self, element: Element) -> None:
        df = self.file_builder.context or (MF,)
        found = read_pins(element, df)
        if not isinstance(found, list):
            self.shared[df] = found
            return
        known = {(one.spec.adf, one.spec.reference) for one in self.pins}
        for one in found:
            if (one.spec.adf, one.spec.reference) in known:
                raise bad(f"PIN {one.spec.reference:02X} is defined twice", one.at)
        self.pins += found

    def _puks(self, element: Element) -> None:
        self.puks.update(read_puks(element))

    def _authentication(self, element: Element) -> None:
        """Parameters of the last ADF created; the first own parameters count."""
        application = self.file_builder.application
        if application is None:
            raise malformed("parameters come before their application", element.node.start)
        read = read_aka(element)
        if isinstance(read, bytes) and not self._has_application(read):
            text = f"there is no application {read.hex().upper()} to have the keys of"
            raise PackageError(Status.INVALID_PARAMETER, text, element.node.start)
        if isinstance(self.aka.get(application, b""), bytes):
            self.aka[application] = read

    def _has_application(self, aid: bytes) -> bool:
        return any(file.aid == aid for file in self.files.files.values())

    def _keep(self, element: Element) -> None:
        """Check an element without files, and keep it encoded."""
        _KEPT[element.number](element)
        self.kept.append(element.raw)

    # The whole

    def all_pins(self) -> tuple[PinSpec, ...]:
        """The PINs with their PUKs; shared PINs are repeated for each directory."""
        found = [self._with_puk(one) for one in self.pins]
        for df, other in self.shared.items():
            found += [replace(one, adf=df) for one in found if one.adf == other]
        if self.header.pix is not None:
            known = {one.reference for one in found}
            found += [one for one in defaults.PINS if one.reference not in known]
        return tuple(found)

    def _with_puk(self, pin: OwnPin) -> PinSpec:
        if not pin.puk:
            return pin.spec
        puk = self.puks.get(pin.puk)
        if puk is None:
            text = f"PUK {pin.puk:02X} of PIN {pin.spec.reference:02X} is missing"
            raise PackageError(Status.PIN_CODE_MISSING, text, pin.at).within(*pin.where)
        return replace(pin.spec, puk=puk.value, puk_tries=puk.tries, puk_left=puk.left)

    def check_status(self, files: tuple[File, ...], pins: tuple[PinSpec, ...]) -> None:
        """Check that the PINs in pinStatusTemplateDO exist; PackageError for a missing one."""
        known = {(one.adf, one.reference) for one in pins}
        for file in files:
            for reference in file.pins:
                last = 1 if reference in GLOBAL else len(file.path) + 1
                there = any((file.path[:depth], reference) in known for depth in range(last))
                origin = self.files.origins.get(file.path)
                if origin is not None and not there:
                    text = f"PIN {reference:02X}, which {file.name} tells, is missing"
                    raise origin.error(Status.PIN_CODE_MISSING, text, "pins")

    def all_aka(self) -> tuple[Aka | None, tuple[tuple[Path, Aka], ...]]:
        """Parameters of the first application, and of others that differ; mappings resolved."""
        aids = {file.aid: path for path, file in self.files.files.items() if file.aid}
        own: dict[Path, Aka] = {}
        for path, aka in self.aka.items():
            source = aka if isinstance(aka, Aka) else self.aka.get(aids.get(aka, ()))
            if isinstance(source, Aka):
                own[path] = source
        first = next(iter(own.values()), None)
        return first, tuple((path, aka) for path, aka in own.items() if aka is not first)


_KEPT: dict[int, Callable[[Element], object]] = {
    CDMA: check_cdma,
    SECURITY_DOMAIN: read_domain,
    RFM: read_rfm,
    APPLICATION: read_application,
    NON_STANDARD: check_non_standard,
}

_READERS: dict[int, Callable[[Builder, Element], None]] = {
    FILES: lambda builder, element: builder.file_builder.manage(element),
    PINS: Builder._pins,
    PUKS: Builder._puks,
    AKA: Builder._authentication,
    **dict.fromkeys(_KEPT, Builder._keep),
}
