"""Access rules in PKCS #15 files, for phones that read them there.

An ADF named PKCS #15 with EF.ODF, EF.DODF, EF.ACMF, EF.ACRF and one condition file for each
reference to an application of the card. Such files have no conditions for APDUs: a certificate
hash in a condition file allows everything.
Spec: GlobalPlatform Secure Element Access Control 1.1, 7 (ACRF); PKCS #15 1.1, 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from applets.shared.file_system.tree import File, Kind, Path
from vcard import tlv

from .rules import Rule

PKCS15_AID = bytes.fromhex("A000000063504B43532D3135")
_ODF, _DODF, _ACMF, _ACRF, _FIRST_CONDITIONS = 0x5031, 0x5207, 0x4200, 0x4300, 0x4310
_SEQUENCE, _OCTETS, _OID, _UTF8 = 0x30, 0x04, 0x06, 0x0C
_AID_RULE, _DEFAULT_RULE, _OTHERS_RULE = 0xA0, 0x81, 0x82
_CONTROL_OID = bytes.fromhex("2A864886FC6B81480101")
"""1.2.840.114283.200.1.1: the access control main file."""
_TAG_SIZE = 8


def rule_files(
    directory: Path, rules: Iterable[Rule], *, tag: bytes = bytes(_TAG_SIZE)
) -> list[File]:
    """Make the ADF at a path, and its files; `tag` is the refresh tag, 8 bytes."""
    rows, conditions = _rows(list(rules))
    name = tlv(_SEQUENCE, tlv(_UTF8, b"GP SE Acc Ctl"))
    control = tlv(0xA1, tlv(_SEQUENCE, tlv(_OID, _CONTROL_OID), _path(_ACMF)))
    contents = {
        _ODF: tlv(0xA7, _path(_DODF)),
        _DODF: tlv(0xA1, tlv(_SEQUENCE), name, control),
        _ACMF: tlv(_SEQUENCE, tlv(_OCTETS, tag), _path(_ACRF)),
        _ACRF: rows,
        **conditions,
    }
    made = [File((*directory, fid), Kind.TRANSPARENT, body) for fid, body in contents.items()]
    return [File(directory, Kind.DF, aid=PKCS15_AID), *made]


def _path(fid: int) -> bytes:
    return tlv(_SEQUENCE, tlv(_OCTETS, fid.to_bytes(2, "big")))


def _rows(rules: list[Rule]) -> tuple[bytes, dict[int, bytes]]:
    """Encode the rules file, with a row for each application, and condition files by identifier."""
    rows, conditions = b"", {}
    for fid, aid in enumerate(dict.fromkeys(rule.aid for rule in rules), _FIRST_CONDITIONS):
        rows += tlv(_SEQUENCE, _target(aid), _path(fid))
        conditions[fid] = b"".join(_conditions(rule for rule in rules if rule.aid == aid))
    return rows, conditions


def _target(aid: bytes | None) -> bytes:
    if aid is None:
        return tlv(_DEFAULT_RULE)
    return tlv(_AID_RULE, tlv(_OCTETS, aid)) if aid else tlv(_OTHERS_RULE)


def _conditions(rules: Iterable[Rule]) -> Iterator[bytes]:
    """Encode a condition for each application of the phone; an empty one allows all."""
    for rule in rules:
        yield tlv(_SEQUENCE, tlv(_OCTETS, rule.application) if rule.application else b"")
