"""The FCP template of a UICC: that of ISO/IEC 7816-4 with EF.ARR's record and the PIN status.

Spec: ETSI TS 102 221, 11.1.1.3 (response data), 11.1.1.4 (coding of its data objects).
"""

from __future__ import annotations

from applets.shared.file_system import MF, File
from applets.shared.file_system.fcp import fcp as iso_fcp
from vcard import tlv

from .arr import ARR

_CHARACTERISTICS = tlv(0xA5, tlv(0x80, b"\x71"))
"""UICC characteristics, told of the MF alone: clock stop allowed, all supply classes."""


def fcp(file: File, pins: bytes = b"") -> bytes:
    """Build the template (tag 62) of a file; `pins` is the PIN status (C6) of a DF."""
    rule = (file.arr or ARR).to_bytes(2, "big") + bytes((file.rule,))
    about = _CHARACTERISTICS if file.fid == MF and not file.aid else b""
    return iso_fcp(file, proprietary=about, security=tlv(0x8B, rule) + pins)
