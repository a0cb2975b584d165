"""The answer to reset: build one from parameters, or parse any bytes without raising.

Spec: ISO/IEC 7816-3:2006, 8 (answer to reset), 10.2 (T=0), 11.4 (T=1).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .layout import RAW_INVERSE, Convention, Group, Layout, compose, inverted, read
from .values import (
    DEFAULT_BWI,
    DEFAULT_CWI,
    DEFAULT_IFSC,
    DEFAULT_TA1,
    DEFAULT_WI,
    DI,
    FI,
    VALID_CLASSES,
    ClockStop,
    Edc,
    Problem,
    SpecificMode,
    VoltageClass,
)


@dataclass(frozen=True, slots=True)
class Atr:
    """An answer to reset. `raw` is what was given, `layout` its characters by name.

    The values below are what the card announces or, where it does not, the standard's
    default; None where it announces a reserved one. `problems` tells what is wrong.
    """

    raw: bytes
    layout: Layout = field(repr=False, compare=False)

    @classmethod
    def parse(cls, raw: bytes) -> Atr:
        """Parse an ATR, however malformed; ValueError only for an empty one.

        One that begins with 03 was sampled by the wrong convention; it is read by the right one.
        """
        if not raw:
            raise ValueError("offset 0: an ATR has at least TS")
        return cls(bytes(raw), read(inverted(raw) if raw[0] == RAW_INVERSE else bytes(raw)))

    @classmethod
    def build(
        cls,
        protocols: tuple[int, ...] = (0,),
        historical: bytes = b"",
        *,
        convention: Convention = Convention.DIRECT,
        fi: int | None = None,
        di: int | None = None,
        extra_guard_time: int | None = None,
        specific: SpecificMode | None = None,
        wi: int | None = None,
        ifsc: int | None = None,
        bwi: int | None = None,
        cwi: int | None = None,
        edc: Edc | None = None,
        clock_stop: ClockStop | None = None,
        classes: VoltageClass | None = None,
        uicc: int | None = None,
    ) -> Atr:
        """Build an ATR that announces these parameters and nothing else.

        `protocols` in ascending order; `uicc` is the first TB after T=15 (82 an eUICC, 83 one
        with several ports; Spec: ETSI TS 102 221, 6.3.3). ValueError names what cannot be said.
        """
        if not protocols:
            raise ValueError("an ATR offers at least one protocol")
        t1 = Group(1, ifsc, _nibbles(bwi, cwi), edc)
        t15 = Group(15, _t15(clock_stop, classes), uicc)
        ta2 = None if specific is None else int(specific)
        groups = [
            Group(None, _ta1(fi, di), None, extra_guard_time),
            Group(protocols[0], ta2, None, wi),
            *_after(protocols, t1, t15),
        ]
        if len(groups) == 2 and groups[1] == Group(0):
            groups.pop()
        if t1.announces and 1 not in protocols:
            raise ValueError("IFSC, BWI, CWI and EDC are for T=1, which is not offered")
        atr = cls.parse(compose(groups, historical, convention))
        for problem in atr.problems:
            raise ValueError(problem.text)
        return atr

    def __bytes__(self) -> bytes:
        return self.raw

    def __str__(self) -> str:
        return self.raw.hex(" ").upper()

    @property
    def decoded(self) -> bytes:
        """The bytes in the convention that TS names; TS is 3B or 3F if it is right."""
        return inverted(self.raw) if self.raw[0] == RAW_INVERSE else self.raw

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The violations of the standard, in the order of the bytes; empty for a correct ATR."""
        from .check import check  # few programs ask

        return tuple(check(self.decoded, self.layout))

    @property
    def historical(self) -> bytes:
        """The 0..15 historical bytes."""
        return self.layout.historical

    @property
    def protocols(self) -> tuple[int, ...]:
        """The offered protocols in their order, without T=15."""
        offered = dict.fromkeys(t for t in self.layout.announced if t != 15)
        return tuple(offered) or (0,)

    @property
    def specific(self) -> SpecificMode | None:
        """The specific mode of TA2; None in negotiable mode."""
        ta2 = self.layout.group(2).ta
        return None if ta2 is None else SpecificMode.parse(ta2)

    @property
    def protocol(self) -> int:
        """The protocol in use unless a PPS selects another."""
        return self.protocols[0] if self.specific is None else self.specific.protocol

    # Speed

    @property
    def ta1(self) -> int:
        """TA1, 11 by default: what a PPS may ask for (PPS1)."""
        ta1 = self.layout.group(1).ta
        return DEFAULT_TA1 if ta1 is None else ta1

    @property
    def fi(self) -> int | None:
        """Fi of TA1."""
        return FI.get(self.ta1 >> 4, (None, None))[0]

    @property
    def di(self) -> int | None:
        """Di of TA1."""
        return DI.get(self.ta1 & 0x0F)

    @property
    def fmax_mhz(self) -> float | None:
        """The highest clock frequency that the card takes, in MHz."""
        return FI.get(self.ta1 >> 4, (None, None))[1]

    @property
    def f(self) -> int | None:
        """F right after the ATR: Fi in specific mode (unless implicit), else 372."""
        return self.fi if self._at_once else 372

    @property
    def d(self) -> int | None:
        """D right after the ATR: Di in specific mode (unless implicit), else 1."""
        return self.di if self._at_once else 1

    @property
    def _at_once(self) -> bool:
        return self.specific is not None and not self.specific.implicit

    @property
    def extra_guard_time(self) -> int:
        """N (TC1): 0..254 more etu between characters; 255 has a meaning for each protocol."""
        return self.layout.group(1).tc or 0

    def guard_time_etu(self, protocol: int) -> int:
        """Etu from one character's start to the next one's, from the reader to the card."""
        if self.extra_guard_time < 255:
            return 12 + self.extra_guard_time
        return 11 if protocol == 1 else 12

    # T=0

    @property
    def wi(self) -> int:
        """WI (TC2), 10 by default; 0 is reserved."""
        wi = self.layout.group(2).tc
        return DEFAULT_WI if wi is None else wi

    # T=1

    @property
    def ifsc(self) -> int:
        """The card's information field size, 32 by default; 0 and 255 are reserved."""
        ifsc = self.layout.first_value(1, "A")
        return DEFAULT_IFSC if ifsc is None else ifsc

    @property
    def bwi(self) -> int:
        """BWI, 4 by default; more than 9 is reserved."""
        value = self.layout.first_value(1, "B")
        return DEFAULT_BWI if value is None else value >> 4

    @property
    def cwi(self) -> int:
        """CWI, 13 by default."""
        value = self.layout.first_value(1, "B")
        return DEFAULT_CWI if value is None else value & 0x0F

    @property
    def edc(self) -> Edc:
        """LRC, or CRC if the first TC for T=1 says so."""
        return Edc((self.layout.first_value(1, "C") or 0) & 1)

    # T=15

    @property
    def clock_stop(self) -> ClockStop:
        """Whether the clock may be stopped."""
        return ClockStop((self.layout.first_value(15, "A") or 0) >> 6)

    @property
    def classes(self) -> VoltageClass | None:
        """The supply voltages: 5 V if the ATR names none, None if the indicator is reserved."""
        value = self.layout.first_value(15, "A")
        if value is None:
            return VoltageClass.A
        return VoltageClass(value & 0x3F) if value & 0x3F in VALID_CLASSES else None

    @property
    def uicc(self) -> int | None:
        """The first TB after T=15: use of the contact C6, or what a UICC can do."""
        return self.layout.first_value(15, "B")

    # Waiting times, in seconds at a clock frequency in Hz, with the F and D of a session

    def etu_s(self, clock_hz: float, f: int = 372, d: int = 1) -> float:
        """The elementary time unit."""
        return f / d / clock_hz

    def waiting_time_s(self, clock_hz: float) -> float:
        """WT of T=0: the longest silence before a character (Spec: 10.2)."""
        return self.wi * 960 * (self.fi or 372) / clock_hz

    def block_waiting_time_s(self, clock_hz: float, f: int = 372, d: int = 1) -> float:
        """BWT of T=1: the longest silence before a block (Spec: 11.4.3)."""
        return 11 * self.etu_s(clock_hz, f, d) + (1 << self.bwi) * 960 * 372 / clock_hz

    def character_waiting_time_s(self, clock_hz: float, f: int = 372, d: int = 1) -> float:
        """CWT of T=1: the longest silence within a block (Spec: 11.4.3)."""
        return (11 + (1 << self.cwi)) * self.etu_s(clock_hz, f, d)


def _after(protocols: tuple[int, ...], t1: Group, t15: Group) -> list[Group]:
    """The groups from the third on."""
    groups = [t1] if protocols[0] == 1 and t1.announces else []
    groups += [t1 if protocol == 1 else Group(protocol) for protocol in protocols[1:]]
    return [*groups, t15] if t15.announces else groups


def _ta1(fi: int | None, di: int | None) -> int | None:
    if fi is None and di is None:
        return None
    fi_codes = {value: code for code, (value, _) in FI.items()}
    di_codes = {value: code for code, value in DI.items()}
    try:
        return fi_codes[372 if fi is None else fi] << 4 | di_codes[1 if di is None else di]
    except KeyError as error:
        raise ValueError(f"TA1 cannot say {error.args[0]}") from None


def _nibbles(bwi: int | None, cwi: int | None) -> int | None:
    if bwi is None and cwi is None:
        return None
    return (DEFAULT_BWI if bwi is None else bwi) << 4 | (DEFAULT_CWI if cwi is None else cwi)


def _t15(clock_stop: ClockStop | None, classes: VoltageClass | None) -> int | None:
    if clock_stop is None and classes is None:
        return None
    return (clock_stop or 0) << 6 | (VoltageClass.A if classes is None else classes)
