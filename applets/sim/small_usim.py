"""A small subscription from a few settings: enough for a test, without a profile package.

The files are those that phones and tools read first. Spec: 3GPP TS 31.102, 4; ETSI TS 102 221, 13;
GSM 11.11, 10 for the DFs of 2G.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from applets.shared.file_system.tree import DIR, MF, File, Kind, Life, Path, filled
from applets.uicc.files import ARR, ICCID
from applets.uicc.pins import PIN1, PIN2, PinSpec
from vcard import tlv

from .digits import iccid_bytes, imsi_bytes
from .subscription import Subscription
from .usim import Aka, AlgorithmId

USIM_AID = bytes.fromhex("A0000000871002FF49FF0589")
ISIM_AID = bytes.fromhex("A0000000871004FF49FF0589")
ADF_USIM, ADF_ISIM, TELECOM, GSM = 0x7FD0, 0x7FD1, 0x7F10, 0x7F20
ADM1 = 0x0A

READ_ALWAYS, READ_PIN, READ_PIN_UPDATE_PIN, ALWAYS_PIN = 1, 2, 3, 5
_ADM = "A40683010A950108"
_PIN = "A406830101950108"
_RESIZE = f"8401D4{_ADM}"
RULES = (
    f"800101900080017A{_ADM}{_RESIZE}",
    f"800101{_PIN}80017A{_ADM}",
    f"800103{_PIN}800178{_ADM}{_RESIZE}",
    f"80017F{_ADM}{_RESIZE}",
    f"800101900080010A{_PIN}800170{_ADM}",
)
"""The records of EF.ARR, by the numbers above; the fourth is for ADM1 alone."""
ADMIN = 4


def small_subscription(
    iccid: str,
    imsi: str,
    *,
    k: bytes = bytes(range(16)),
    opc: bytes = bytes(16),
    algorithm: AlgorithmId = AlgorithmId.MILENAGE,
    provider: str = "vcard",
    isim: bool = False,
    pin: str = "0000",
    pin_enabled: bool = False,
    puk: str = "12345678",
    adm: str = "55555555",
    pin2: str = "9999",
    puk2: str = "98765432",
    isim_k: bytes = b"",
    isim_opc: bytes = b"",
    isim_pin2: str = "",
    file: tuple[File, ...] = (),
) -> Subscription:
    """Make a subscription with a USIM, and optionally an ISIM.

    `iccid` has 18 to 20 digits, `imsi` 6 to 15; `k` and `opc` 16 bytes (TUAK: 16 or 32, and 32);
    PINs up to 8 digits. PIN 2 belongs to an application; by default the ISIM has the USIM's value
    and the USIM's keys. Each `file` replaces the one of the same path, or is added. ValueError if
    one of these is malformed.
    """
    known = {one.path: one for one in (*_common(iccid, isim=isim), *_usim(imsi, provider))}
    known.update({one.path: one for one in gsm_files(known)})
    if isim:
        known.update({one.path: one for one in _isim(imsi)})
    known.update({one.path: one for one in file})
    second = [((MF, ADF_USIM), pin2), *([((MF, ADF_ISIM), isim_pin2 or pin2)] if isim else [])]
    pins = (
        PinSpec(PIN1, _pin(pin), 3, _pin(puk), 10, enabled=pin_enabled),
        *(PinSpec(PIN2, _pin(one), 3, _pin(puk2), 10, adf=adf) for adf, one in second),
        PinSpec(ADM1, _pin(adm), 10),
    )
    own = isim and bool(isim_k)
    others = (((MF, ADF_ISIM), _secrets(algorithm, isim_k, isim_opc or opc)),) if own else ()
    return Subscription(tuple(known.values()), pins, _secrets(algorithm, k, opc), others)


def _secrets(algorithm: AlgorithmId, k: bytes, opc: bytes) -> Aka:
    secrets = Aka(algorithm, k, b"" if algorithm is AlgorithmId.XOR_TEST else opc)
    secrets.make()  # ValueError for a wrong length now, not at the first challenge
    return secrets


def from_toml(text: str) -> Subscription:
    """Make a subscription from TOML: the arguments of `small_subscription`, bytes as hex digits.

    A `file` is a table with `path` (hex), `kind` (transparent, linear, cyclic, ber_tlv, df),
    `content` (hex), and `record`, `sfi`, `aid` (hex), `arr` (hex, the identifier of the EF.ARR),
    `rule` (its record), `limit` and `lcs` (hex) as options. ValueError if a setting is unknown or
    malformed.
    """
    return from_table(tomllib.loads(text))


def from_table(table: Mapping[str, Any]) -> Subscription:
    """Make a subscription from a table as `from_toml` does; ValueError for a wrong setting."""
    settings = read_settings(table, READERS)
    try:
        return small_subscription(**settings)
    except TypeError as error:
        raise ValueError(f"a subscription has no such setting: {error}") from error


def read_settings(
    table: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    """Convert the values of a TOML table with the readers of their names; others stay."""
    return {name: readers.get(name, _as_is)(value) for name, value in table.items()}


def _as_is(value: Any) -> Any:
    return value


def _file(table: Mapping[str, Any]) -> File:
    unknown = sorted(table.keys() - {"path", "kind", *_FILE_READERS})
    if unknown or not {"path", "kind"} <= table.keys():
        raise ValueError(f"a file has a path, a kind and {', '.join(_FILE_READERS)}, not {unknown}")
    raw = bytes.fromhex(table["path"])
    path = tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
    facts = {name: read(table[name]) for name, read in _FILE_READERS.items() if name in table}
    if "lcs" in facts:
        facts["life"] = Life.named(facts.pop("lcs"))
    return File(path, Kind[table["kind"].upper()], **facts)


def _hex(digits: str) -> int:
    return int(digits, 16)


_FILE_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("content", "aid"), bytes.fromhex),
    **dict.fromkeys(("record", "sfi", "rule", "limit"), int),
    **dict.fromkeys(("arr", "lcs"), _hex),
}
"""The readers of a file's settings in a TOML table."""


