"""Descriptions of readers in any format: find the format, and select the device."""

from __future__ import annotations

import codecs
import re

from . import lsusb, reader_list
from .capture_blocks import is_capture
from .device import DescribedDevice
from .fields import DescriptionError

LONGEST = 16 << 20
"""Bytes of a description; a capture of a few minutes fits."""
_ID = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")


def devices(raw: bytes) -> list[DescribedDevice]:
    """The devices that a file describes, at least one; DescriptionError says why there is none."""
    if len(raw) > LONGEST:
        raise DescriptionError(f"a description has at most {LONGEST >> 20} MiB")
    if is_capture(raw):
        from . import enumeration  # captures are rare, and this is on the way of every start

        return enumeration.parse(raw)
    text = _text(raw)
    if lsusb.FIRST.search(text[:4096]):
        return lsusb.parse(text)
    return reader_list.parse(text)


def _text(raw: bytes) -> str:
    """UTF-8, or UTF-16 after its mark, as PowerShell writes what a program says into a file."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16" if marked else "utf-8-sig", "replace")


def device(raw: bytes, usb_id: str | None = None, nth: int | None = None) -> DescribedDevice:
    """The one device of a file, or the one with this id (`04e6:5116`), or the `nth` of these.

    Devices are counted from 1. DescriptionError says what must be chosen, and what there is.
    """
    if usb_id is not None and not _ID.fullmatch(usb_id):
        raise DescriptionError(f"an id is vendor:product such as 04e6:5116, not {usb_id!r}")
    described = devices(raw)
    found = [one for one in described if usb_id is None or one.usb_id == usb_id.lower()]
    known = ", ".join(dict.fromkeys(one.usb_id for one in described))
    if not found:
        raise DescriptionError(f"no device with the id {usb_id} is described; there are {known}")
    if nth is not None and not 1 <= nth <= len(found):
        raise DescriptionError(f"nth is 1..{len(found)} here, not {nth}")
    if nth is None and len(found) > 1:
        raise DescriptionError(
            f"{len(found)} devices are described ({known}):"
            f" choose by ?id={found[0].usb_id} or ?nth=1"
        )
    return found[(nth or 1) - 1]
