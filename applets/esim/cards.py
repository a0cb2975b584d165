"""Make the built-in eSIM cards from text options (see applets.catalogue)."""

from __future__ import annotations

from dataclasses import replace

from applets.shared.options import PROTOCOL, Options
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.sim.usim import AlgorithmId
from vcard import Memory

from . import kind, saip
from .core import Config
from .eid import numbered
from .euicc import Euicc
from .iot.versions import VERSIONS as IOT_VERSIONS
from .pki import Chain
from .profiles import Metadata, Profile
from .small_profile import from_toml, profile
from .versions import VERSIONS

PORTS = 2


def demo_profiles() -> tuple[Profile, Profile]:
    """Two profiles with different ICCIDs, IMSIs and keys: MILENAGE, and the test algorithm."""
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


def create(memory: Memory | None, options: Options) -> Euicc:
    """The eSIM card: one port, an enabled and a disabled profile.

    The options are those of applets.esim.kind; `pki` and `profile` are the contents of files: PEM
    (the certificates of CI, EUM and eUICC, the key), and TOML text or a profile package in hex,
    several behind form feeds. ValueError for a wrong option.
    """
    chain = Chain.from_pem(kind.PKI.of(options)) if kind.PKI.of(options) else None
    own = None if chain is None else chain.eid
    mode, now = kind.MEP.of(options), kind.NOW.of(options)
    profiles = _profiles(options)
    return Euicc(
        profiles,
        config=_config(options),
        eid=kind.EID.of(options) or own or numbered(kind.NUMBER.of(options)),
        ports={"none": 1, "b": PORTS + 1}.get(mode, PORTS),
        mep=mode,
        enable=min(len(profiles), 1 if mode == "none" else PORTS),
        strict=kind.STRICT.of(options),
        proactive=kind.PROACTIVE.of(options),
        protocols=PROTOCOL.of(options),
        pki=chain,
        memory=memory,
        now=lambda: now,  # a stopped clock
    )


def _config(options: Options) -> Config:
    """Read the features from the options.

    The default version is 3.1 with MEP, which needs it, else 2.2.2.
    """
    named = kind.SVN.of(options) or ("2.2.2" if kind.MEP.of(options) == "none" else "3.1")
    iot, keys = kind.IOT.of(options), kind.ISDR_KEYS.of(options)
    return Config(
        version=VERSIONS[named],
        iot=IOT_VERSIONS[iot] if iot else None,
        lenient=kind.LENIENT.of(options),
        isdr_keys=KeySet.of(kind.ISDR_KVN.of(options), KeyType.AES, keys) if keys else None,
    )


def _profiles(options: Options) -> tuple[Profile, ...]:
    if kind.EMPTY.of(options):
        return ()
    texts = [text for text in kind.PROFILE.of(options).split("\f") if text]
    lenient = kind.LENIENT.of(options)
    return tuple(_profile(text, lenient=lenient) for text in texts) if texts else demo_profiles()


def _profile(text: str, *, lenient: bool) -> Profile:
    """Read a profile from TOML, or from a package in hex: its name is then its ICCID."""
    if "=" in text:
        return from_toml(text)
    found = saip.decode(bytes.fromhex(text), lenient=lenient)
    metadata = Metadata(found.iccid, "", found.metadata.digits)
    return replace(found, metadata=metadata)
