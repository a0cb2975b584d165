"""A file system after ISO/IEC 7816-4, for any card.

A card derives its application from `FileCommands`, says where the files are (`files_on`), and gives
its `Contents` a strategy for access (`AccessRules`).
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
