"""The behaviour of a card below the APDU where the standard leaves it free.

Spec: ISO/IEC 7816-3, 10.3.3 (procedure bytes), 11.3.2.1 (NAD), 11.4.2 (IFSC).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..contact import asked

Nads = Mapping[int, int | None]
"""The port that a NAD of the host selects; None is the port that is current without one."""


def nads_of_ports(count: int) -> Nads:
    """The NADs of a card with `count` ports: the port's number as destination, source 0.

    ETSI TS 102 221, 7.2.3.2.1.1 has the coding; it is a table, so that another can take its
    place. NAD 00 names no port.
    """
    return {0: None} | {port << 4: port for port in range(1, min(count, 8))}


@dataclass(frozen=True, slots=True)
class Habits:
    """The behaviour of a card with characters and blocks where the standard leaves it free.

    `nads` is None for a card without ports: its first block then fixes the NAD. `asks_ifsc`
    (1..254): a new IFSC that the card asks for with the first command. `one_by_one`: at T=0 it
    takes data byte by byte.
    """

    nads: Nads | None = None
    asks_ifsc: int | None = None
    one_by_one: bool = False

    def __post_init__(self) -> None:
        if self.asks_ifsc is not None and not 1 <= self.asks_ifsc <= 254:
            raise ValueError(f"an IFSC is 1..254, not {self.asks_ifsc}")


def habits_of(contact: object) -> Habits:
    """Habits of the innermost card, looking through wrappers; the defaults if it declares none."""
    return asked(contact, "habits", Habits) or Habits()
