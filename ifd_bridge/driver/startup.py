"""The initialisation of a reader by its host driver, when it is plugged in.

Spec: USB CCID 1.1, 6.1.3 (GetSlotStatus), 6.1.8 (Escape: what it says belongs to the maker).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..ifdh.api import Code
from .known_reader import GEMALTO, GEMPC_PINPAD, VEGA_ALPHA, FirmwareFeatures, KnownReader
from .link import DEFAULT_TIMEOUT_S, Link, Out, Reply
from .options import DriverOptions

NOT_SUPPORTED, MUTE = 0x00, 0xFE
"""bError values with a meaning of their own."""

_RESYNC_TIMEOUT_S = 0.1
_FIRMWARE_FEATURES = b"\x6a"
_LOAD_TEXTS = bytes.fromhex("B2A0004D4C")
_TEXT_WIDTH = 16


def open_reader(
    links: Sequence[Link], reader: KnownReader, options: DriverOptions
) -> tuple[Code, KnownReader]:
    """Set up every slot; the worst code, and the reader with what the reader told."""
    worst = Code.SUCCESS
    for link in links:
        code, reader = _open_slot(link, reader, options)
        if code is not Code.SUCCESS:
            worst = code
    return worst, reader


def _open_slot(link: Link, reader: KnownReader, options: DriverOptions) -> tuple[Code, KnownReader]:
    """Wake the reader, check that it answers, load texts, request its features."""
    link.command(Out.GET_SLOT_STATUS, timeout_s=DEFAULT_TIMEOUT_S)
    if not (_answers(link) or _answers(link)):
        return Code.COMMUNICATION_ERROR, reader
    code = Code.SUCCESS
    if reader.model.usb_id in (GEMPC_PINPAD, VEGA_ALPHA):
        code = link.command(Out.ESCAPE, texts(options.language)).code
    if reader.model.vendor_id == GEMALTO:
        reader = _with_firmware_features(reader, link.command(Out.ESCAPE, _FIRMWARE_FEATURES))
    return code, reader


def _answers(link: Link) -> bool:
    reply = link.command(Out.GET_SLOT_STATUS, timeout_s=_RESYNC_TIMEOUT_S)
    return reply.ok or reply.error == MUTE


def _with_firmware_features(reader: KnownReader, reply: Reply) -> KnownReader:
    if not reply.ok:
        return reader
    try:
        return replace(reader, firmware=FirmwareFeatures.parse(reply.data))
    except ValueError:
        return reader


def texts(language: str) -> bytes:
    """The Escape that loads ten texts of 16 characters into a keypad's memory."""
    lines = TEXTS.get(language[:2], TEXTS["en"])
    return _LOAD_TEXTS + b"".join(line.ljust(_TEXT_WIDTH).encode("ascii") for line in lines)


TEXTS = {
    "en": (
        "Your PIN?",
        "A new PIN?",
        "New PIN again?",
        "PIN is right",
        "PIN is wrong",
        "Too late",
        "* tries to go",
        "Card, please",
        "Card fails",
        "PIN is blocked",
    ),
    "fr": (
        "Votre code ?",
        "Code suivant ?",
        "Encore une fois?",
        "Code juste",
        "Code faux",
        "Trop tard",
        "* essais encore",
        "Carte svp",
        "Carte en panne",
        "Code bloque",
    ),
    "de": (
        "Ihre PIN?",
        "Andere PIN?",
        "Noch einmal?",
        "PIN richtig",
        "PIN falsch",
        "Zu spaet",
        "* Mal noch",
        "Karte bitte",
        "Karte gestoert",
        "PIN gesperrt",
    ),
}
"""Enter PIN, new PIN, confirm, right, wrong, time-out, tries left, insert, card error, blocked."""
