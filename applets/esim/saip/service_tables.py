"""EF.UST and EF.IST: services that the card does not have are switched off at installation.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3.5 (comments of
ef-ust and ef-ist); 3GPP TS 31.102, 4.2.8; TS 31.103, 4.2.7.
"""

from __future__ import annotations

from dataclasses import replace

from applets.shared.file_system.tree import File, Path

from ..services import Service

_UST, _IST = 0x6F38, 0x6F07
_SERVICES = {
    ("usim", _UST): {68: Service.GBA_USIM, 69: Service.MBMS, 125: Service.GET_IDENTITY},
    ("isim", _IST): {2: Service.GBA_ISIM},
}
"""Service numbers that need support by the card, by type of application and file."""


def without(file: File, kinds: dict[Path, str], provided: frozenset[Service]) -> File:
    """Clear the bits of missing services, if the file is a service table of one of these ADFs."""
    needed = _SERVICES.get((kinds.get(file.path[:-1], ""), file.fid), {})
    content = bytearray(file.content)
    for number, service in needed.items():
        place, bit = divmod(number - 1, 8)
        if service not in provided and place < len(content):
            content[place] &= ~(1 << bit)
    return replace(file, content=bytes(content)) if needed else file