def _algorithm(name: str) -> AlgorithmId:
    try:
        return AlgorithmId[name.upper()]
    except KeyError:
        known = ", ".join(one.name.lower() for one in AlgorithmId)
        raise ValueError(f"no algorithm is named {name!r}; there are {known}") from None


READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("k", "opc", "isim_k", "isim_opc"), bytes.fromhex),
    "algorithm": _algorithm,
    "file": lambda rows: tuple(_file(row) for row in rows),
}
"""The readers of TOML values that need a conversion."""


def _pin(digits: str) -> bytes:
    return filled(digits.encode("ascii"), 8)


def _record_file(
    path: Path, records: tuple[bytes, ...], size: int, rule: int, sfi: int = 0
) -> File:
    body = b"".join(filled(record, size) for record in records)
    return File(path, Kind.LINEAR, body, size, sfi=sfi, rule=rule)


def _rules(path: Path) -> File:
    records = tuple(bytes.fromhex(rule) for rule in RULES)
    return _record_file((*path, ARR), records, 40, READ_ALWAYS, sfi=6)


def _application(aid: bytes, label: str) -> bytes:
    """Encode a record of EF.DIR. Spec: ETSI TS 102 221, 13.1."""
    return tlv(0x61, tlv(0x4F, aid), tlv(0x50, label.encode("ascii")))


def _common(iccid: str, *, isim: bool) -> list[File]:
    """The MF and the files in it."""
    applications = [_application(USIM_AID, "USIM")]
    if isim:
        applications.append(_application(ISIM_AID, "ISIM"))
    root = (MF,)
    return [
        File(root, Kind.DF, rule=ADMIN),
        _record_file((*root, DIR), tuple(applications), 38, READ_ALWAYS, sfi=30),
        File((*root, ICCID), Kind.TRANSPARENT, iccid_bytes(iccid), sfi=2),
        File((*root, 0x2F05), Kind.TRANSPARENT, b"en" + b"\xff" * 8, sfi=5, rule=ALWAYS_PIN),
        File((*root, 0x2F08), Kind.TRANSPARENT, bytes.fromhex("0000020000"), sfi=8),
        _rules(root),
        File((*root, TELECOM), Kind.DF, rule=ADMIN),
        _record_file((*root, TELECOM, 0x6F3A), (b"",) * 10, 28, READ_PIN_UPDATE_PIN),
        _record_file((*root, TELECOM, 0x6F40), (b"",), 28, READ_PIN_UPDATE_PIN),
        _record_file((*root, TELECOM, 0x6F42), (b"",), 42, READ_PIN_UPDATE_PIN),
    ]


