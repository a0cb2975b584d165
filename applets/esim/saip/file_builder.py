"""Files of a profile under construction: from templates, and by generic file management.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from applets.shared.file_system.tree import MF, File, Kind, Path

from . import defaults
from .element import Element
from .fcp import NOTHING, Fcp, path_of
from .file_set import FileSet, Origin
from .files import Field, Step, made, read_field, read_step
from .header import Header
from .node import INTEGER, SEQUENCE, Node, identifier, items, malformed, octets
from .report import Report
from .status import PackageError, Status
from .templates import Template, template

_PATH, _FCP, _CONTENT = 0x80, 0x62, 0x81
_USIM_OF_IOT = {32: "usim"}
"""Elements whose ADF has the type of another element's."""


@dataclass
class FileBuilder:
    """Creates the files of elements, and remembers where they are."""

    header: Header
    files: FileSet
    report: Report
    applications: dict[str, Path] = field(default_factory=dict)
    """The last ADF of each type."""
    application: Path | None = None
    """The last ADF created."""
    context: Path = ()
    """PIN context: the first DF created by the last element that creates DFs."""

    def create(self, element: Element) -> None:
        """Create files from a template; each field of the element modifies a row.

        PackageError for an unknown template, a repeated field or a misplaced element; a field that
        the template does not have is reported.
        """
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
                self.report.unknown(element, [part])
            elif number in given:
                raise malformed(f"{found.rows[number].name} occurs twice", part.start)
            else:
                given[number] = read_field(part)
                self.report.unknown(element, given[number].others)
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

    def manage(self, element: Element) -> None:
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
                self.report.unknown(element, said.fcp.others)
            elif node.tag in (INTEGER, _CONTENT):
                said = _continued(said, read_step(node, INTEGER))
            else:
                self.report.unknown(element, [node])
        if said is not None:
            yield made(here, None, said), said

    def _entered(self, path: Path, element: Element, at: int) -> Path:
        """Check that a directory exists."""
        found = self.files.files.get(path)
        root = path == (MF,) and found is None
        if not root and (found is None or found.kind is not Kind.DF):
            self.files.no_directory(path, Origin(element, NOTHING, at))
        return path


def _continued(said: Field | None, step: Step) -> Field:
    if said is None:
        raise PackageError(Status.INVALID_REQUEST_FORMAT, "contents of no file", step.at)
    return replace(said, steps=(*said.steps, step))
