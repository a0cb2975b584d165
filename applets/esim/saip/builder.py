"""A profile under construction: each element of a package adds to it.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7.2 (order of the
elements), 8.3 to 8.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from applets.shared.file_system.tree import MF, File, Kind, Path
from applets.sim.usim import Aka
from applets.uicc.pins import PinSpec

from . import defaults
from .aka import check_cdma, read_aka
from .applications import check_application, check_non_standard, read_domain, read_rfm
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
from .fcp import NOTHING, Fcp, path_of
from .file_set import FileSet, Origin
from .files import Field, Step, made, read_field, read_step
from .header import Header
from .node import INTEGER, SEQUENCE, Node, identifier, items, malformed, octets
from .secrets import GLOBAL, OwnPin, Puk, read_pins, read_puks
from .status import Finding, PackageError, Status
from .templates import BY_NUMBER, Template, template

_PATH, _FCP, _CONTENT = 0x80, 0x62, 0x81
_USIM_OF_IOT = {32: "usim"}
"""Elements whose ADF has the type of another element's."""


@dataclass
class Builder:
    """The parts read so far; `warnings` lists what was skipped."""

    header: Header
    files: FileSet
    pins: list[OwnPin] = field(default_factory=list)
    shared: dict[Path, Path] = field(default_factory=dict)
    puks: dict[int, Puk] = field(default_factory=dict)
    aka: dict[Path, Aka | bytes] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    applications: dict[str, Path] = field(default_factory=dict)
    context: Path = ()
    """PIN context: the first DF created by the last element that creates DFs."""
    application: Path | None = None
    """The last ADF created."""

    def take(self, element: Element) -> None:
        """Add an element; PackageError if it is invalid."""
        reader = _READERS.get(element.number)
        if reader is not None:
            reader(self, element)
        elif element.number in BY_NUMBER:
            self._templated(element)
        else:
            text = "elements of this kind are not known"
            raise PackageError(Status.PE_NOT_SUPPORTED, text, element.node.start)

    def leave_out(self, element: Element, error: PackageError) -> None:
        """Skip an element that is not mandatory."""
        self.files.forget(element)
        self.warnings.append(error.finding)

    def unknown(self, element: Element, others: list[Node] | tuple[Node, ...]) -> None:
        """Add a warning for each unknown component; they are skipped."""
        for node in others:
            text = f"component {node.tag:X} is not known"
            error = PackageError(Status.INVALID_PARAMETER, text, node.start)
            self.warnings.append(error.within(element.identification, element.name).finding)

    # Files

    def _templated(self, element: Element) -> None:
        """Create files from a template; each field of the element modifies a row."""
        parts = iter(element.components())
        first = next(parts, None)
        if first is None or first.component != 1:
            raise malformed("the identifier of the template is missing", element.node.start)
        found = template(element.number, identifier(first))
        if found is None:
            text = f"template {identifier(first)} is not known for {element.name}"
            raise PackageError(Status.TEMPLATE_NOT_SUPPORTED, text, first.start)
        given = self._fields(element, parts, found)
        home = self._home(found, element)
        made_here: list[Path] = []
        for number, file, said in self._from_rows(home, found, given, element):
            self.files.add(file, Origin(element, said.fcp, said.at))
            if file.kind is Kind.DF:
                made_here.append(file.path)
                if found.rows[number].adf:
                    self.application = file.path
                    kind = _USIM_OF_IOT.get(element.number, found.name)
                    self.applications[kind] = file.path
        self.context = made_here[0] if made_here else self.context

    def _fields(self, element: Element, parts: Iterator[Node], found: Template) -> dict[int, Field]:
        """Read the fields of an element by row number."""
        given: dict[int, Field] = {}
        for part in parts:
            number = -1 if part.component is None else part.component - 2
            if not 0 <= number < len(found.rows):
                self.unknown(element, [part])
            elif number in given:
                raise malformed(f"{found.rows[number].name} is there twice", part.start)
            else:
                given[number] = read_field(part)
                self.unknown(element, given[number].others)
        return given

    def _home(self, found: Template, element: Element) -> Path:
        """The directory of a template's files."""
        if found.home == "mf":
            return (MF,)
        home = self.applications.get(found.home) if found.home else self.application
        if home is None:
            text = f"{found.name} comes before the application that it belongs to"
            raise malformed(text, element.node.start)
        return home

    def _from_rows(
        self, home: Path, found: Template, given: dict[int, Field], element: Element
    ) -> Iterator[tuple[int, File, Field]]:
        """The files that the element creates, each with its row number."""
        base = here = home
        for number, row in enumerate(found.rows):
            said = given.get(number)
            directory = row.kind is Kind.DF
            left_out = said is None and not (found.by_default and row.has_default)
            if left_out or (said is not None and said.absent and row.fid != MF):
                here = (*base, row.fid) if directory else here
                continue
            said = said or Field(element.node.start)
            default = defaults.contents(row.default, self.header) if row.default[0] == "@" else None
            file = made((MF,) if row.adf else base if directory else here, row, said, default)
            if directory:
                file = self._directory(file, row.fid == MF, row.adf)
                here = file.path
                base = here if not number or row.adf else base
            yield number, file, said

    def _directory(self, file: File, root: bool, adf: bool) -> File:  # noqa: FBT001 - two facts of a row
        """Correct the path of the MF, and the AID of an IoT profile's USIM."""
        if root:
            return replace(file, path=(MF,))
        if adf and not file.aid and self.header.pix is not None:
            return replace(file, aid=defaults.usim_aid(self.header))
        return file

    def _manage(self, element: Element) -> None:
        """Generic file management: select paths, create files, write contents."""
        commands = next(iter(element.components()), None)
        if commands is None or commands.component != 1:
            raise malformed("file management has commands", element.node.start)
        first: Path | None = None
        for command in items(commands, SEQUENCE):
            for file, said in self._commanded(element, command):
                self.files.add(file, Origin(element, said.fcp, said.at))
                if file.kind is Kind.DF:
                    first = first or file.path
                    self.application = file.path if file.aid else self.application
        self.context = first or self.context

    def _commanded(self, element: Element, command: Node) -> Iterator[tuple[File, Field]]:
        """The files that one sequence of commands creates."""
        here: Path = (MF,)
        said: Field | None = None
        for node in command.children:
            if node.tag in (_PATH, _FCP) and said is not None:
                yield made(here, None, said), said
                said = None
            if node.tag == _PATH:
                here = self._entered(path_of(octets(node, 0, 8), node.start), element, node.start)
            elif node.tag == _FCP:
                said = Field(node.start, Fcp(node))
                self.unknown(element, said.fcp.others)
            elif node.tag in (INTEGER, _CONTENT):
                said = _continued(said, read_step(node, INTEGER))
            else:
                self.unknown(element, [node])
        if said is not None:
            yield made(here, None, said), said

    def _entered(self, path: Path, element: Element, at: int) -> Path:
        """Check that a directory exists."""
        found = self.files.files.get(path)
        root = path == (MF,) and found is None
        if not root and (found is None or found.kind is not Kind.DF):
            self.files.no_directory(path, Origin(element, NOTHING, at))
        return path

    # Secrets

    def _pins(self, element: Element) -> None:
        found = read_pins(element, self.context or (MF,))
        if isinstance(found, list):
            self.pins += found
        else:
            self.shared[self.context] = found

    def _puks(self, element: Element) -> None:
        self.puks.update(read_puks(element))

    def _authentication(self, element: Element) -> None:
        """Parameters of the last ADF created; the first own parameters count."""
        if self.application is None:
            raise malformed("parameters come before their application", element.node.start)
        read = read_aka(element)
        if isinstance(read, bytes) and not self._has_application(read):
            text = f"there is no application {read.hex().upper()} to have the keys of"
            raise PackageError(Status.INVALID_PARAMETER, text, element.node.start)
        if isinstance(self.aka.get(self.application, b""), bytes):
            self.aka[self.application] = read

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
        """Check that the PINs in pinStatusTemplateDO exist."""
        known = {(one.adf, one.reference) for one in pins}
        for file in files:
            for reference in file.pins:
                places = (
                    [()]
                    if reference in GLOBAL
                    else [file.path[:i] for i in range(len(file.path) + 1)]
                )
                origin = self.files.origins.get(file.path)
                if origin is not None and not any((place, reference) in known for place in places):
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


def _continued(said: Field | None, step: Step) -> Field:
    if said is None:
        raise PackageError(Status.INVALID_REQUEST_FORMAT, "contents of no file", step.at)
    return replace(said, steps=(*said.steps, step))


_KEPT: dict[int, Callable[[Element], object]] = {
    CDMA: check_cdma,
    SECURITY_DOMAIN: read_domain,
    RFM: read_rfm,
    APPLICATION: check_application,
    NON_STANDARD: check_non_standard,
}

_READERS: dict[int, Callable[[Builder, Element], None]] = {
    FILES: Builder._manage,
    PINS: Builder._pins,
    PUKS: Builder._puks,
    AKA: Builder._authentication,
    **dict.fromkeys(_KEPT, Builder._keep),
}
