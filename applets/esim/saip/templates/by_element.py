"""All templates, by profile element and by identifier.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3 and 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .csim import CSIM, OPT_CSIM
from .iot import IOT, OPT_IOT
from .isim import ISIM, OPT_ISIM
from .mf import CD, MF
from .rows import Row, rows
from .subdirectories import EAP, FIVE_GS, FIVE_GS_1, FIVE_GS_3, GSM_ACCESS, PROSE, SAIP, SNPN
from .telecom import PHONEBOOK, TELECOM
from .usim import OPT_USIM, USIM, USIM_1

PREFIX = "2.23.143.1.2."
"""The object identifier above all templates."""


@dataclass(frozen=True)
class Kindred:
    """All versions of the template of one element type.

    `home` is the directory of its files: the MF, or the ADF of an application ("": the last one).
    `versions` maps the end of an identifier, after `register`, to the rows that differ.
    """

    number: int
    name: str
    register: int
    home: str
    rows: str
    by_default: bool = False
    versions: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Template:
    """One template: files in the order of the element's fields.

    With `by_default`, files with default contents are created even without a field.
    """

    number: int
    name: str
    home: str
    rows: tuple[Row, ...]
    by_default: bool


_ALL = (
    Kindred(16, "mf", 1, "mf", MF, by_default=True),
    Kindred(17, "cd", 2, "mf", CD),
    Kindred(18, "telecom", 3, "mf", TELECOM, versions={"": "", ".2": ""}),
    Kindred(19, "usim", 4, "mf", USIM, by_default=True, versions={"": USIM_1, ".2": ""}),
    Kindred(20, "opt-usim", 5, "usim", OPT_USIM, versions={"": "", ".2": "", ".3": ""}),
    Kindred(21, "isim", 8, "mf", ISIM, by_default=True),
    Kindred(22, "opt-isim", 9, "isim", OPT_ISIM, versions={"": "", ".2": ""}),
    Kindred(23, "phonebook", 6, "", PHONEBOOK),
    Kindred(24, "gsm-access", 7, "usim", GSM_ACCESS),
    Kindred(25, "csim", 10, "mf", CSIM, by_default=True, versions={"": "", ".2": ""}),
    Kindred(26, "opt-csim", 11, "csim", OPT_CSIM, versions={"": "", ".2": ""}),
    Kindred(27, "eap", 12, "", EAP),
    Kindred(
        28, "df-5gs", 13, "usim", FIVE_GS,
        versions={
            "": FIVE_GS_1 + FIVE_GS_3, ".2": FIVE_GS_1 + FIVE_GS_3, ".3": FIVE_GS_3, ".4": "",
        },
    ),
    Kindred(29, "df-saip", 14, "usim", SAIP),
    Kindred(30, "df-snpn", 15, "usim", SNPN),
    Kindred(31, "df-5gprose", 16, "usim", PROSE),
    Kindred(32, "iot", 17, "mf", IOT, by_default=True),
    Kindred(33, "opt-iot", 18, "usim", OPT_IOT),
)  # fmt: skip

BY_NUMBER = {kindred.number: kindred for kindred in _ALL}
_BY_REGISTER = {kindred.register: kindred for kindred in _ALL}


def known(identifier: str) -> bool:
    """Whether there is a template with this identifier."""
    return _found(identifier) is not None


def template(number: int, identifier: str) -> Template | None:
    """The template of an element; None if it is unknown or belongs to another element."""
    found = _found(identifier)
    return found if found is not None and found.number == number else None


@cache
def _found(identifier: str) -> Template | None:
    if not identifier.startswith(PREFIX):
        return None
    register, dot, version = identifier.removeprefix(PREFIX).partition(".")
    kindred = _BY_REGISTER.get(int(register))
    versions = {"": ""} if kindred is None else kindred.versions or {"": ""}
    if kindred is None or dot + version not in versions:
        return None
    other = {row.name: row for row in rows(versions[dot + version])}
    files = tuple(other.get(row.name, row) for row in rows(kindred.rows))
    return Template(kindred.number, kindred.name, kindred.home, files, kindred.by_default)
