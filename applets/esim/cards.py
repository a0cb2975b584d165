"""The built-in eSIM cards, made from text options (see applets.catalogue)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from applets.catalogue import known_options
from vcard import Memory

from .eid import numbered
from .euicc import Euicc
from .pki import Pki
from .profile import Profile
from .simple import profile
from .usim import AlgorithmId

OPTIONS = ("empty", "mep", "strict", "proactive", "eid", "number", "pki")
PORTS = 2


def demo_profiles() -> tuple[Profile, Profile]:
    """Two profiles with ICCIDs, IMSIs and keys of their own: MILENAGE and the test algorithm."""
    return (
        profile(
            "8949000000000000018",
            "001010000000001",
            k=bytes.fromhex("465B5CE8B199B49FAA5F0A2EE238A6BC"),
            opc=bytes.fromhex("CD63CB71954A9F4E48A5994E37A02BAF"),
            name="Demo one",
            provider="vcard One",
        ),
        profile(
            "8949000000000000026",
            "001010000000002",
            k=bytes(range(16)),
            algorithm=AlgorithmId.XOR_TEST,
            name="Demo two",
            provider="vcard Two",
            isim=True,
        ),
    )


def create(
    memory: Memory | None,
    options: Mapping[str, str],
    read_pki: Callable[[str], Pki] | None = None,
) -> Euicc:
    """The eSIM card: one port, an enabled and a disabled profile.

    Options: `empty` (no profiles), `mep` (a1, a2 or b: interfaces 0 to 2, both profiles enabled on
    1 and 2), `strict` (MEP by the letter), `proactive` (91xx and REFRESH), `eid` (32 digits) or
    `number` (of a fleet), `pki` (a directory, where `read_pki` reads one).
    """
    known_options(options, OPTIONS, "esim")
    mode = options.get("mep", "none")
    if mode.lower() not in ("none", "a1", "a2", "b"):
        raise ValueError(f"mep is a1, a2 or b, not {mode!r}")
    hierarchy = None
    if "pki" in options:
        if read_pki is None:
            raise ValueError("this program reads no directory of certificates")
        hierarchy = read_pki(options["pki"])
    eid = options.get("eid") or _eid(hierarchy) or numbered(int(options.get("number", "1")))
    many = mode.lower() != "none"
    profiles = () if _on(options, "empty") else demo_profiles()
    ports = {"none": 1, "b": PORTS + 1}.get(mode.lower(), PORTS)
    return Euicc(
        profiles,
        eid=eid,
        ports=ports,
        mep=mode,
        enable=min(len(profiles), PORTS if many else 1),
        strict=_on(options, "strict"),
        proactive=_on(options, "proactive"),
        pki=hierarchy,
        memory=memory,
    )


def _on(options: Mapping[str, str], name: str) -> bool:
    """An option that is there without a value, or with one that does not deny it."""
    return options.get(name, "no").lower() not in ("no", "0", "false", "off")


def _eid(hierarchy: Pki | None) -> str | None:
    return None if hierarchy is None else hierarchy.eid
