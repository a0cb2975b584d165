"""A card as pySim read it: a file from its `fsdump` (JSON) or its `export` (a script).

Files that pySim could not read are filled with FF; each file keeps the FCP that the card returned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from applets.shared.file_system.tree import MF, File, Kind, Life, Path, filled
from applets.uicc.files import ARR
from vcard.tlv import Tlv, parse_all, tlv

from .small_usim import ADF_USIM, ADM1, from_table
from .subscription import Subscription

_FIRST_ADF, _CURRENT_ADF = 0x7FF0, 0x7FFF
_FCP = 0x62
_DESCRIPTOR, _IDENTIFIER, _NAME, _SIZE, _SHORT, _LIFE = 0x82, 0x83, 0x84, 0x80, 0x88, 0x8A
_REFERENCED, _COMPACT, _PROPRIETARY, _LIMIT = 0x8B, 0x8C, 0xA5, 0x86
_PIN_STATUS, _KEY_REFERENCE = 0xC6, 0x83
_NOT_SATISFIED = "6982"
_ADMIN_CHANGES = bytes.fromhex("5B1A1A1A1A")
"""A rule in compact format: delete, activate, deactivate and update for ADM1, then read."""


@dataclass(frozen=True)
class Dump:
    """The files, and the answer to reset (empty if the dump has none)."""

    files: tuple[File, ...]
    atr: bytes = b""


@dataclass
class Found:
    """A file of a dump: its path, its FCP, its contents."""

    names: tuple[str, ...]
    template: bytes
    records: dict[int, bytes] = field(default_factory=dict)
    body: bytes = b""
    refused: bool = False


def read_dump(text: str) -> Dump:
    """Parse an fsdump or an export; ValueError if the text is neither, or has no file."""
    if text.lstrip().startswith("{"):
        found, atr = _from_json(json.loads(text))
    else:
        found, atr = list(_from_script(text.splitlines())), b""
    files = tuple(_with_rules(list(_files(found))))
    if not files:
        raise ValueError("the dump has no files: it is neither pySim's export nor its fsdump")
    return Dump(files, atr)


def _from_json(whole: dict[str, Any]) -> tuple[list[Found], bytes]:
    found = []
    for one in whole.get("files", {}).values():
        if "fcp_raw" not in one:
            continue
        made = Found(tuple(one["path"]), bytes.fromhex(one["fcp_raw"]))
        made.refused = one.get("error", {}).get("sw_actual") == _NOT_SATISFIED
        body = one.get("body")
        if isinstance(body, str):
            made.body = bytes.fromhex(body)
        elif isinstance(body, list):
            made.records = {at: bytes.fromhex(record) for at, record in enumerate(body, 1)}
        elif isinstance(body, dict):
            made.body = b"".join(tlv(int(tag), bytes.fromhex(v)) for tag, v in body.items())
        found.append(made)
    return found, bytes.fromhex(whole.get("atr") or "")


def from_dump(dump: Dump, settings: Mapping[str, Any]) -> Subscription:
    """Make a subscription from the files of a dump, with the keys and PINs of the settings.

    Its PINs are those in the card's PIN status (FCP of the MF). `settings` are those of
    `from_table`; ICCID, IMSI and identities are those of the dump.
    """
    made = from_table({**settings, "isim": True})
    files = {file.path: file for file in dump.files}
    values = {(pin.reference): pin for pin in made.pins if not pin.adf or pin.adf[-1] == ADF_USIM}
    status = next(part for part in parse_all(files[(MF,)].told) if part.tag == _PIN_STATUS)
    named = [part.value[0] for part in status.children if part.tag == _KEY_REFERENCE]
    enabled = status.children[0].value
    adm = values[ADM1]
    pins = tuple(
        replace(values.get(one, adm), reference=one, adf=(), enabled=_is_on(enabled, at))
        for at, one in enumerate(named)
    )
    return Subscription(dump.files, pins, made.aka, ())


def _is_on(bits: bytes, at: int) -> bool:
    """Whether a PIN is enabled, by its bit in the list."""
    return bool(bits[at // 8] & 0x80 >> at % 8) if at // 8 < len(bits) else True


_PLACE = re.compile(r"^# directory: (\S+) ")
_TEMPLATE = re.compile(r"^# RAW FCP Template: ([0-9a-fA-F]+)$")
_BINARY = re.compile(r"^update_binary ([0-9a-fA-F]+)$")
_RECORD = re.compile(r"^update_record (\d+) ([0-9a-fA-F]+)$")
_OBJECT = re.compile(r"^set_data (\w+) ([0-9a-fA-F]+)$")


def _from_script(lines: Iterable[str]) -> Iterator[Found]:
    """Yield the files of an export, in order."""
    current = Found((), b"")
    for line in lines:
        if place := _PLACE.match(line):
            if current.template:
                yield current
            current = Found(tuple(place[1].split("/")), b"")
        elif template := _TEMPLATE.match(line):
            current.template = bytes.fromhex(template[1])
        elif binary := _BINARY.match(line):
            current.body = bytes.fromhex(binary[1])
        elif record := _RECORD.match(line):
            current.records[int(record[1])] = bytes.fromhex(record[2])
        elif item := _OBJECT.match(line):
            current.body += tlv(int(item[1], 0), bytes.fromhex(item[2]))
    if current.template:
        yield current


def _files(found: Iterable[Found]) -> Iterator[tuple[File, Found]]:
    """Yield the files with their paths; skip entries without an FCP (a security domain)."""
    paths: dict[tuple[str, ...], Path] = {}
    unnamed = _FIRST_ADF
    for one in found:
        template = Tlv.parse(one.template)
        if template.tag != _FCP:
            continue
        parts = {part.tag: part for part in template.children}
        parent = paths.get(one.names[:-1], ())
        fid = _number(parts, _IDENTIFIER)
        if _NAME in parts and fid in (0, _CURRENT_ADF):
            fid, unnamed = unnamed, unnamed + 1
        paths[one.names] = path = (*parent, fid) if one.names[1:] else (MF,)
        yield _file(path, parts, template.value, one), one


def _with_rules(pairs: list[tuple[File, Found]]) -> Iterator[File]:
    """Yield the files, with a rule of their own if the dump lacks their EF.ARR.

    The rule lets anyone read what pySim could read; everything else needs ADM1.
    """
    there = {file.path for file, _ in pairs}
    for file, one in pairs:
        above = (file.path[:end] for end in range(1, len(file.path)))
        if file.compact or any((*df, file.arr or ARR) in there for df in above):
            yield file
        else:
            yield replace(file, compact=_ADMIN_CHANGES + (b"\x1a" if one.refused else b"\0"))


def _number(parts: dict[int, Tlv], tag: int) -> int:
    return int.from_bytes(parts[tag].value, "big") if tag in parts else 0


def _file(path: Path, parts: dict[int, Tlv], told: bytes, one: Found) -> File:
    descriptor = parts[_DESCRIPTOR].value
    kind, record = Kind.named(descriptor[0]), int.from_bytes(descriptor[2:4], "big")
    referenced = parts[_REFERENCED].value if _REFERENCED in parts else b""
    short = parts[_SHORT].value if _SHORT in parts else b""
    return File(
        path,
        kind,
        _content(kind, _number(parts, _SIZE), record, one),
        record if kind.has_records else 0,
        sfi=short[0] >> 3 if short else 0,
        aid=parts[_NAME].value if _NAME in parts else b"",
        arr=int.from_bytes(referenced[:2], "big"),
        rule=referenced[-1] if referenced else 1,
        limit=_limit(parts) if kind is Kind.BER_TLV else 0,
        life=Life.named(_number(parts, _LIFE) or Life.ACTIVATED),
        compact=parts[_COMPACT].value if _COMPACT in parts else b"",
        told=told,
    )


def _limit(parts: dict[int, Tlv]) -> int:
    """The capacity of a BER-TLV file in bytes."""
    about = parts[_PROPRIETARY].find(_LIMIT) if _PROPRIETARY in parts else None
    return int.from_bytes(about.value, "big") if about else _number(parts, _SIZE)


def _content(kind: Kind, size: int, record: int, one: Found) -> bytes:
    if kind is Kind.DF:
        return b""
    if kind is Kind.BER_TLV:
        return one.body
    if not kind.has_records:
        return filled(one.body, size)
    numbers = range(1, size // record + 1)
    return b"".join(filled(one.records.get(number, b""), record) for number in numbers)
