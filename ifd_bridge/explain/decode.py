"""Bytes explained: an APDU, a CCID message, a T=1 block, BER-TLV, an ATR, a PIN structure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from vcard.atr import text
from vcard.atr.atr import Atr
from vcard.explanation import Line

from . import apdu_text, ccid_text, pin_structure, t1_text, tlv_text


def decode(raw: bytes, kind: str | None = None) -> list[Line]:
    """Explain bytes as `kind`, or as what they look like most.

    ValueError if there is no such kind, or if the bytes are not of the kind asked for.
    """
    if kind is None:
        kind = guess(raw)
    if kind not in KINDS:
        raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
    return list(KINDS[kind](raw))


def guess(raw: bytes) -> str:
    """The kind that fits: the ones with the strictest shape are tried first."""
    for kind, fits in _SHAPES.items():
        if fits(raw):
            return kind
    answer = apdu_text.is_response(raw) and not apdu_text.begins_as_one(raw)
    return "response" if answer else "apdu"


def _atr(raw: bytes) -> list[Line]:
    return text.explain(Atr.parse(raw))


def _is_pin(raw: bytes) -> bool:
    return any(
        len(raw) > size and int.from_bytes(raw[size - 4 : size], "little") == len(raw) - size
        for size in (19, 24)
    )


def _pin(raw: bytes) -> Iterator[Line]:
    verify = len(raw) > 19 and int.from_bytes(raw[15:19], "little") == len(raw) - 19
    layout = pin_structure.VERIFY if verify else pin_structure.MODIFY
    yield Line(0, raw, "PIN_VERIFY" if verify else "PIN_MODIFY", f"{len(raw)} bytes")
    yield from pin_structure.fields(raw, layout)


def _is_answer(raw: bytes) -> bool:
    data = raw[:-2]
    return apdu_text.is_response(raw) and (not data or tlv_text.looks_like_tlv(data))


_SHAPES: Mapping[str, Callable[[bytes], bool]] = {
    "ccid": ccid_text.is_ccid,
    "atr": ccid_text.is_atr,
    "pin": _is_pin,
    "t1": t1_text.is_block,
    "apdu": apdu_text.is_apdu,
    "response": _is_answer,
    "tlv": tlv_text.looks_like_tlv,
}
KINDS: Mapping[str, Callable[[bytes], Iterable[Line]]] = {
    "apdu": apdu_text.apdu,
    "response": apdu_text.response,
    "ccid": ccid_text.ccid,
    "t1": t1_text.block,
    "tlv": tlv_text.objects,
    "atr": _atr,
    "pin": _pin,
}
"""The kinds that bytes can be explained as."""
