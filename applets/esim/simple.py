"""A small profile from a few facts: what a test needs, without a profile package.

The files are those that phones and tools read first. Spec: 3GPP TS 31.102, 4; ETSI TS 102 221, 13;
GSM 11.11, 10 for the DFs of 2G.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from vcard import tlv

from .coding import iccid_bytes, imsi_bytes
from .files import ARR, DIR, ICCID, MF, File, Kind, Path, filled
from .profiles import ALL_EVENTS, NO_POLICY, Event, Metadata, PinSpec, Policy, Profile, ProfileClass
from .usim import Aka, AlgorithmId

USIM_AID = bytes.fromhex("A0000000871002FF49FF0589")
ISIM_AID = bytes.fromhex("A0000000871004FF49FF0589")
ADF_USIM, ADF_ISIM, TELECOM, GSM = 0x7FD0, 0x7FD1, 0x7F10, 0x7F20

READ_ALWAYS, READ_PIN, READ_PIN_UPDATE_PIN, ADM_ONLY, ALWAYS_PIN = 1, 2, 3, 4, 5
_ADM = "A40683010A950108"
_PIN = "A406830101950108"
RULES = (
    f"800101900080011A{_ADM}",
    f"800101{_PIN}80011A{_ADM}",
    f"800103{_PIN}800118{_ADM}",
    f"80011B{_ADM}",
    f"800101900080010A{_PIN}800110{_ADM}",
)
"""Records of EF.ARR: what each of the numbers above means."""

EMPTY = Profile(
    Metadata(bytes(10)),
    (File((MF,), Kind.DF), File((MF, DIR), Kind.LINEAR, b"\xff" * 32, 32, sfi=30)),
)
"""What a port without a profile shows."""


def profile(
    iccid: str,
    imsi: str,
    *,
    k: bytes = bytes(range(16)),
    opc: bytes = bytes(16),
    algorithm: AlgorithmId = AlgorithmId.MILENAGE,
    name: str = "Test",
    provider: str = "vcard",
    profile_class: ProfileClass = ProfileClass.OPERATIONAL,
    notify: tuple[tuple[Event, str], ...] = ((ALL_EVENTS, "testsmdpplus1.example.com"),),
    policy: Policy = NO_POLICY,
    isim: bool = False,
    pin: str = "0000",
    pin_enabled: bool = False,
    puk: str = "12345678",
    adm: str = "55555555",
    file: tuple[File, ...] = (),
) -> Profile:
    """A profile with a USIM (and an ISIM) for one subscription.

    `file` replaces those of the same path or are added. ValueError if a number is malformed.
    """
    known = {one.path: one for one in (*_common(iccid, isim=isim), *_usim(imsi, provider))}
    if isim:
        known.update({one.path: one for one in _isim(imsi)})
    known.update({one.path: one for one in file})
    secrets = Aka(algorithm, k, b"" if algorithm is AlgorithmId.XOR_TEST else opc)
    secrets.make()
    everything = tuple(known.values())
    return Profile(
        Metadata(
            iccid_bytes(iccid), provider, name, profile_class, notifications=notify, policy=policy
        ),
        everything,
        (
            PinSpec(0x01, _pin(pin), 3, _pin(puk), 10, enabled=pin_enabled),
            PinSpec(0x81, _pin("9999"), 3, _pin("98765432"), 10),
            PinSpec(0x0A, _pin(adm), 10),
        ),
        secrets,
        sum(one.size for one in everything),
    )


def from_toml(text: str) -> Profile:
    """A profile from TOML: the arguments of `profile` by name, byte strings as hex digits.

    A `file` is a table with `path` (hex), `kind`, `content` (hex), and `record`, `sfi`, `rule`,
    `limit` if wanted. ValueError says what is wrong.
    """
    table = tomllib.loads(text)
    try:
        return profile(**{name: _READ.get(name, _as_is)(value) for name, value in table.items()})
    except TypeError as error:
        raise ValueError(f"a profile has no such setting: {error}") from error


def _as_is(value: Any) -> Any:
    return value


def _file(table: Mapping[str, Any]) -> File:
    raw = bytes.fromhex(table["path"])
    path = tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
    more: dict[str, Any] = {
        name: int(table[name]) for name in ("record", "sfi", "rule", "limit") if name in table
    }
    content = bytes.fromhex(table.get("content", ""))
    return File(path, Kind[table["kind"].upper()], content, **more)


def _notify(rows: list[Mapping[str, Any]]) -> tuple[tuple[Event, str], ...]:
    return tuple((_events(row["events"]), row["address"]) for row in rows)


def _events(names: list[str]) -> Event:
    found = Event(0)
    for name in names:
        found |= Event[name.upper()]
    return found


def _policy(names: list[str]) -> Policy:
    found = Policy(0)
    for name in names:
        found |= Policy[name.upper()]
    return found


_READ: dict[str, Any] = {
    "k": bytes.fromhex,
    "opc": bytes.fromhex,
    "algorithm": lambda name: AlgorithmId[name.upper()],
    "profile_class": lambda name: ProfileClass[name.upper()],
    "notify": _notify,
    "policy": _policy,
    "file": lambda rows: tuple(_file(row) for row in rows),
}


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
    """A record of EF.DIR. Spec: ETSI TS 102 221, 13.1."""
    return tlv(0x61, tlv(0x4F, aid), tlv(0x50, label.encode("ascii")))


def _common(iccid: str, *, isim: bool) -> list[File]:
    """The MF and what stands in it."""
    applications = [_application(USIM_AID, "USIM")]
    if isim:
        applications.append(_application(ISIM_AID, "ISIM"))
    root = (MF,)
    return [
        File(root, Kind.DF),
        _record_file((*root, DIR), tuple(applications), 38, READ_ALWAYS, sfi=30),
        File((*root, ICCID), Kind.TRANSPARENT, iccid_bytes(iccid), sfi=2),
        File((*root, 0x2F05), Kind.TRANSPARENT, b"en" + b"\xff" * 8, sfi=5, rule=ALWAYS_PIN),
        File((*root, 0x2F08), Kind.TRANSPARENT, bytes.fromhex("0000000000"), sfi=8),
        _rules(root),
        File((*root, TELECOM), Kind.DF),
        _record_file((*root, TELECOM, 0x6F3A), (b"",) * 10, 28, READ_PIN_UPDATE_PIN),
        _record_file((*root, TELECOM, 0x6F40), (b"",), 28, READ_PIN_UPDATE_PIN),
        _record_file((*root, TELECOM, 0x6F42), (b"",), 42, READ_PIN_UPDATE_PIN),
    ]


def _usim(imsi: str, provider: str) -> list[File]:
    """The elementary files of the USIM that phones and tools read first."""
    adf: Path = (MF, ADF_USIM)
    home = imsi_bytes(imsi)[1:4]
    found = [File(adf, Kind.DF, aid=USIM_AID), _rules(adf)]
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


def _home_network(plmn: bytes) -> bytes:
    return (plmn + b"\xc0\x00").ljust(40, b"\xff")


def _isim(imsi: str) -> list[File]:
    """An ISIM with identities derived from the IMSI. Spec: 3GPP TS 31.103, 4.2; TS 23.003, 13."""
    adf: Path = (MF, ADF_ISIM)
    domain = f"ims.mnc{imsi[3:5].zfill(3)}.mcc{imsi[:3]}.3gppnetwork.org"

    def text(value: str) -> bytes:
        return tlv(0x80, value.encode("ascii"))

    return [
        File(adf, Kind.DF, aid=ISIM_AID),
        _rules(adf),
        File((*adf, 0x6F02), Kind.TRANSPARENT, text(f"{imsi}@{domain}"), sfi=2, rule=READ_PIN),
        File((*adf, 0x6F03), Kind.TRANSPARENT, text(domain), sfi=5, rule=READ_PIN),
        _record_file((*adf, 0x6F04), (text(f"sip:{imsi}@{domain}"),), 80, READ_PIN, sfi=4),
        File((*adf, 0x6FAD), Kind.TRANSPARENT, bytes(4), sfi=3),
    ]
