"""The commands of a phone at power-on: a boot of some hundred commands."""

from __future__ import annotations

from collections.abc import Iterator

from vcard.tlv import Tlv

from .terminal import Terminal

USIM_FILES = bytes.fromhex(
    "05 06 07 08 09 2C 31 32 37 38 39 3A 3B 3C 3E 3F 40 41 42 43 45 46 47 48 49 4A 4B 4C 4D 4E 50"
    "56 57 5B 5C 60 61 62 73 78 7B 7E 80 81 82 83 AD B1 B2 B7 C4 C5 C6 C7 C8 C9 CA CB CD CE D0 D6"
    "D9 DA DB DC DD DE E2 E3 E4 E6 E7 E8 EC ED"
)
ISIM_FILES = bytes.fromhex("02 03 04 06 07 09 AD D5 D7 DD E5 E7")
"""The second bytes of identifiers, behind 6F."""


class Boot:
    """One boot; `words` are the answers as (command, status word)."""

    def __init__(self, phone: Terminal) -> None:
        self.phone = phone
        self.words: list[tuple[str, int]] = []

    def run(self) -> Boot:
        """Run the whole boot."""
        for command in self._platform():
            self._send(command)
        self._application("A0000000871002", USIM_FILES)
        for command in ("80F2000C00", "80F2010000", "80F2000000"):
            self._send(command)
        self._toolkit()
        self._application("A0000000871004", ISIM_FILES)
        self._rules()
        return self

    def _send(self, command: str) -> tuple[bytes, int]:
        data, word = self.phone.send(command)
        self.words.append((command, word))
        return data, word

    def _platform(self) -> Iterator[str]:
        yield "80AA00000CA90A8103000000820101830107"
        yield "00A40004023F0000"
        yield from ("00A40004022F0500", "00B0000000", "00A40004022FE200", "00B000000A")
        yield from ("00A40004022F0000", "00B2010426", "00B2020426", "00A40004022F0800")
        yield "00B0000005"
        yield from ("00200001", "00200081", "002C0001", "002C0081")
        yield from ("A0A40000023F00", "A0A40000027F20", "A0F2000016", "A0A40000026F07")

    def _application(self, aid: str, files: bytes) -> None:
        """Select an application and read its files, as many as there are."""
        self._send(f"00A404040{len(aid) // 2:X}{aid}00")
        for number in files:
            data, word = self._send(f"00A40004026F{number:02X}00")
            if word == 0x9000:
                self._read(Tlv.parse(data))

    def _read(self, fcp: Tlv) -> None:
        descriptor = fcp.find(0x82)
        assert descriptor is not None
        if len(descriptor.value) == 2:
            size = fcp.find(0x80)
            assert size is not None
            self._send(f"00B00000{min(255, int.from_bytes(size.value, 'big')):02X}")
            return
        length, count = descriptor.value[3], descriptor.value[4]
        for number in range(1, count + 1):
            self._send(f"00B2{number:02X}04{length:02X}")

    def _toolkit(self) -> None:
        _, word = self._send("8010000014" + "FF" * 20)
        while word >> 8 == 0x91:
            command, _ = self._send(f"80120000{word & 0xFF:02X}")
            details = Tlv.parse(command).children[0]
            answer = bytes(details) + bytes.fromhex("82028281830100")
            _, word = self._send(f"80140000{len(answer):02X}{answer.hex()}")

    def _rules(self) -> None:
        """Carrier privileges, on a channel of their own."""
        data, word = self._send("0070000001")
        if word == 0x9000 and data:
            self._send("01A4040009A00000015141434C0000")
            self._send("81CAFF4000")
            self._send("00708001")
