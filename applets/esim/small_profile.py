"""Make a small profile from a few settings: a subscription and metadata."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

from applets.shared.file_system.tree import DIR, MF, File, Kind
from applets.sim.digits import iccid_bytes
from applets.sim.small_usim import READERS as SIM_READERS
from applets.sim.small_usim import read_settings, small_subscription
from applets.sim.subscription import Subscription
from applets.sim.usim import AlgorithmId
from vcard import tlv

from .profiles import ALL_EVENTS, NO_POLICY, Event, Metadata, Policy, Profile, ProfileClass

EMPTY = Subscription(
    (File((MF,), Kind.DF), File((MF, DIR), Kind.LINEAR, b"\xff" * 32, 32, sfi=30)),
)
"""The files of a port without a profile."""


class Facts(TypedDict, total=False):
    """The arguments of `applets.sim.small_subscription` that a profile passes on."""

    k: bytes
    opc: bytes
    algorithm: AlgorithmId
    isim: bool
    pin: str
    pin_enabled: bool
    puk: str
    adm: str
    file: tuple[File, ...]


def profile(
    iccid: str,
    imsi: str,
    *,
    name: str = "Test",
    provider: str = "vcard",
    profile_class: ProfileClass = ProfileClass.OPERATIONAL,
    notify: tuple[tuple[Event, str], ...] = ((ALL_EVENTS, "testsmdpplus1.example.com"),),
    policy: Policy = NO_POLICY,
    privileges: bytes = b"",
    fallback_allowed: bool = False,
    **facts: Unpack[Facts],
) -> Profile:
    """Make a profile with a USIM, and an ISIM if wanted, for one subscription.

    `facts` are those of `applets.sim.small_subscription`. ValueError if one of them is malformed.
    """
    made = small_subscription(iccid, imsi, provider=provider, **facts)
    about = Metadata(
        iccid_bytes(iccid),
        provider,
        name,
        profile_class,
        notifications=notify,
        policy=policy,
        privileges=privileges,
        fallback_allowed=fallback_allowed,
    )
    return Profile(about, made, sum(one.size for one in made.files))


def from_toml(text: str) -> Profile:
    """Make a profile from TOML: the arguments of `profile` by name, byte strings as hex digits.

    A `file` is a table as in `applets.sim.from_toml`. ValueError if a setting is unknown or
    malformed.
    """
    settings = read_settings(tomllib.loads(text), READERS)
    try:
        return profile(**settings)
    except TypeError as error:
        raise ValueError(f"a profile has no such setting: {error}") from error


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


def _privileges(rows: list[Mapping[str, Any]]) -> bytes:
    """Carrier privilege rules: the hash of a `certificate`, and a `package` to limit a rule to one.

    Spec: Android, UICC carrier privileges (REF-AR-DO with DeviceAppID-REF-DO, PKG-REF-DO,
    PERM-AR-DO).
    """
    return b"".join(
        tlv(
            0xE2,
            tlv(
                0xE1,
                tlv(0xC1, bytes.fromhex(row["certificate"])),
                tlv(0xCA, row["package"].encode()) if "package" in row else b"",
            ),
            tlv(0xE3, tlv(0xDB, ALL_PERMISSIONS)),
        )
        for row in rows
    )


ALL_PERMISSIONS = bytes(7) + b"\1"
READERS: dict[str, Callable[[Any], Any]] = {
    **SIM_READERS,
    "profile_class": lambda name: ProfileClass[name.upper()],
    "notify": _notify,
    "policy": _policy,
    "privileges": _privileges,
    "fallback_allowed": bool,
}
