"""A terminal of a SIM card: sends commands, and GET RESPONSE for the rest of a response."""

from __future__ import annotations

from applets.sim.cards import create
from applets.sim.sim import Sim
from vcard import Card, Memory

GET_RESPONSE = {0x61, 0x9F}
USIM, ISIM = "A0000000871002", "A0000000871004"
PIN, ADM = "30303030FFFFFFFF", "3535353535353535"


class Terminal:
    """Sends commands to a card that has power."""

    def __init__(self, card: Card) -> None:
        self.card = card
        card.power_up()

    def send(self, command: bytes | str) -> tuple[bytes, int]:
        """Data and status word of one command."""
        raw = bytes.fromhex(command) if isinstance(command, str) else command
        answer, data = self._exchange(raw), b""
        while answer[-2] in GET_RESPONSE:
            data += answer[:-2]
            cla = raw[0] if raw[0] == 0xA0 or raw[0] & 0x0C else raw[0] & 0x83
            answer = self._exchange(bytes((cla, 0xC0, 0, 0, answer[-1])))
        return data + answer[:-2], int.from_bytes(answer[-2:], "big")

    def _exchange(self, raw: bytes) -> bytes:
        answer = self.card.exchange(raw)
        assert isinstance(answer, bytes)
        return answer

    def words(self, *commands: bytes | str) -> list[str]:
        """The status words of commands, as four hexadecimal digits."""
        return [f"{self.send(command)[1]:04X}" for command in commands]

    def word(self, header: str, data: bytes | str = b"") -> str:
        """The status word of a command with data."""
        raw = bytes.fromhex(data) if isinstance(data, str) else data
        return self.words(bytes.fromhex(header) + (bytes((len(raw),)) + raw if raw else b""))[0]

    def data(self, command: bytes | str) -> str:
        """The data of a command that succeeds, in hexadecimal."""
        data, word = self.send(command)
        assert word >> 8 in (0x90, 0x91), f"{word:04X}"
        return data.hex()

    def select(self, aid: str) -> str:
        """SELECT by AID."""
        return self.word("00A40400", aid)

    def administer(self) -> Terminal:
        """Verify the administrator's key."""
        assert self.word("0020000A", ADM) == "9000"
        return self

    def on(self, *path: str) -> Terminal:
        """Select files one after another, from the MF on."""
        for fid in ("3F00", *path):
            assert self.word("00A40004", fid) == "9000", fid
        return self


def sim(memory: Memory | None = None, **options: str) -> Sim:
    """A SIM card with options as text."""
    return create(memory, options)


def terminal(**options: str) -> Terminal:
    """A terminal at a new SIM card."""
    return Terminal(sim(**options))
