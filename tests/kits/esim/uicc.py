"""A card with one profile, for tests of file commands."""

from __future__ import annotations

from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from applets.shared.file_system.tree import MF, File, Kind

from .lpa import Lpa

USIM = "00A4040007A0000000871002"
PIN, WRONG = "30303030FFFFFFFF", "31313131FFFFFFFF"
INCREASABLE = File((MF, 0x7FD0, 0x6F39), Kind.CYCLIC, bytes(9), 3, rule=6)
RULES = profile("8949000000000000018", "001010000000001").subscription.tree.by_path[
    (MF, 0x7FD0, 0x2F06)
]
MORE_RULES = File(
    RULES.path, RULES.kind,
    RULES.content + bytes.fromhex("8401329000800103A4068301019501088001189000").ljust(40, b"\xff"),
    40, sfi=6,
)  # fmt: skip


def made(**options) -> Lpa:
    """A powered card, in the MF of its profile."""
    one = profile("8949000000000000018", "001010000000001", isim=True,
                  file=(INCREASABLE, MORE_RULES), **options)  # fmt: skip
    return started(Lpa(Euicc((one,), enable=1), channel=0))


def started(lpa: Lpa) -> Lpa:
    """The same after a reset."""
    lpa.start().send("00A40004023F00")
    return lpa


def words(lpa: Lpa, *commands: str) -> list[int]:
    """The status words of commands."""
    return [lpa.send(command)[1] for command in commands]
