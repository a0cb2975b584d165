"""A SUCI from the files of a USIM.

Spec: 3GPP TS 31.102, 4.4.11.8 and 4.4.11.11 (EF.SUCI_Calc_Info, EF.Routing_Indicator), 5.3.48;
TS 24.501, 9.11.3.4 (5GS mobile identity).
"""

from __future__ import annotations

from dataclasses import dataclass

from applets.sim.digits import swapped, unswapped
from vcard.tlv import parse_all

from .schemes import SchemeId, conceal

_SCHEMES, _KEYS, _KEY_ID, _KEY = 0xA0, 0xA1, 0x80, 0x81
_SUCI_WITH_IMSI = 0x01
NO_ROUTING = b"\xf0\xff"


@dataclass(frozen=True, slots=True)
class Choice:
    """The protection scheme of the highest priority, with the home network's key for it."""

    scheme: SchemeId = SchemeId.NULL
    key_id: int = 0
    public: bytes = b""


def chosen(info: bytes) -> Choice:
    """Parse EF.SUCI_Calc_Info; the null scheme unless a supported scheme has its key.

    ValueError if the file is malformed.
    """
    parts = {one.tag: one for one in parse_all(info.rstrip(b"\xff"))}
    keys = parts[_KEYS].children if _KEYS in parts else []
    names = [one.value for one in keys if one.tag == _KEY_ID]
    values = [one.value for one in keys if one.tag == _KEY]
    pairs = parts[_SCHEMES].value if _SCHEMES in parts else b""
    for scheme, index in zip(pairs[::2], pairs[1::2], strict=False):
        if scheme == SchemeId.NULL:
            break
        if scheme in (SchemeId.PROFILE_A, SchemeId.PROFILE_B) and 0 < index <= len(values):
            return Choice(SchemeId(scheme), names[index - 1][0], values[index - 1])
    return Choice()


def suci(imsi: bytes, mnc_digits: int, routing: bytes, choice: Choice) -> bytes:
    """Encode the 5GS mobile identity for the contents of EF.IMSI.

    `mnc_digits` is 2 or 3 (EF.AD); `routing` are the first two bytes of EF.Routing_Indicator.
    ValueError if there is no IMSI, or the key does not fit the scheme.
    """
    digits = unswapped(imsi[1 : 1 + imsi[0]])[1:] if imsi[:1] else ""
    if not digits.isdecimal():
        raise ValueError("there is no IMSI")
    mnc, msin = digits[3 : 3 + mnc_digits], digits[3 + mnc_digits :]
    network = swapped(f"{digits[:3]}{mnc[2:] or 'F'}{mnc[:2]}")
    output = conceal(choice.scheme, choice.public, swapped(msin))
    usable = routing if len(routing) == 2 and routing != b"\xff\xff" else NO_ROUTING
    return (
        bytes((_SUCI_WITH_IMSI,))
        + network
        + usable
        + bytes((choice.scheme, choice.key_id))
        + output
    )
