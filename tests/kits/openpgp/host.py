"""A host of an OpenPGP card, with keys made once per session."""

from __future__ import annotations

from functools import cache

from applets.openpgp import OpenPgp
from applets.openpgp.codes import PREFIX, Slot
from applets.shared.key_kinds import KINDS, PrivateKey
from vcard import Card, Command, Memory, Response
from vcard.tlv import tlv

PW1, PW3 = b"123456", b"12345678"


@cache
def made_key(name: str, number: int = 0) -> PrivateKey:
    """The same key for the same arguments, all session long."""
    return KINDS[name].generate()


class Host:
    """The host of an OpenPGP card; every method returns the response."""

    def __init__(self, applet: OpenPgp | None = None, memory: Memory | None = None) -> None:
        self.applet = applet or OpenPgp(serial=12345678)
        self.card: Card = self.applet.on_card(memory)
        self.power_up()

    def power_up(self) -> Response:
        self.card.power_up()
        return self.select()

    def select(self) -> Response:
        return self.send(0xA4, 0x04, 0x00, PREFIX)

    def raw(self, command: bytes) -> Response:
        answer = self.card.exchange(command)
        assert isinstance(answer, bytes)
        return Response.parse(answer)

    def send(
        self, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = 65536, cla: int = 0
    ) -> Response:
        extended = len(data) > 255 or (le or 0) > 256
        return self.raw(bytes(Command(cla, ins, p1, p2, data, le, extended)))

    def word(self, *command: object, **more: object) -> str:
        """The status word of `send`."""
        return str(self.send(*command, **more).sw)  # type: ignore[arg-type]

    def verify(self, reference: int, pin: bytes | None = None) -> str:
        value = (PW3 if reference == 0x83 else PW1) if pin is None else pin
        return self.word(0x20, 0, reference, value)

    def user(self) -> None:
        assert self.verify(0x81) == self.verify(0x82) == "9000"

    def administer(self) -> None:
        assert self.verify(0x83) == "9000"

    def get(self, tag: int) -> bytes:
        response = self.send(0xCA, tag >> 8, tag & 0xFF)
        assert response.sw.ok, response
        return response.data

    def put(self, tag: int, value: bytes) -> str:
        return self.word(0xDA, tag >> 8, tag & 0xFF, value)

    def generate(self, slot: Slot) -> Response:
        return self.send(0x47, 0x80, 0, bytes((slot.crt, 0)))

    def import_key(self, slot: Slot, *parts: tuple[int, bytes]) -> str:
        return self.word(0xDB, 0x3F, 0xFF, header_list(bytes((slot.crt, 0)), *parts))


def header_list(crt: bytes, *parts: tuple[int, bytes]) -> bytes:
    """An extended header list with the parts of a key."""
    if not parts:
        return tlv(0x4D, crt)
    lengths = b"".join(tlv(tag, value)[: -len(value)] for tag, value in parts)
    values = b"".join(value for _, value in parts)
    return tlv(0x4D, crt, tlv(0x7F48, lengths), tlv(0x5F48, values))
