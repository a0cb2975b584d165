"""AUTHENTICATE: the network's challenge, answered by the subscription of the port's profile.

Spec: 3GPP TS 31.102, 7.1. What is computed is in applets.esim.usim.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .aka import Algorithm, sres_and_kc
from .place import Navigator
from .usim import MacError, SqnError, answer

AUTHENTICATION_FAILED = SW(0x9862)
UST, GSM_ACCESS_SERVICE = 0x6F38, 27


class Authentication(Navigator):
    """Challenges of 3G and of 2G."""

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x81)
    def authenticate(self, command: Command) -> Reply:
        """AUTHENTICATE, 3G context: keys (DB), a resynchronisation (DC), or 9862."""
        rand, autn = _fields(command.data, 2)
        aka = self._subscription()
        try:
            keys, sequence = answer(aka, self.files.sequence, rand, autn)
        except MacError:
            return AUTHENTICATION_FAILED
        except SqnError as error:
            return b"\xdc" + _lv(error.auts)
        self.files.sequence = sequence
        reply = b"\xdb" + _lv(keys.res) + _lv(keys.ck) + _lv(keys.ik)
        return reply + _lv(sres_and_kc(keys)[1]) if self._gives_kc() else reply

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x80)
    def authenticate_gsm(self, command: Command) -> Reply:
        """AUTHENTICATE, GSM context: SRES and Kc."""
        (rand,) = _fields(command.data, 1)
        sres, kc = sres_and_kc(self._subscription().f2345(rand))
        return _lv(sres) + _lv(kc)

    def _subscription(self) -> Algorithm:
        aka = self.files.profile.aka
        if aka is None or self.place.adf is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        if 0x01 not in self.files.satisfied() and 0x01 in self.files.pins:
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        return aka.make()

    def _gives_kc(self) -> bool:
        """Whether service 27 (GSM access) is in the USIM's service table."""
        table = self.files.tree.child(self.place.adf or (), UST)
        content = b"" if table is None else self.files.content(table)
        index = GSM_ACCESS_SERVICE - 1
        return len(content) > index // 8 and bool(content[index // 8] >> index % 8 & 1)


def _fields(data: bytes, count: int) -> list[bytes]:
    """Fields of 16 bytes, each after its length; 6700 or 6A80 otherwise."""
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
