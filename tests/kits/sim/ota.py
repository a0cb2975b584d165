"""A server of packets, with the keys of a new card."""

from __future__ import annotations

from dataclasses import dataclass

from applets.globalplatform.cards import DEFAULT_KEY
from applets.uicc.ota.packet import Header, PacketKey, make_command, open_response
from applets.uicc.ota.parameters import Check, CounterRule, KeyChoice, Receipt, Spi, Status
from applets.uicc.ota.short_messages import envelopes

from .terminal import Terminal

RAM, USIM_FILES = bytes.fromhex("B00000"), bytes.fromhex("B00011")
DES3, AES = KeyChoice(1, 5), KeyChoice(2, 2)
PLAIN = Spi(Check.NONE, ciphered=False, counter=CounterRule.NONE, receipt=Receipt.ALWAYS,
            receipt_check=Check.NONE, receipt_ciphered=False)  # fmt: skip


@dataclass
class Server:
    """Makes packets and reads proofs of receipt."""

    phone: Terminal
    kic: KeyChoice = AES
    kid: KeyChoice = AES
    spi: Spi = Spi()  # noqa: RUF009 - immutable
    tar: bytes = USIM_FILES
    counter: int = 0
    kic_value: bytes = DEFAULT_KEY
    kid_value: bytes = DEFAULT_KEY

    # The keys, by version
    class Keys:
        """One key for both uses of each version."""

        def __init__(self, kic: PacketKey, kid: PacketKey) -> None:
            self._kic, self._kid = kic, kid

        def kic(self, version: int) -> PacketKey:
            """The key for ciphering."""
            return self._kic

        def kid(self, version: int) -> PacketKey:
            """The key for checksums."""
            return self._kid

    @property
    def keys(self) -> Keys:
        """The keys of this server."""
        return self.Keys(
            PacketKey(self.kic_value, self.kic.algorithm == 2),
            PacketKey(self.kid_value, self.kid.algorithm == 2),
        )

    @property
    def header(self) -> Header:
        """The header of its packets."""
        return Header(self.spi, self.kic, self.kid, self.tar)

    def packet(self, data: str) -> bytes:
        """The next command packet."""
        self.counter += 1
        return make_command(self.header, self.counter, bytes.fromhex(data), self.keys)

    @staticmethod
    def enveloped(packet: bytes) -> bytes:
        """The data of the first ENVELOPE for a packet."""
        return envelopes(packet)[0]

    def deliver(self, packet: bytes) -> tuple[bytes, int]:
        """Let the phone deliver a packet to the card, in one or more messages."""
        answer, word = b"", 0
        for envelope in envelopes(packet):
            answer, word = self.phone.send(b"\x80\xc2\0\0" + bytes((len(envelope),)) + envelope)
        return answer, word

    def send(self, data: str) -> tuple[Status, str]:
        """Send commands: the status of the receipt and its data."""
        answer, word = self.deliver(self.packet(data))
        assert word == 0x9000, f"{word:04X}"
        response = open_response(answer, self.header, self.keys)
        assert response.tar == self.tar
        return response.status, response.data.hex()
