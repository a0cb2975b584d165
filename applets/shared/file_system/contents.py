"""The current contents of files: their first contents, and what has changed since.

Spec: ISO/IEC 7816-4, 7.2 (structures for data), 7.4.10 (life cycle status).
"""

from __future__ import annotations

from vcard import SW, Section

from .access_rules import AccessRules, Mode
from .tree import File, Tree


class Contents:
    """A file system: a tree of files, their bodies, and the rules for access.

    The memory holds changes only, so that many cards share the tree that none of them alters.
    """

    def __init__(self, tree: Tree, memory: Section, access: AccessRules) -> None:
        self.tree = tree
        self.access = access
        self._memory = memory

    def content(self, file: File) -> bytes:
        """The current body."""
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

    def require(self, file: File, mode: Mode) -> None:
        """Raise 6982 if access is denied, 6985 if the file is deactivated."""
        if not self.access.permits(file, mode):
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        if not mode & (Mode.ACTIVATE | Mode.DEACTIVATE) and not self.active(file):
            raise SW.CONDITIONS_NOT_SATISFIED
