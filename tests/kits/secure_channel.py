"""A host of GlobalPlatform secure channels, independent of the card's side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC

KEY = bytes(range(0x40, 0x50))
Exchange = Callable[[bytes], bytes]


def cmac(key: bytes, data: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(data)
    return mac.finalize()


def cbc(algorithm: AES | TripleDES, data: bytes, iv: bytes = b"", *, back: bool = False) -> bytes:
    size = algorithm.block_size // 8
    cipher = Cipher(algorithm, CBC(iv or bytes(size)))
    context = cipher.decryptor() if back else cipher.encryptor()
    return context.update(data) + context.finalize()


def pad(data: bytes, size: int) -> bytes:
    data += b"\x80"
    return data + bytes(-len(data) % size)


def des_mac(key: bytes, data: bytes, iv: bytes) -> bytes:
    """Retail MAC, written with single DES steps."""
    left, right = TripleDES(key[:8] * 3), TripleDES(key[8:] * 3)
    last = cbc(left, pad(data, 8), iv)[-8:]
    return ecb(left, ecb(right, last, back=True))


def ecb(algorithm: AES | TripleDES, data: bytes, *, back: bool = False) -> bytes:
    cipher = Cipher(algorithm, ECB())
    context = cipher.decryptor() if back else cipher.encryptor()
    return context.update(data) + context.finalize()


def kdf(key: bytes, constant: int, context: bytes, size: int) -> bytes:
    blocks = b""
    for counter in (1, 2):
        head = bytes(11) + bytes((constant, 0)) + (8 * size).to_bytes(2, "big")
        blocks += cmac(key, head + bytes((counter,)) + context)
    return blocks[:size]


class ChannelError(Exception):
    """The card's part of the protocol is wrong."""


