"""A file system as in ISO/IEC 7816-4, for any card.

A card derives its application from `FileCommands`, implements `files_on` to return the files of a
port, and gives its `Contents` an access strategy (`AccessRules`).
"""

from .access_rules import AccessRules, Condition, Mode, Rule
from .commands import FileCommands
from .contents import Contents
from .fcp import fcp
from .navigation import Navigator, Place
from .tree import DIR, MF, File, Kind, Life, Path, Tree, filled

__all__ = [
    "DIR",
    "MF",
    "AccessRules",
    "Condition",
    "Contents",
    "File",
    "FileCommands",
    "Kind",
    "Life",
    "Mode",
    "Navigator",
    "Path",
    "Place",
    "Rule",
    "Tree",
    "fcp",
    "filled",
]
