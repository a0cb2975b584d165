"""Access rules of a new card from a TOML table, for its ARA-M or for PKCS #15 files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from applets.uicc.aram.rules import (
    AID,
    ALWAYS,
    APDU,
    AR,
    DEVICE_APPLICATION,
    NEVER,
    NFC,
    PACKAGE,
    PERMISSIONS,
    REF,
    REF_AR,
    Rule,
)
from vcard.tlv import Tlv, tlv

_WORDS = {"always": ALWAYS, "never": NEVER}
_IN_REF = {"aid": AID, "certificate": DEVICE_APPLICATION, "package": PACKAGE}
_IN_AR = {"apdu": APDU, "nfc": NFC, "permissions": PERMISSIONS}


def read_rules(rows: Iterable[Mapping[str, str]]) -> tuple[Rule, ...]:
    """Read tables with `aid`, `certificate`, `package`, and `apdu`, `nfc`, `permissions`.

    Values are hexadecimal; `package` is a name; `apdu` and `nfc` may be always or never. ValueError
    if a rule is malformed.
    """
    return tuple(_rule(row) for row in rows)


def _rule(row: Mapping[str, Any]) -> Rule:
    unknown = sorted(row.keys() - _IN_REF.keys() - _IN_AR.keys())
    if unknown:
        raise ValueError(f"an access rule has {', '.join((*_IN_REF, *_IN_AR))}, not {unknown}")
    ref, ar = (
        tlv(tag, *(tlv(names[name], _value(name, row[name])) for name in names if name in row))
        for tag, names in ((REF, _IN_REF), (AR, _IN_AR))
    )
    return Rule.parse(Tlv.parse(tlv(REF_AR, ref, ar)))[0]


def _value(name: str, text: str) -> bytes:
    if name == "package":
        return text.encode("ascii")
    return _WORDS[text] if text in _WORDS else bytes.fromhex(text)
