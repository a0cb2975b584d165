"""Defaults of IoT minimal profiles: access rules, EF.DIR, EF.ICCID, PINs.

Assumption: PIN 1 is 0000 and disabled, ADM 1 is 00000000. The specification's values were not
available.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7.5 and 9.9.
"""

from __future__ import annotations

from collections.abc import Callable

from applets.uicc.pins import PIN1, PinSpec
from vcard import tlv

from .header import Header

RID_3GPP = bytes.fromhex("A000000087")
_ADM1 = 0x0A
_RECORD = 40
_PIN, _ADM = "A406830101950108", "A40683010A950108"
_RULES = (
    f"8001019000800102{_PIN}800158{_ADM}",
    f"800101{_PIN}80015A{_ADM}",
    f"80015B{_ADM}",
    f"800101900080011A9700800140{_ADM}",
    f"800103{_PIN}800158{_ADM}",
    f"800111{_PIN}80014A{_ADM}",
    f"800103{_PIN}800158{_ADM}840132{_PIN}",
    f"800101{_PIN}800102A406830181950108800158{_ADM}",
    f"800101900080011A{_PIN}800140{_ADM}",
    f"800101900080015A{_ADM}",
    f"8001019000800118{_ADM}8001429700",
    f"800101{_PIN}80015A9700",
    f"800113{_PIN}800148{_ADM}",
    f"80015E{_ADM}",
)
PINS = (
    PinSpec(PIN1, b"0000\xff\xff\xff\xff", puk=b"00000000", enabled=False),
    PinSpec(_ADM1, b"00000000", 10),
)


def usim_aid(header: Header) -> bytes:
    """The AID of the USIM of an IoT minimal profile."""
    return RID_3GPP + (header.pix or b"")


def contents(name: str, header: Header) -> bytes:
    """Make the default contents `@NAME` of a template row."""
    return _CONTENTS[name](header)


_CONTENTS: dict[str, Callable[[Header], bytes]] = {
    "@empty": lambda _: b"",
    "@iccid": lambda header: header.iccid,
    "@directory": lambda header: tlv(0x61, tlv(0x4F, usim_aid(header))).ljust(32, b"\xff"),
    "@rules": lambda _: b"".join(bytes.fromhex(one).ljust(_RECORD, b"\xff") for one in _RULES),
}
