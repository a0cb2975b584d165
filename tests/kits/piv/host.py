"""A host of a PIV card, with keys made once per session."""

from __future__ import annotations

from functools import cache

from applets.piv import Algorithm, Piv, SymmetricKey
from applets.piv.algorithms import generate
from applets.piv.dynamic_authentication import Template
from applets.shared.key_kinds import PrivateKey
from vcard import SW, Card, Command, Memory, Response
from vcard.tlv import Tlv, tlv

PIN = b"123456\xff\xff"
PUK = b"12345678"


@cache
def made_key(algorithm: Algorithm, number: int = 0) -> PrivateKey:
    """The same key for the same arguments, all session long."""
    return generate(algorithm)


class Host:
    """The host of a PIV card; every method returns the response."""

    def __init__(self, piv: Piv, memory: Memory | None = None) -> None:
        self.piv = piv
        self.card: Card = piv.on_card(memory)
        self.power_up()

    def power_up(self) -> Response:
        self.card.power_up()
        return self.send(0xA4, 0x04, 0x00, self.piv.aid)

    def send(
        self, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = 65536
    ) -> Response:
        extended = len(data) > 255 or (le or 0) > 256
        raw = self.card.exchange(bytes(Command(0, ins, p1, p2, data, le, extended)))
        assert isinstance(raw, bytes)
        return Response.parse(raw)

    def verify(self, pin: bytes = PIN, reference: int = 0x80) -> Response:
        return self.send(0x20, 0, reference, pin)

    def get(self, tag: str) -> Response:
        return self.send(0xCB, 0x3F, 0xFF, tlv(0x5C, bytes.fromhex(tag)))

    def put(self, tag: str, value: bytes) -> Response:
        return self.send(0xDB, 0x3F, 0xFF, tlv(0x5C, bytes.fromhex(tag)) + tlv(0x53, value))

    def authenticate(self, algorithm: int, reference: int, **template: bytes) -> Response:
        return self.send(0x87, algorithm, reference, bytes(Template(**template)))

    def use(self, algorithm: int, slot: int, challenge: bytes) -> Response:
        return self.authenticate(algorithm, slot, challenge=challenge, response=b"")

    def answer(self, response: Response) -> bytes:
        assert response.sw == SW.OK, response
        found = Tlv.parse(response.data).find(0x82)
        assert found is not None
        return found.value

    def administer(self, key: SymmetricKey | None = None) -> Response:
        key = key or self.piv.factory_key
        asked = self.authenticate(key.algorithm, 0x9B, challenge=b"")
        challenge = Template.parse(asked.data).challenge
        assert challenge
        return self.authenticate(key.algorithm, 0x9B, response=key.encrypt(challenge))

    def generate(self, slot: int, algorithm: int, **more: bytes) -> Response:
        fields = b"".join(tlv(int(tag[1:], 16), value) for tag, value in more.items())
        control = tlv(0xAC, tlv(0x80, bytes((algorithm,))), fields)
        return self.send(0x47, 0, slot, control)