@dataclass
class Host:
    """Opens a session from the response to INITIALIZE UPDATE, and sends commands through it."""

    exchange: Exchange
    key: bytes = KEY
    kvn: int = 0
    challenge: bytes = bytes(range(8))
    cla: int = 0
    level: int = 0
    answer: bytes = b""
    scp: int = 0
    send: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        self.send = lambda text: self.protected(bytes.fromhex(text)).hex().upper()

    def open(self, level: int = 0x33) -> bytes:
        """The status word of EXTERNAL AUTHENTICATE, or of INITIALIZE UPDATE if that failed."""
        size = len(self.challenge)
        update = bytes((0x80 | self.cla, 0x50, self.kvn, 0, size)) + self.challenge + b"\0"
        self.answer, word = split(self.exchange(update))
        if word != b"\x90\x00":
            return word
        self.scp = self.answer[11]
        self.level = level
        if self.scp == 2:
            return self._open02(level)
        return self._open03(level)

    def _open03(self, level: int) -> bytes:
        size = len(self.challenge)
        card = self.answer[13 : 13 + size]
        context = self.challenge + card
        self.enc, self.mac, self.rmac = (
            kdf(self.key, constant, context, len(self.key)) for constant in (4, 6, 7)
        )
        if kdf(self.mac, 0, context, size) != self.answer[13 + size : 13 + 2 * size]:
            raise ChannelError("card cryptogram")
        self.chain, self.counter, self.mac_size = bytes(16), 0, size
        cryptogram = kdf(self.mac, 1, context, size)
        head = bytes((0x84, 0x82, level, 0, 2 * size))
        self.chain = cmac(self.mac, self.chain + head + cryptogram)
        head = bytes((0x84 | self.cla,)) + head[1:]
        return self.exchange(head + cryptogram + self.chain[:size])[-2:]

    def _open02(self, level: int) -> bytes:
        sequence, card = self.answer[12:14], self.answer[14:20]
        keys = [
            cbc(TripleDES(self.key * 2 if len(self.key) == 8 else self.key + self.key[:8]),
                bytes.fromhex(constant) + sequence + bytes(12))
            for constant in ("0182", "0101", "0102", "0181")
        ]  # fmt: skip
        self.enc, self.mac, self.rmac, self.dek = keys
        triple = TripleDES(self.enc + self.enc[:8])
        if cbc(triple, pad(self.challenge + sequence + card, 8))[-8:] != self.answer[20:28]:
            raise ChannelError("card cryptogram")
        cryptogram = cbc(triple, pad(sequence + card + self.challenge, 8))[-8:]
        head = bytes((0x84, 0x82, level, 0, 0x10))
        self.icv = des_mac(self.mac, head + cryptogram, bytes(8))
        self.ricv = self.icv
        head = bytes((0x84 | self.cla,)) + head[1:]
        return self.exchange(head + cryptogram + self.icv)[-2:]

    def protected(self, command: bytes) -> bytes:
        """The plain answer to a short command, MACs and all checked."""
        return self.wrap02(command) if self.scp == 2 else self.wrap03(command)

    def wrap03(self, command: bytes) -> bytes:
        if not self.level & 1:
            return self.exchange(command)
        head, data, le = parts(command)
        self.counter += 1
        if data and self.level & 2:
            data = cbc(AES(self.enc), pad(data, 16), self._icv(0))
        lc = len(data) + self.mac_size
        covered = bytes((head[0] | 4,)) + head[1:] + bytes((lc,)) + data
        self.chain = cmac(self.mac, self.chain + covered)
        sent = bytes((covered[0] | self.cla,)) + covered[1:] + self.chain[: self.mac_size] + le
        answer, word = split(self.exchange(sent))
        return self._unwrap03(answer, word) + word

    def _unwrap03(self, answer: bytes, word: bytes) -> bytes:
        if not self.level & 0x10 or (word != b"\x90\x00" and word[0] not in (0x62, 0x63)):
            return answer
        data, mac = answer[: -self.mac_size], answer[-self.mac_size :]
        if cmac(self.rmac, self.chain + data + word)[: self.mac_size] != mac:
            raise ChannelError("R-MAC")
        if data and self.level & 0x20:
            data = cbc(AES(self.enc), data, self._icv(0x80), back=True).rstrip(b"\0")[:-1]
        return data

    def _icv(self, first: int) -> bytes:
        return ecb(AES(self.enc), bytes((first,)) + self.counter.to_bytes(15, "big"))

    def wrap02(self, command: bytes) -> bytes:
        if not self.level & 1:
            return self.exchange(command)
        head, data, le = parts(command)
        covered = bytes((head[0] | 4,)) + head[1:] + bytes((len(data) + 8,)) + data
        self.icv = des_mac(self.mac, covered, ecb(TripleDES(self.mac[:8] * 3), self.icv))
        plain = data
        if data and self.level & 2:
            data = cbc(TripleDES(self.enc + self.enc[:8]), pad(data, 8))
        sent = bytes((covered[0] | self.cla,)) + head[1:] + bytes((len(data) + 8,)) + data
        answer, word = split(self.exchange(sent + self.icv + le))
        if not self.level & 0x10 or (word != b"\x90\x00" and word[0] not in (0x62, 0x63)):
            return answer + word
        answer, mac = answer[:-8], answer[-8:]
        said = bytes((head[0] & 0xF8,)) + head[1:] + bytes((len(plain),)) + plain
        self.ricv = des_mac(self.rmac, said + bytes((len(answer),)) + answer + word, self.ricv)
        if self.ricv != mac:
            raise ChannelError("R-MAC")
        return answer + word

    def wrap_key(self, key: bytes) -> bytes:
        """A key under the DEK."""
        if self.scp == 2:
            return ecb(TripleDES(self.dek + self.dek[:8]), key)
        return cbc(AES(self.key), key)


def parts(command: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, data and Le of a short command."""
    head, body = command[:4], command[4:]
    if len(body) <= 1:
        return head, b"", body
    return head, body[1 : 1 + body[0]], body[1 + body[0] :]


def split(answer: bytes) -> tuple[bytes, bytes]:
    return answer[:-2], answer[-2:]
