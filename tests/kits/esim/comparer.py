"""Compare every file of a package with the card that downloaded it: select by path, and read.
`Expected` is a package's description of a file, from any decoder. As on terminals, an ADF is
selected by its AID, and its files by 7FFF and the rest of the path.
Spec: ETSI TS 102 221, 8.4 (selection by path), 11.1.1 (SELECT), 11.1.3 and 11.1.5 (READ).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from applets.shared.file_system.tree import File, Kind
from vcard import Tlv

from .lpa import Lpa

CURRENT_ADF = "7FFF"
DENIED = (0x6982,)


@dataclass(frozen=True)
class Expected:
    """A file's description in a package. None where it is silent; `content` may be a beginning."""

    path: tuple[int, ...]
    descriptor: int | None = None
    size: int | None = None
    record: int | None = None
    sfi: int | None = None
    access: bytes | None = None
    life: int | None = 0x05
    pins: bytes | None = None
    aid: bytes = b""
    content: bytes | None = None

    @classmethod
    def of(cls, file: File) -> Expected:
        """Convert the result of our own decoder."""
        plain = file.kind is not Kind.DF
        return cls(
            file.path, int(file.kind), file.size if plain else None, file.record or None,
            file.sfi if plain else None, file.arr.to_bytes(2, "big") + bytes((file.rule,)),
            int(file.life), file.pins or None, file.aid, file.content if plain else None,
        )  # fmt: skip


class Comparer:
    """Compares the files of the enabled profile, in the ADFs that are named."""

    def __init__(self, lpa: Lpa, adfs: dict[tuple[int, ...], bytes]) -> None:
        self.lpa, self.adfs = lpa, adfs
        self.read = self.denied = 0

    def differences(self, expected: Iterable[Expected]) -> list[str]:
        """Return all differences."""
        return [f"{_named(one)}: {text}" for one in expected for text in self._compare(one)]

    def _compare(self, one: Expected) -> Iterator[str]:
        data, word = self._select(one.path)
        if word != 0x9000:
            yield f"SELECT {word:04X}"
            return
        found = {part.tag: part.value for part in Tlv.parse(data).children}
        yield from _differ("fid", found.get(0x83), one.path[-1].to_bytes(2, "big"))
        if one.descriptor is not None:
            yield from _differ("type", found[0x82][0], one.descriptor)
        if one.record is not None:
            yield from _differ("record", int.from_bytes(found[0x82][2:4], "big"), one.record)
        if one.size is not None:
            yield from _differ("size", int.from_bytes(found.get(0x80, b""), "big"), one.size)
        if one.sfi is not None:
            short = found.get(0x88, b"")
            yield from _differ("SFI", short[0] >> 3 if short else 0, one.sfi)
        if one.access is not None:
            yield from _differ("access", found.get(0x8B), one.access)
        yield from _differ("life cycle", found.get(0x8A), bytes((one.life,)))
        if one.pins is not None:
            yield from _differ("PINs", _references(found.get(0xC6, b"")), one.pins)
        if one.aid:
            yield from _differ("AID", found.get(0x84), one.aid)
        if one.content is not None:
            yield from self._contents(one, found)

    def _contents(self, one: Expected, found: dict[int, bytes]) -> Iterator[str]:
        body = self._body(found)
        if body is None:
            self.denied += 1
            return
        self.read += 1
        if found[0x82][0] == Kind.BER_TLV:
            return
        content = one.content or b""
        yield from _differ("contents", body.hex(), content.ljust(len(body), b"\xff").hex())

    def _select(self, path: tuple[int, ...]) -> tuple[bytes, int]:
        for adf, aid in self.adfs.items():
            if path[: len(adf)] == adf:
                data, word = self.lpa.select(aid)
                rest = path[len(adf) :]
                return self._by_path(CURRENT_ADF, rest) if rest else (data, word)
        if len(path) == 1:
            return self.lpa.send(f"{self.lpa.channel:02X}A40004023F00")
        return self._by_path("", path[1:])

    def _by_path(self, start: str, path: tuple[int, ...]) -> tuple[bytes, int]:
        fids = start + "".join(f"{fid:04X}" for fid in path)
        head = f"{self.lpa.channel:02X}A40804{len(fids) // 2:02X}"
        return self.lpa.send(head + fids)

    def _body(self, found: dict[int, bytes]) -> bytes | None:
        """The contents, or None if they cannot be read."""
        descriptor = found[0x82]
        if descriptor[0] == Kind.BER_TLV:
            return b""
        if len(descriptor) > 2:
            numbers = range(1, descriptor[4] + 1)
            pieces = [self._piece("B2", number, 4, descriptor[3]) for number in numbers]
        else:
            size = int.from_bytes(found[0x80], "big")
            steps = range(0, size, 200)
            pieces = [self._piece("B0", at >> 8, at & 255, min(200, size - at)) for at in steps]
        return None if None in pieces else b"".join(pieces)

    def _piece(self, ins: str, p1: int, p2: int, size: int) -> bytes | None:
        data, word = self.lpa.send(f"{self.lpa.channel:02X}{ins}{p1:02X}{p2:02X}{size:02X}")
        assert word in (0x9000, *DENIED), f"{ins}: {word:04X}"
        return data if word == 0x9000 else None


def _differ(what: str, there: object, wanted: object) -> Iterator[str]:
    if there != wanted:
        yield f"{what} is {there!r}, not {wanted!r}"


def _references(status: bytes) -> bytes:
    """The key references in a PIN status template."""
    whole = Tlv(0xC6, status)
    return b"".join(part.value for part in whole.children if part.tag == 0x83)


def _named(one: Expected) -> str:
    return "/".join(f"{fid:04X}" for fid in one.path)
