"""Command and response APDUs.

The class byte CLA is decoded once, into a table of all 256 values. The card turns a
handler's `Reply` into the response.

Spec: ISO/IEC 7816-4, 5.1 and 5.2 (cases 1 to 4, short and extended length fields), 5.4.1 (CLA); for
the proprietary classes 8x-9x and Cx-Fx the same coding, as ETSI TS 102 221, 10.1.1 and
GlobalPlatform, 11.1.4 use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from .sw import SW

SHORT_MAX: Final = 256
EXTENDED_MAX: Final = 65536
MAX_CHANNEL: Final = 19


@dataclass(frozen=True, slots=True)
class ClassByte:
    """The decoded value of a CLA byte.

    `base` is the class without channel, chaining and secure messaging bits (00 or 80;
    for classes that carry no such bits, the byte itself). `channel` is 0..19.
    """

    base: int
    channel: int
    chained: bool
    secure: bool
    valid: bool


def class_byte(base: int, channel: int = 0, *, chained: bool = False) -> int:
    """The CLA that addresses `channel` (0..19) in class `base` (00 or 80)."""
    if not 0 <= channel <= MAX_CHANNEL:
        raise ValueError(f"logical channel {channel} is not in 0..{MAX_CHANNEL}")
    chain_bit = 0x10 if chained else 0
    if channel < 4:
        return base | chain_bit | channel
    return base | 0x40 | chain_bit | (channel - 4)


def _read(cla: int) -> ClassByte:
    if cla & 0x40 and cla != 0xFF:
        return ClassByte(
            cla & 0x80, 4 + (cla & 0x0F), bool(cla & 0x10), bool(cla & 0x20), valid=True
        )
    if cla & 0x20:
        # 20-3F are reserved; A0-BF are proprietary (A0 is the class of 2G SIMs); FF is invalid.
        return ClassByte(cla, 0, chained=False, secure=False, valid=0x80 <= cla < 0xFF)
    return ClassByte(cla & 0x80, cla & 3, bool(cla & 0x10), bool(cla & 0x0C), valid=True)


CLASS_BYTES: Final[tuple[ClassByte, ...]] = tuple(_read(cla) for cla in range(256))


class Command(NamedTuple):
    """A command APDU.

    `data` has 0..65535 bytes (Nc). `le` is Ne, the number of bytes wanted, 1..65536, or None
    where the Le field is absent. `extended` tells which length fields are on the wire.
    """

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None
    extended: bool = False

    @classmethod
    def parse(cls, raw: bytes) -> Command:
        """Read an APDU of any case; ValueError names the offset where it goes wrong.

        An extended Lc of 0 before an extended Le is read as case 2, though the standard has no
        such form: clients of OpenPGP cards (OpenPGPpy) send it, and those cards answer.
        """
        size = len(raw)
        if size < 4:
            raise ValueError(f"offset {size}: a command has at least 4 bytes (CLA INS P1 P2)")
        cla, ins, p1, p2 = raw[0], raw[1], raw[2], raw[3]
        extended = size > 5 and not raw[4]
        data, le = _extended(raw, size) if extended else _short(raw, size)
        return tuple.__new__(cls, (cla, ins, p1, p2, data, le, extended))  # the quickest way

    @property
    def case(self) -> int:
        """1 to 4: whether there are data and whether an answer is wanted."""
        return 1 + (self.le is not None) + 2 * bool(self.data)

    @property
    def class_byte(self) -> ClassByte:
        """The meaning of CLA."""
        return CLASS_BYTES[self.cla]

    @property
    def header(self) -> bytes:
        """CLA INS P1 P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def p1p2(self) -> int:
        """P1-P2 as one number."""
        return self.p1 << 8 | self.p2

    @property
    def ne(self) -> int:
        """The longest allowed response in bytes: Ne, or no limit where Le is absent."""
        if self.le is not None:
            return self.le
        return EXTENDED_MAX if self.extended else SHORT_MAX

    def with_data(self, data: bytes) -> Command:
        """Return the command with another data field; extended if that is needed."""
        return self._replace(data=data, extended=self.extended or len(data) > 255)

    def __bytes__(self) -> bytes:
        data, le = self.data, self.le
        most = EXTENDED_MAX if self.extended else SHORT_MAX
        if len(data) >= most or (le is not None and not 1 <= le <= most):
            raise ValueError(f"lengths: Nc is 0..{most - 1} and Ne 1..{most} in this form")
        if self.extended:
            return self.header + _extended_fields(data, le)
        body = bytes((len(data),)) + data if data else b""
        return self.header + body + (b"" if le is None else bytes((le & 0xFF,)))


def _short(raw: bytes, size: int) -> tuple[bytes, int | None]:
    if size == 4:
        return b"", None
    if size == 5:
        return b"", raw[4] or SHORT_MAX
    lc = raw[4]
    if size == 5 + lc:
        return raw[5:], None
    if size == 6 + lc:
        return raw[5:-1], raw[-1] or SHORT_MAX
    raise ValueError(f"offset 4: Lc is {lc}, but {size - 5} bytes follow")


def _extended(raw: bytes, size: int) -> tuple[bytes, int | None]:
    if size < 7:
        raise ValueError(f"offset 4: an extended length field has 3 bytes, not {size - 4}")
    length = raw[5] << 8 | raw[6]
    if size == 7:
        return b"", length or EXTENDED_MAX
    if length == 0 and size != 9:
        raise ValueError("offset 5: an extended Lc of 0 stands before an Le alone")
    if size == 7 + length:
        return raw[7:], None
    if size == 9 + length:
        return raw[7:-2], (raw[-2] << 8 | raw[-1]) or EXTENDED_MAX
    raise ValueError(f"offset 5: Lc is {length}, but {size - 7} bytes follow")


def _extended_fields(data: bytes, le: int | None) -> bytes:
    if not data and le is None:
        return b""
    tail = b"" if le is None else (le & 0xFFFF).to_bytes(2, "big")
    if not data:
        return b"\0" + tail
    return b"\0" + len(data).to_bytes(2, "big") + data + tail


@dataclass(frozen=True, slots=True)
class Response:
    """A response APDU: 0..65536 bytes of data and a status word."""

    data: bytes = b""
    sw: SW = SW.OK

    @classmethod
    def parse(cls, raw: bytes) -> Response:
        """Read a response; ValueError if it has no status word."""
        if len(raw) < 2:
            raise ValueError(f"offset {len(raw)}: a response has at least 2 bytes (SW1-SW2)")
        return cls(raw[:-2], SW(int.from_bytes(raw[-2:], "big")))

    def __bytes__(self) -> bytes:
        return self.data + self.sw.raw


@dataclass(frozen=True, slots=True)
class Later:
    """A reply that takes the card `seconds` of its own time; `then` computes it afterwards."""

    seconds: float
    then: Callable[[], Reply]


Reply = bytes | SW | Response | Later | None
