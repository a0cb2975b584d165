"""A small local profile assistant with the same traffic to the card as lpac."""

from __future__ import annotations

from applets.esim import Euicc
from vcard import Tlv, tlv

from .smdp import hashed

ISDR = bytes.fromhex("A0000005591010FFFFFFFF8900000100")
GET_RESPONSE = {0x61: 0x00, 0x9F: 0xA0}


class Lpa:
    """Talks to a card on one channel; `apdus` counts what was sent."""

    def __init__(self, card: Euicc, *, port: int | None = None, channel: int = 1, size: int = 120):
        self.card, self.port, self.channel, self.size = card, port, channel, size
        self.apdus = 0

    def start(self) -> Lpa:
        """Power up, open a channel and select the ISD-R."""
        self.card.power_up()
        self.send("80AA00000AA9088100820101830107")
        if self.channel:
            assert self.send("0070000001") == (bytes((self.channel,)), 0x9000)
        assert self.select(ISDR)[1] == 0x9000
        return self

    def select(self, aid: bytes) -> tuple[bytes, int]:
        return self.send(bytes((self.channel, 0xA4, 4, 0, len(aid))) + aid)

    def send(self, command: bytes | str) -> tuple[bytes, int]:
        """A command, and GET RESPONSE as long as there is more: data and status word."""
        raw = bytes.fromhex(command) if isinstance(command, str) else command
        answer = self._exchange(raw)
        data = answer[:-2]
        while answer[-2] in GET_RESPONSE:
            cla = 0xA0 if raw[0] == 0xA0 else raw[0] & 0x8F
            answer = self._exchange(bytes((cla, 0xC0, 0, 0, answer[-1])))
            data += answer[:-2]
        return data, int.from_bytes(answer[-2:], "big")

    def _exchange(self, raw: bytes) -> bytes:
        self.apdus += 1
        answer = self.card.exchange(raw, self.port)
        assert isinstance(answer, bytes)
        return answer

    def store(self, data: bytes) -> tuple[bytes, int]:
        """STORE DATA in blocks; data and status word of the last one."""
        blocks = [data[i : i + self.size] for i in range(0, len(data), self.size)]
        for number, block in enumerate(blocks):
            last = number == len(blocks) - 1
            head = bytes((0x80 | self.channel, 0xE2, 0x91 if last else 0x11, number & 0xFF))
            reply, word = self.send(head + bytes((len(block),)) + block)
            if last or word != 0x9000:
                return reply, word
        raise AssertionError("nothing to send")

    def ask(self, request: bytes | str) -> Tlv:
        """A function's answer, which must be there."""
        raw = bytes.fromhex(request) if isinstance(request, str) else request
        data, word = self.store(raw)
        assert word >> 8 in (0x90, 0x91), f"{word:04X}"
        return Tlv.parse(data)

    def result(self, request: bytes | str) -> int:
        """The number in tag 80 or 81 of a function's answer."""
        answer = self.ask(request)
        found = answer.find(0x80) or answer.find(0x81)
        assert found is not None
        return int.from_bytes(found.value, "big")

    # Functions

    def enable(self, iccid: bytes, port: int | None = None, *, refresh: bool = True) -> int:
        extra = b"" if port is None else tlv(0x82, bytes((port,)))
        return self.result(_switch(0xBF31, iccid, extra, refresh=refresh))

    def disable(self, iccid: bytes, *, refresh: bool = True) -> int:
        return self.result(_switch(0xBF32, iccid, b"", refresh=refresh))

    def delete(self, iccid: bytes) -> int:
        return self.result(tlv(0xBF33, tlv(0x5A, iccid)))

    def notifications(self) -> list[tuple[int, int, bytes]]:
        """Number, event and ICCID of what is pending."""
        found = []
        for one in self.ask("BF2800").children[0].children:
            fields = {part.tag: part.value for part in one.children}
            number = int.from_bytes(fields[0x80], "big")
            found.append((number, fields[0x81][1], fields.get(0x5A, b"")))
        return found

    def profiles(self, tags: str = "") -> dict[bytes, dict[int, bytes]]:
        """ProfileInfo by ICCID."""
        wanted = tlv(0x5C, bytes.fromhex(tags)) if tags else b""
        infos = self.ask(tlv(0xBF2D, wanted)).children[0].children
        return {info.children[0].value: {p.tag: p.value for p in info.children} for info in infos}

    def download(self, server, matching: str = "", code: str = "") -> Tlv:
        """The whole of a download; the last answer of the card (an error or the result)."""
        answer = self.authenticate(server, matching)
        if answer.find(0xA1) is not None:
            return answer
        answer = self.prepare(server, answer, code)
        if answer.find(0xA1) is not None:
            return answer
        return self.load(server.bound_package(bytes(answer)))

    def authenticate(self, server, matching: str = "") -> Tlv:
        challenge = self.ask("BF2E00").children[0].value
        signed, signature, issuer, certificate = server.initiate(
            challenge, bytes(self.ask("BF2000"))
        )
        device = tlv(0xA1, tlv(0x80, bytes.fromhex("35290611")), tlv(0xA1))
        context = tlv(0xA0, tlv(0x80, matching.encode()), device)
        return self.ask(tlv(0xBF38, signed, signature, issuer, certificate, context))

    def prepare(self, server, answer: Tlv, code: str = "") -> Tlv:
        signed, signature, certificate = server.authenticate(bytes(answer))
        transaction = Tlv.parse(signed).find(0x80).value
        confirmed = tlv(0x04, hashed(code, transaction)) if code else b""
        return self.ask(tlv(0xBF21, signed, signature, confirmed, certificate))

    def cancel(self, server, reason: int) -> int:
        """End the session; the reason that the server understood."""
        request = tlv(0xBF41, tlv(0x80, server.transaction), tlv(0x81, bytes((reason,))))
        return server.cancelled(bytes(self.ask(request)))

    def load(self, pieces: list[bytes]) -> Tlv:
        """Send the pieces of a package until the card answers."""
        for piece in pieces:
            data, word = self.store(piece)
            assert word == 0x9000, f"{word:04X}"
            if data:
                return Tlv.parse(data)
        raise AssertionError("the card did not answer to the whole package")


def _switch(tag: int, iccid: bytes, extra: bytes, *, refresh: bool) -> bytes:
    flag = tlv(0x81, b"\xff" if refresh else b"\0")
    return tlv(tag, tlv(0xA0, tlv(0x5A, iccid)), flag, extra)
