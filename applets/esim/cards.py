"""The built-in eSIM cards, made from text options (see applets.catalogue)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from applets.catalogue import known_options
from applets.sim.usim import AlgorithmId
from vcard import Memory

from . import saip
from .eid import numbered
from .euicc import Euicc
from .pki import Chain
from .profile import Metadata, Profile
from .small_profile import from_toml, profile

OPTIONS = (
    "empty", "mep", "strict", "proactive", "eid", "number", "now", "pki", "profile", "protocol",
)  # fmt: skip
PORTS = 2
PROTOCOLS = {"": None, "t0": (0,), "t1": (1,), "both": (0, 1)}


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


def create(memory: Memory | None, options: Mapping[str, str]) -> Euicc:
    """The eSIM card: one port, an enabled and a disabled profile.

    Options: `empty` (no profiles), `mep` (a1, a2 or b: interfaces 0 to 2, both profiles enabled on
    1 and 2), `strict` (MEP by the letter), `proactive` (91xx and REFRESH), `protocol` (t0, t1 or
    both), `eid` (32 digits) or `number` (of a fleet), `now` (a date, or a date and time in UTC, by
    which certificates are judged; without it they do not expire), `profile` (TOML text or a profile
    package in hex, several behind form feeds, in place of the two), `pki` (PEM: the certificates of
    CI, EUM and eUICC, the key).
    """
    known_options(options, OPTIONS, "esim")
    mode = options.get("mep", "none").lower()
    if mode not in ("none", "a1", "a2", "b"):
        raise ValueError(f"mep is a1, a2 or b, not {mode!r}")
    chain = Chain.from_pem(options["pki"]) if options.get("pki") else None
    own = None if chain is None else chain.eid
    many = mode != "none"
    profiles = _profiles(options)
    return Euicc(
        profiles,
        eid=options.get("eid") or own or numbered(int(options.get("number", "1"))),
        ports={"none": 1, "b": PORTS + 1}.get(mode, PORTS),
        mep=mode,
        enable=min(len(profiles), PORTS if many else 1),
        strict=_on(options, "strict"),
        proactive=_on(options, "proactive"),
        protocols=_protocols(options),
        pki=chain,
        memory=memory,
        now=_clock(options.get("now", "")),
    )


def _clock(text: str) -> Callable[[], datetime | None]:
    """A clock that stands still."""
    if not text:
        return lambda: None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise ValueError(f"now is a date, or a date and time in UTC without a zone, not {text!r}")
    return lambda: moment


def _protocols(options: Mapping[str, str]) -> tuple[int, ...] | None:
    name = options.get("protocol", "").lower()
    if name not in PROTOCOLS:
        raise ValueError(f"protocol is t0, t1 or both, not {name!r}")
    return PROTOCOLS[name]


def _profiles(options: Mapping[str, str]) -> tuple[Profile, ...]:
    if _on(options, "empty"):
        return ()
    texts = [text for text in options.get("profile", "").split("\f") if text]
    return tuple(_profile(text) for text in texts) if texts else demo_profiles()


def _profile(text: str) -> Profile:
    """From TOML, or from a package in hex: its name is then its ICCID."""
    if "=" in text:
        return from_toml(text)
    found = saip.decode(bytes.fromhex(text))
    metadata = Metadata(found.iccid, "", found.metadata.digits)
    return replace(found, metadata=metadata, size=len(text) // 2)


def _on(options: Mapping[str, str], name: str) -> bool:
    """An option that is there without a value, or with one that does not deny it."""
    return options.get(name, "no").lower() not in ("no", "0", "false", "off")
