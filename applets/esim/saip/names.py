"""Names of files and applications.

Spec: 3GPP TS 31.102, annex E and TS 101 220, annex E (AIDs).
"""

from __future__ import annotations

from functools import cache

from applets.shared.file_system.tree import MF, File, Kind, Path

from .templates import BY_NUMBER
from .templates.rows import rows

APPLICATIONS = {
    bytes.fromhex("A0000000871002"): "usim",
    bytes.fromhex("A0000000871004"): "isim",
    bytes.fromhex("A0000003431002"): "csim",
}
"""Types of applications by the first bytes of the AID."""


def application(aid: bytes) -> str:
    """The type of an application by its AID; empty if unknown."""
    return next((kind for start, kind in APPLICATIONS.items() if aid.startswith(start)), "")


def label(file: File, files: dict[Path, File]) -> str:
    """The name of a file, such as EF.IMSI; empty if no template has it."""
    if file.aid:
        kind = application(file.aid)
        return f"ADF.{kind.upper()}" if kind else "ADF"
    if file.path == (MF,):
        return "MF"
    above = files.get(file.path[:-1])
    home = application(above.aid) if above is not None and above.aid else file.path[-2]
    return _labels().get((home, file.fid), "")


@cache
def _labels() -> dict[tuple[str | int, int], str]:
    """Names by directory (application type or identifier) and file identifier."""
    found: dict[tuple[str | int, int], str] = {}
    for kindred in BY_NUMBER.values():
        home: str | int = MF if kindred.home == "mf" else kindred.home or "usim"
        here = home
        for number, row in enumerate(rows(kindred.rows)):
            if row.adf:
                here = home = "usim" if kindred.name == "iot" else kindred.name
            elif row.kind is Kind.DF:
                found.setdefault((home, row.fid), row.label)
                here = row.fid
                home = home if number else here
            else:
                found.setdefault((here, row.fid), row.label)
    return found
