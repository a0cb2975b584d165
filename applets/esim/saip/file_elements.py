"""Files of a profile package: a template, what a descriptor changes of it, and contents.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3 (files); ETSI TS
102 222, 6.3.2.2 (descriptors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from applets.shared.file_system.tree import MF, File, Kind, Path

from .templates import CREATED_BY_DEFAULT, Template

_LIMIT = 65535
_ROOT_ARR, _ARR = 0x2F06, 0x6F06
_SHAREABLE, _TYPE, _INTERNAL = 0x40, 0x38, 0x08


def made_by_default(number: int, template: Template) -> bool:
    """Whether a file exists although no field is there for it."""
    return number in CREATED_BY_DEFAULT and template.default != "-"


def path_of(raw: bytes) -> Path:
    """The path that a package names, from the MF on."""
    fids = tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw) - 1, 2))
    return fids if fids[:1] == (MF,) else (MF, *fids)


def described(here: Path, template: Template | None, fcp: Mapping[str, Any]) -> File:
    """The file that a template and a descriptor describe, without its contents."""
    descriptor: bytes = fcp.get("descriptor", b"")
    if descriptor:
        kind = _kind(descriptor[0])
    elif template is not None:
        kind = template.kind
    else:
        raise ValueError("a file has a descriptor")
    fid = int.from_bytes(fcp["fid"], "big") if "fid" in fcp else (template.fid if template else 0)
    if not fid:
        raise ValueError("a file has an identifier")
    record = int.from_bytes(descriptor[2:4], "big") if len(descriptor) > 2 else 0
    if kind.has_records and not record:
        record = template.size if template else 0
    arr, rule = _rule(here, fcp.get("rule", b""), template)
    sfi = _sfi(fcp, template, fid) if kind is not Kind.DF else 0
    aid = fcp.get("aid", b"")
    link = path_of(fcp["link"]) if fcp.get("link") else ()
    return File(
        (*here, fid), kind, b"", record if kind.has_records else 0, sfi, aid, arr, rule, link=link
    )


def _kind(byte: int) -> Kind:
    """The kind that a file descriptor byte names; files for the card's own use are like others."""
    internal = byte & _TYPE == _INTERNAL
    return Kind((byte & ~_TYPE if internal else byte) | _SHAREABLE)


def _rule(here: Path, given: bytes, template: Template | None) -> tuple[int, int]:
    arr = _ROOT_ARR if len(here) < 2 else _ARR
    if len(given) == 3:
        return int.from_bytes(given[:2], "big"), given[2]
    return arr, given[0] if given else (template.rule if template else 1)


def _sfi(fcp: Mapping[str, Any], template: Template | None, fid: int) -> int:
    if "sfi" in fcp:
        given: bytes = fcp["sfi"]
        return given[0] >> 3 if given else 0
    return template.sfi if template is not None else fid & 0x1F


def written(
    file: File, fcp: Mapping[str, Any], template: Template | None, steps: Sequence[tuple[str, Any]]
) -> File:
    """The file with its contents: the default, filled in where the package says so."""
    if file.kind is Kind.DF:
        return file
    size = _size(file, fcp, template)
    extra: Mapping[str, bytes] = fcp.get("proprietary", {})
    if file.kind is Kind.BER_TLV:
        limit = int.from_bytes(extra.get("limit", b""), "big") or size
        size = 0
    else:
        limit = 0
    body = bytearray(_default(size, file, template, extra))
    offset = 0
    for name, value in steps:
        if name == "offset":
            offset += value
        elif name == "content":
            if file.kind is not Kind.BER_TLV and offset + len(value) > size:
                raise ValueError(f"the contents of {file.name} do not fit")
            body[offset : offset + len(value)] = value
            offset += len(value)
    return replace(file, content=bytes(body), limit=limit)


def _size(file: File, fcp: Mapping[str, Any], template: Template | None) -> int:
    if "size" in fcp:
        size = int.from_bytes(fcp["size"], "big")
    elif template is not None:
        size = template.size * (template.records or 1)
    else:
        size = 0
    if size > _LIMIT or (file.kind.has_records and (not file.record or size % file.record)):
        raise ValueError(f"the size of {file.name} is wrong")
    return size


def _default(size: int, file: File, template: Template | None, extra: Mapping[str, bytes]) -> bytes:
    if extra.get("repeat"):
        return (extra["repeat"] * (size // len(extra["repeat"]) + 1))[:size]
    if extra.get("fill"):
        return extra["fill"].ljust(size, extra["fill"][-1:])[:size]
    length = file.record or size
    plain = template.content(length) if template is not None else None
    if plain is None:
        return b"\xff" * size
    return (plain * (size // length))[:size] if length else b""
