"""Load files that name applets of this program, for tests of installers.

No code is transferred: a module names one of the applets that the card may load. A load file is a
data object C4 with the value

    4F  AID of the package
    80  version, 2 bytes (may be absent: 0100)
    E2 { 4F  AID of a module, 81  name of the applet } ...

A real CAP file is none of these and is refused.
Spec: GlobalPlatform Card Specification 2.3.1, 11.6 (LOAD), C.2 (DAP blocks E2 before C4).
"""

from __future__ import annotations

from collections.abc import Collection

from vcard.tlv import Tlv, parse_all, tlv

from .codes import AID, LOAD_FILE
from .registry import LoadFile

_DAP_BLOCK, _VERSION, _MODULE, _NAME = 0xE2, 0x80, 0xE2, 0x81


def read_load_file(raw: bytes, loadable: Collection[str]) -> LoadFile:
    """Parse a load file; ValueError if it has another form or names an applet not in `loadable`."""
    items = [item for item in parse_all(raw) if item.tag != _DAP_BLOCK]
    if len(items) != 1 or items[0].tag != LOAD_FILE:
        raise ValueError("a load file is one data object C4")
    package, version = _only(items[0], AID), items[0].find(_VERSION)
    modules = [item for item in items[0].children if item.tag == _MODULE]
    named = {_only(item, AID): _only(item, _NAME).decode("ascii") for item in modules}
    unknown = sorted(set(named.values()) - set(loadable))
    if unknown or not named:
        raise ValueError(f"the card may not load {', '.join(unknown) or 'nothing'}")
    return LoadFile(package, b"\1\0" if version is None else version.value, named)


def write_load_file(file: LoadFile) -> bytes:
    """Encode the data of LOAD for a package."""
    modules = (
        tlv(_MODULE, tlv(AID, aid), tlv(_NAME, name.encode())) for aid, name in file.modules.items()
    )
    return tlv(LOAD_FILE, tlv(AID, file.aid), tlv(_VERSION, file.version), *modules)


def _only(item: Tlv, tag: int) -> bytes:
    found = item.find(tag)
    if found is None or not found.value:
        raise ValueError(f"the data object {tag:02X} is missing")
    return found.value
