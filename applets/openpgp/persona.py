"""The makes of OpenPGP cards: a plain one, and a YubiKey's application. Differences are data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vcard import SW
from vcard.atr.atr import Atr

from .attributes import ED25519, NAMES, RSA_NAMES, X25519, supported
from .codes import ATTESTATION, DECRYPTION, SLOTS, USER_SLOTS, Slot, Uif
from .session import PW1, PW3

HISTORICAL = bytes.fromhex("0031F573C00160059000")
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Persona:
    """The differences between makes of OpenPGP cards.

    `version` is that of the specification, `firmware` answers GET VERSION and opens the vendor's
    commands (None: there are none). `wrapped` constructed data objects come with their own tag and
    length. `exponent_bits` stands in RSA attributes. `challenge`, `certificate` and `special` are
    the greatest lengths of random numbers and data objects in bytes, `lengths` those of a command
    and a response. `uif` are the values of a user interaction flag, empty without a button.
    `no_key` is the status word for reading a missing key, `wrong_reference` that for VERIFY with an
    unknown reference. TERMINATE DF needs PW3, or all of `terminated_by` blocked. `tells_status`:
    VERIFY without data returns the remaining tries, and P1 FF ends a verification. `bogus_curves`
    and `stray_length` are errors of old firmware that its tools expect. `algorithm_names` are the
    supported algorithms.
    """

    name: str
    atr: bytes
    historical: bytes
    manufacturer: int
    version: tuple[int, int] = (3, 4)
    firmware: Version | None = None
    wrapped: bool = False
    exponent_bits: int = 0x20
    flags: int = 0x7F
    challenge: int = 0x0800
    certificate: int = 0x0800
    special: int = 0x0800
    lengths: tuple[int, int] = (0x0800, 0x0800)
    uif: frozenset[int] = frozenset({Uif.OFF, Uif.ON, Uif.PERMANENT})
    manages_environment: bool = True
    attests: bool = False
    no_key: SW = SW.REFERENCED_DATA_NOT_FOUND
    wrong_reference: SW = SW.INCORRECT_P1_P2
    tells_status: bool = True
    terminated_by: tuple[str, ...] = (PW3,)
    kdf_sets_passwords: bool = True
    bogus_curves: bool = False
    stray_length: bool = False
    algorithm_names: tuple[str, ...] = NAMES

    @property
    def third_version(self) -> bool:
        """Whether the card follows version 3 of the specification.

        Version 3 adds a choice of algorithms, three certificates, and objects that list them.
        """
        return self.version >= (3, 0)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Return the slots of the card."""
        return SLOTS if self.attests else USER_SLOTS

    @property
    def capabilities(self) -> bytes:
        """Return the extended capabilities (C0), 10 bytes."""
        sizes = (self.challenge, self.certificate, self.special)
        words = b"".join(size.to_bytes(2, "big") for size in sizes)
        return bytes((self.flags, 0)) + words + bytes((0, self.manages_environment))

    def aid(self, serial: int) -> bytes:
        """Return the AID, 16 bytes; the serial number is in decimal digits, 0 to 99999999."""
        made = bytes(self.version) + self.manufacturer.to_bytes(2, "big")
        return made + bytes.fromhex(f"{serial:08d}") + bytes(2)

    def algorithms(self, slot: Slot) -> list[bytes]:
        """Return the algorithm attributes that the card lists for a slot."""
        listed = list(supported(slot, self.exponent_bits, self.algorithm_names))
        if self.bogus_curves:
            listed.append(b"\x16" + X25519)
            listed += [b"\x16" + ED25519] if slot in (DECRYPTION, ATTESTATION) else []
        return listed


PLAIN = Persona(
    "plain",
    bytes(Atr.build((1,), HISTORICAL, ifsc=254)),
    HISTORICAL,
    manufacturer=0xFF7C,
)
YUBIKEY = Persona(
    "yubikey",
    bytes.fromhex("3BFD1300008131FE158073C021C057597562694B657940"),
    bytes.fromhex("00730000E0059000"),
    manufacturer=0x0006,
    firmware=(5, 7, 2),
    wrapped=True,
    exponent_bits=0x11,
    flags=0x7D,
    challenge=0x0BFE,
    special=0x00FF,
    lengths=(0x0BFE, 0x0BFE),
    uif=frozenset(Uif),
    manages_environment=False,
    attests=True,
    no_key=SW.MEMORY_FAILURE,
    wrong_reference=SW.WRONG_P1_P2,
    terminated_by=(PW1, PW3),
)
_BEFORE_5_2: dict[str, Any] = {
    "version": (2, 1),
    "flags": 0x7C,
    "uif": frozenset({Uif.OFF, Uif.ON, Uif.PERMANENT}),
    "attests": False,
    "bogus_curves": False,
    "stray_length": False,
    "algorithm_names": RSA_NAMES,
}
"""Version 2.1 of the specification: RSA alone, no KDF, no attestation, no cached touch."""
PERSONAS = {persona.name: persona for persona in (PLAIN, YUBIKEY)}


def yubikey(firmware: Version) -> Persona:
    """Return the persona of a YubiKey with this firmware, 4.3 or later."""
    found = replace(
        YUBIKEY,
        firmware=firmware,
        tells_status=firmware >= (5, 6, 0),
        bogus_curves=firmware < (5, 6, 1),
        stray_length=firmware <= (5, 4, 3),
    )
    return found if firmware >= (5, 2, 0) else replace(found, **_BEFORE_5_2)
