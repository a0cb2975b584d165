"""The OpenPGP applet, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from applets.shared.key_kinds import PrivateKey, kind_of
from applets.shared.validity import FIRST_DAY
from vcard import Card, Memory
from vcard.touch import Touch

from .attributes import Attributes, named
from .codes import DEFAULT_PW1, DEFAULT_PW3, USER_SLOTS, Slot, Tag
from .fingerprints import fingerprint
from .persona import PLAIN, Persona
from .state import Contents
from .vendor import VendorCommands

DEMO_TIME = int(FIRST_DAY.timestamp())
DEMO_OBJECTS: dict[int, bytes] = {
    Tag.NAME: b"Example<<Alice",
    Tag.LANGUAGES: b"en",
    Tag.LOGIN: b"alice",
    Tag.URL: b"https://example.org/alice.asc",
}


class OpenPgp(VendorCommands):
    """An OpenPGP card's application.

    `keys` are private keys (objects of `cryptography`, or PEM without a passphrase) by slot: the
    algorithm of a slot is that of its key, or the one in `algorithms` ("P-256", "Ed25519", ...);
    fingerprints are computed for keys made at `time`. `objects` are values of data objects by tag,
    `certificates` DER by slot. `pin` is PW1, `admin_pin` PW3, `resetting_code` is unset if empty,
    `tries` are those of PW1, resetting code and PW3 (1..15). All this applies to a blank memory
    only. `touch` is the card's user, who touches at once by default. ValueError if a password is
    too short or too long, or a slot cannot hold its key.
    """

    section = "OpenPgp"

    def __init__(
        self,
        *,
        keys: Mapping[Slot, PrivateKey | bytes] | None = None,
        algorithms: Mapping[Slot, str] | None = None,
        certificates: Mapping[Slot, bytes] | None = None,
        objects: Mapping[int, bytes] | None = None,
        pin: str = DEFAULT_PW1,
        admin_pin: str = DEFAULT_PW3,
        resetting_code: str = "",
        tries: tuple[int, int, int] = (3, 3, 3),
        serial: int | None = None,
        time: int = DEMO_TIME,
        persona: Persona = PLAIN,
        touch: Touch | None = None,
    ) -> None:
        self.persona = persona
        self.touch = touch or Touch()
        self.fixed_serial = _serial(serial)
        loaded = {slot: _private(key) for slot, key in (keys or {}).items()}
        chosen = {**(algorithms or {}), **{s: kind_of(k).name for s, k in loaded.items()}}
        attributes = {s: named(n, s, persona.exponent_bits) for s, n in chosen.items()}
        self.contents = Contents(
            pw1=pin.encode(),
            pw3=admin_pin.encode(),
            rc=resetting_code.encode(),
            tries=tries,
            keys={slot.name: key for slot, key in loaded.items()},
            attributes={slot.name: raw for slot, raw in attributes.items()},
            certificates={slot.name: der for slot, der in (certificates or {}).items()},
            objects={**_identities(loaded, attributes, time), **(objects or {})},
        )

    @classmethod
    def demo(cls, *, algorithms: Mapping[Slot, str] | None = None, **options: Any) -> Self:
        """Make a card with keys in its three slots and a cardholder, Alice Example.

        `algorithms` default to RSA-2048; `options` are those of OpenPgp.
        """
        made = demo_contents(algorithms or {}, options.get("persona", PLAIN))
        for name, contents in made.items():
            options[name] = {**contents, **options.get(name, {})}
        return cls(**options)

    def on_card(self, memory: Memory | None = None, atr: bytes | None = None) -> Card:
        """Make a card with this application alone; `atr` replaces that of its persona."""
        return Card(self, atr=self.persona.atr if atr is None else atr, memory=memory, default=self)


def demo_contents(algorithms: Mapping[Slot, str], persona: Persona) -> dict[str, dict[Any, Any]]:
    """Make keys for the three slots, RSA-2048 by default, and a cardholder.

    The result holds keyword arguments of OpenPgp.
    """
    chosen = {slot: algorithms.get(slot, "RSA-2048") for slot in USER_SLOTS}
    keys = {
        slot: Attributes.parse(named(name, slot, persona.exponent_bits)).kind.generate()
        for slot, name in chosen.items()
    }
    return {"keys": keys, "objects": DEMO_OBJECTS}


def _identities(
    keys: Mapping[Slot, PrivateKey], attributes: Mapping[Slot, bytes], time: int
) -> dict[int, bytes]:
    """Return fingerprints and generation times of keys, as data objects."""
    found: dict[int, bytes] = {}
    for slot, key in keys.items():
        parsed = Attributes.parse(attributes[slot])
        found[slot.fingerprint] = fingerprint(key.public_key(), parsed, time)
        found[slot.time] = time.to_bytes(4, "big")
    return found


def _private(key: PrivateKey | bytes) -> PrivateKey:
    loaded = load_pem_private_key(key, None) if isinstance(key, bytes) else key
    kind_of(loaded)  # type: ignore[arg-type]  # says what is wrong with other keys
    return loaded  # type: ignore[return-value]  # kind_of refused others


def _serial(serial: int | None) -> int | None:
    if serial is not None and not 0 <= serial <= 99_999_999:
        raise ValueError(f"a serial number has up to 8 decimal digits, not {serial}")
    return serial