def _usim(imsi: str, provider: str) -> list[File]:
    """The elementary files of the USIM that phones and tools read first."""
    adf: Path = (MF, ADF_USIM)
    home = imsi_bytes(imsi)[1:4]
    found = [File(adf, Kind.DF, aid=USIM_AID, rule=ADMIN), _rules(adf)]
    for fid, content, sfi, rule in (
        (0x6F07, imsi_bytes(imsi), 7, READ_PIN),
        (0x6F05, b"en" + b"\xff" * 8, 2, ALWAYS_PIN),
        (0x6F08, b"\x07" + b"\xff" * 32, 8, READ_PIN_UPDATE_PIN),
        (0x6F09, b"\x07" + b"\xff" * 32, 9, READ_PIN_UPDATE_PIN),
        (0x6F31, b"\x05", 18, READ_PIN),
        (0x6F38, bytes.fromhex("BE1F2E6E00000000000000000000000000"), 4, READ_PIN),
        (0x6F46, b"\x00" + filled(provider.encode("ascii", "replace")[:16], 16), 0, READ_ALWAYS),
        (0x6F60, b"\xff\xff\xff\x00\x00" * 8, 10, READ_PIN_UPDATE_PIN),
        (0x6F61, b"\xff\xff\xff\x00\x00" * 8, 17, READ_PIN),
        (0x6F62, _home_network(home), 19, READ_PIN),
        (0x6F73, b"\xff" * 14, 20, READ_PIN_UPDATE_PIN),
        (0x6F78, b"\x00\x01", 6, READ_PIN),
        (0x6F7B, b"\xff" * 12, 13, READ_PIN_UPDATE_PIN),
        (0x6F7E, b"\xff" * 4 + home + b"\x00\x00\xff\x01", 11, READ_PIN_UPDATE_PIN),
        (0x6FAD, bytes.fromhex("00000002"), 3, READ_ALWAYS),
        (0x6FE3, b"\xff" * 18, 30, READ_PIN_UPDATE_PIN),
    ):
        found.append(File((*adf, fid), Kind.TRANSPARENT, content, sfi=sfi, rule=rule))
    found += [
        _record_file((*adf, 0x6FB7), (b"\x11\xf2\xff\x00",), 4, READ_ALWAYS, sfi=1),
        _record_file((*adf, 0x6F40), (b"",), 28, READ_PIN_UPDATE_PIN),
        _record_file((*adf, 0x6F42), (b"",), 42, READ_PIN_UPDATE_PIN),
        _record_file((*adf, 0x6F3C), (b"\x00",) * 10, 176, READ_PIN_UPDATE_PIN),
        File((*adf, 0x6F39), Kind.CYCLIC, bytes(9), 3, rule=READ_PIN_UPDATE_PIN),
    ]
    return found


def gsm_files(known: Mapping[Path, File]) -> list[File]:
    """The 2G DF: its own elementary files, and those shared with the USIM.

    Spec: GSM 11.11, 10.3.
    """
    directory = (MF, GSM)
    found = [File(directory, Kind.DF, rule=ADMIN)]
    for fid, content, rule in (
        (0x6F20, b"\xff" * 8 + b"\x07", READ_PIN_UPDATE_PIN),
        (0x6F30, b"\xff" * 24, READ_PIN_UPDATE_PIN),
        (0x6F38, bytes.fromhex("FF3FFF0F000000000000"), READ_PIN),
        (0x6F52, b"\xff" * 8 + b"\x07", READ_PIN_UPDATE_PIN),
        (0x6F53, b"\xff" * 14, READ_PIN_UPDATE_PIN),
        (0x6F74, b"\xff" * 16, READ_PIN_UPDATE_PIN),
        (0x6FAE, b"\x03", READ_ALWAYS),
    ):
        found.append(File((*directory, fid), Kind.TRANSPARENT, content, rule=rule))
    for fid in (0x6F05, 0x6F07, 0x6F31, 0x6F46, 0x6F78, 0x6F7B, 0x6F7E, 0x6FAD):
        usim = known[(MF, ADF_USIM, fid)]
        found.append(replace(usim, path=(*directory, fid), sfi=0, link=usim.path))
    return found


def _home_network(plmn: bytes) -> bytes:
    return (plmn + b"\xc0\x00").ljust(40, b"\xff")


def _isim(imsi: str) -> list[File]:
    """An ISIM with identities derived from the IMSI. Spec: 3GPP TS 31.103, 4.2; TS 23.003, 13."""
    adf: Path = (MF, ADF_ISIM)
    domain = f"ims.mnc{imsi[3:5].zfill(3)}.mcc{imsi[:3]}.3gppnetwork.org"

    def text(value: str) -> bytes:
        return tlv(0x80, value.encode("ascii"))

    return [
        File(adf, Kind.DF, aid=ISIM_AID, rule=ADMIN),
        _rules(adf),
        File((*adf, 0x6F02), Kind.TRANSPARENT, text(f"{imsi}@{domain}"), sfi=2, rule=READ_PIN),
        File((*adf, 0x6F03), Kind.TRANSPARENT, text(domain), sfi=5, rule=READ_PIN),
        _record_file((*adf, 0x6F04), (text(f"sip:{imsi}@{domain}"),), 80, READ_PIN, sfi=4),
        File((*adf, 0x6FAD), Kind.TRANSPARENT, bytes(4), sfi=3),
    ]
