"""AUTHENTICATE: the network's challenge, answered by the subscription that the port shows.

Spec: 3GPP TS 31.102, 7.1; 3GPP TS 31.103, 7.1. The computation is in applets.sim.usim.
"""

from __future__ import annotations

from typing import Protocol

from applets.shared.file_system.tree import Path
from applets.uicc.pins import PIN1
from applets.uicc.platform import UiccCard
from applets.uicc.uicc import Uicc
from vcard import SW, Command, Reply, handles

from .aka import Algorithm, sres_and_kc
from .subscription import SubscriptionFiles
from .usim import MacError, SqnError, answer

AUTHENTICATION_FAILED = SW(0x9862)
UST, GSM_ACCESS_SERVICE = 0x6F38, 27


class SimCard(UiccCard, Protocol):
    """The card as the applications of a SIM see it."""

    def files(self, port: int) -> SubscriptionFiles:
        """The file system that a port shows."""


class Authentication(Uicc):
    """Challenges of 3G and of 2G, beside the commands for files."""

    card: SimCard

    def files_on(self, port: int) -> SubscriptionFiles:
        """The files of the subscription that a port shows."""
        return self.card.files(port)

    @property
    def files(self) -> SubscriptionFiles:
        """The file system that the channel sees."""
        files = self.place.files
        assert isinstance(files, SubscriptionFiles)
        return files

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x81)
    def authenticate(self, command: Command) -> Reply:
        """AUTHENTICATE, 3G context: keys (DB), a resynchronisation (DC), or 9862."""
        rand, autn = _fields(command.data, 2)
        adf = self._application()
        try:
            keys, sequence = answer(self.algorithm(adf), self.files.sequence(adf), rand, autn)
        except MacError:
            return AUTHENTICATION_FAILED
        except SqnError as error:
            return b"\xdc" + _lv(error.auts)
        self.files.use_up(adf, sequence)
        reply = b"\xdb" + _lv(keys.res) + _lv(keys.ck) + _lv(keys.ik)
        return reply + _lv(sres_and_kc(keys)[1]) if self._gives_kc() else reply

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x80)
    def authenticate_gsm(self, command: Command) -> Reply:
        """AUTHENTICATE, GSM context: SRES and Kc."""
        (rand,) = _fields(command.data, 1)
        sres, kc = sres_and_kc(self.algorithm(self._application()).f2345(rand))
        return _lv(sres) + _lv(kc)

    def _application(self) -> Path:
        """The path of the current ADF; raises 6985 outside of one."""
        if self.place.adf is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        return self.place.adf

    def algorithm(self, adf: Path) -> Algorithm:
        """An application's algorithm; raises 6985 if it has none, 6982 if PIN 1 is missing."""
        aka = self.files.aka(adf)
        if aka is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        if not self.files.pins.allow(PIN1, adf):
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        return aka.make()

    def _gives_kc(self) -> bool:
        """Whether service 27 (GSM access) is in the USIM's service table."""
        table = self.files.tree.child(self.place.adf or (), UST)
        content = b"" if table is None else self.files.content(table)
        index = GSM_ACCESS_SERVICE - 1
        return len(content) > index // 8 and bool(content[index // 8] >> index % 8 & 1)


def _fields(data: bytes, count: int) -> list[bytes]:
    """Split data into fields of 16 bytes, each after its length; raises 6700 or 6A80."""
    found = []
    for _ in range(count):
        if len(data) < 17 or data[0] != 16:
            raise SW.WRONG_LENGTH if len(data) < 17 else SW.WRONG_DATA
        found.append(data[1:17])
        data = data[17:]
    if data:
        raise SW.WRONG_LENGTH
    return found


def _lv(data: bytes) -> bytes:
    return bytes((len(data),)) + data
