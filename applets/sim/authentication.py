"""AUTHENTICATE: the network's challenge, answered by the port's subscription.

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
        """Return the file system of a port."""


class Authentication(Uicc):
    """The commands for files, and AUTHENTICATE in the contexts of 3G and 2G."""

    card: SimCard

    def files_on(self, port: int) -> SubscriptionFiles:
        """Return the files of the port's subscription."""
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
        rand, autn = fields(command.data, 2, 16)
        adf = self.application()
        try:
            keys, sequence = answer(self.algorithm(adf), self.files.sequence(adf), rand, autn)
        except MacError:
            return AUTHENTICATION_FAILED
        except SqnError as error:
            return b"\xdc" + length_value(error.auts)
        self.files.use_up(adf, sequence)
        reply = b"\xdb" + length_value(keys.res) + length_value(keys.ck) + length_value(keys.ik)
        return (
            reply + length_value(sres_and_kc(keys)[1])
            if self.has_service(GSM_ACCESS_SERVICE)
            else reply
        )

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x80)
    def authenticate_gsm(self, command: Command) -> Reply:
        """AUTHENTICATE, GSM context: SRES and Kc."""
        (rand,) = fields(command.data, 1, 16)
        sres, kc = sres_and_kc(self.algorithm(self.application()).f2345(rand))
        return length_value(sres) + length_value(kc)

    def application(self) -> Path:
        """The path of the current ADF; raises 6985 outside of one."""
        if self.place.adf is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        return self.place.adf

    def algorithm(self, adf: Path) -> Algorithm:
        """An application's algorithm; raises 6985 if it has none, 6982 if PIN 1 is missing."""
        aka = self.files.aka(adf)
        if aka is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        self.needs_pin(adf)
        return aka.make()

    def needs_pin(self, adf: Path) -> None:
        """Raise 6982 if PIN 1 of an application is missing."""
        if not self.files.pins.allow(PIN1, adf):
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    def has_service(self, number: int) -> bool:
        """Whether a service is available by the service table of the current application."""
        table = self.files.tree.child(self.place.adf or (), UST)
        content = b"" if table is None else self.files.content(table)
        index = number - 1
        return len(content) > index // 8 and bool(content[index // 8] >> index % 8 & 1)


def fields(data: bytes, count: int, size: int | None = None) -> list[bytes]:
    """Split data into fields, each after its length; raises 6700, or 6A80 for another `size`."""
    found = []
    for _ in range(count):
        length = data[0] if data else 0
        if len(data) < 1 + (size or length):
            raise SW.WRONG_LENGTH
        if size not in (None, length):
            raise SW.WRONG_DATA
        found.append(data[1 : 1 + length])
        data = data[1 + length :]
    if data:
        raise SW.WRONG_LENGTH
    return found


def length_value(data: bytes) -> bytes:
    """Prefix data with their length byte."""
    return bytes((len(data),)) + data
