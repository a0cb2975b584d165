"""The answer to reset of a UICC.

Spec: ETSI TS 102 221, 6.3 (ATR, global interface bytes after T=15); ISO/IEC 7816-3, 8.2.
"""

from __future__ import annotations

from vcard.atr.layout import checksum

TA1 = 0x96
"""Fi = 512, Di = 32: 16 clock cycles per bit, the speed of nearly every UICC."""
_T0_ONLY, _T1_ONLY, _BOTH = "80", "81B1FE45", "80B1FE45"
"""TD1 and the bytes after it up to the TD that announces T=15; with T=1: IFSC FE, BWI/CWI 45."""
_UP_TO_T15 = {(0,): _T0_ONLY, (1,): _T1_ONLY, (0, 1): _BOTH}
_TA, _TA_AND_TB = 0x1F, 0x3F
_CLOCK_AND_CLASSES = 0xC7
"""TA after T=15: the clock may stop at either level; supply classes A, B and C."""


def answer_to_reset(protocols: tuple[int, ...], historical: bytes, tb: int | None = None) -> bytes:
    """Build the ATR of a UICC that offers these protocols.

    `historical` has up to 15 bytes; `tb` is the second global interface byte after T=15 (None:
    absent). ValueError if the protocols are not (0,), (1,) or (0, 1).
    """
    if protocols not in _UP_TO_T15:
        raise ValueError(f"a UICC speaks T=0, T=1 or both, not {protocols}")
    head = bytes((0x3B, 0x90 | len(historical), TA1)) + bytes.fromhex(_UP_TO_T15[protocols])
    last = (_TA, _CLOCK_AND_CLASSES) if tb is None else (_TA_AND_TB, _CLOCK_AND_CLASSES, tb)
    raw = head + bytes(last) + historical
    return raw + bytes((checksum(raw[1:]),))
