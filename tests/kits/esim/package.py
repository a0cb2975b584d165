"""A small profile package, made with an ASN.1 schema."""

from __future__ import annotations

from functools import cache
from typing import Any

from applets.sim.small_usim import RULES
from vcard import Tlv, tlv

from .schema import codec

USIM = bytes.fromhex("A0000000871002FF49FF0589")
COMMON = {"identification": 1}


def descriptor(**fields: Any) -> list[tuple[str, Any]]:
    return [("fcp", fields)]


def content(raw: bytes) -> list[tuple[str, Any]]:
    return [("content", raw)]


def rules(size: int = 40) -> list[tuple[str, Any]]:
    # Templates name records up to 14: 2 for the holder's data, 5 for data that the holder may
    # change.
    chosen = [RULES[{2: 1, 5: 2}.get(number, 0)] for number in range(1, 15)]
    body = b"".join(bytes.fromhex(rule).ljust(size, b"\xff") for rule in chosen)
    shape = bytes((0x42, 0x21)) + size.to_bytes(2, "big")
    return [("fcp", {"descriptor": shape, "size": len(body).to_bytes(2, "big")}), ("content", body)]


def elements(**options: Any) -> list[bytes]:
    """The elements of a package with a USIM: see `_elements`."""
    return list(_elements(**options))


@cache
def _elements(
    iccid: str = "8949001111111111119",
    imsi: str = "080910101032547698",
    filler: int = 0,
    k: bytes = bytes(range(16)),
) -> tuple[bytes, ...]:
    """The elements of a package with a USIM; `filler` adds a file of that many bytes."""
    swapped = bytes.fromhex(iccid.ljust(20, "F"))
    nibbles = bytes(byte >> 4 | (byte & 15) << 4 for byte in swapped)
    directory = tlv(0x61, tlv(0x4F, USIM)).ljust(20, b"\xff")
    one = {"rule": b"\x01"}
    made: list[tuple[str, Any]] = [
        ("header", {"major": 3, "minor": 1, "kind": "test", "iccid": swapped}),
        ("t16", {
            "common": COMMON, "template": "2.23.143.1.2.1",
            "f0": descriptor(**one), "f2": descriptor(**one) + content(nibbles),
            "f3": descriptor(descriptor=bytes.fromhex("42210014"), size=b"\x14", **one)
            + content(directory),
            "f4": rules(),
        }),
        ("puks", {"common": COMMON, "codes": [
            ("one", {"reference": 1, "value": b"12345678", "tries": 0xAA})]}),
        ("pins", {"common": COMMON, "codes": ("own", [
            ("one", {"reference": 1, "value": b"1234\xff\xff\xff\xff", "puk": 1, "attributes": 6,
                     "tries": 0x33}),
            ("one", {"reference": 10, "value": b"55555555", "attributes": 7, "tries": 0xAA})])}),
        ("t19", {
            "common": COMMON, "template": "2.23.143.1.2.4.2",
            "f0": descriptor(fid=b"\x7f\xd0", aid=USIM, **one),
            "f1": descriptor(rule=b"\x02") + content(bytes.fromhex(imsi)),
            "f2": rules(),
            "f6": content(bytes.fromhex("BE1F2E6E00000000000000000000000000")),
            "f11": content(b"\x00Stand-in".ljust(17, b"\xff")),
            "f12": content(b"\x00"),
            "f16": content(b"\x00\x01"),
            "f20": descriptor(descriptor=bytes.fromhex("42210004"), size=b"\x04"),
        }),
        ("aka", {"common": COMMON, "configuration": ("own", {
            "algorithm": 1, "options": b"\x01", "key": k, "opc": bytes(16),
            "iterations": 1})}),
    ]  # fmt: skip
    if filler:
        size = filler.to_bytes(2, "big")
        step = [("path", b""), ("fcp", {"descriptor": b"\x41\x21", "fid": b"\x2f\x30", "size": size,
                                        **one}), ("content", bytes(filler))]  # fmt: skip
        made.append(("files", {"common": COMMON, "commands": [("one", step)]}))
    coded = [bytes(codec().encode("Element", value)) for value in made]
    # Servers need what this schema lacks: no service and no template is mandatory.
    coded[0] = tlv(0xA0, Tlv.parse(coded[0]).value, bytes.fromhex("A500A600"))
    return (*coded, bytes.fromhex("AA05A003810163"))


def package(**options: Any) -> bytes:
    """A whole package."""
    return b"".join(elements(**options))


def encoded(name: str, value: Any) -> bytes:
    """One element."""
    return bytes(codec().encode("Element", (name, value)))


def with_elements(*more: bytes) -> bytes:
    """A package with further elements before its end."""
    first, *rest, end = elements()
    return b"".join([first, *rest, *more, end])
