"""Ports through one interface, beside a model: nothing of one port or channel shows on another.

The model knows of each port its channels, and of each channel the current file and the bytes that
wait for GET RESPONSE; its PIN, and what its files hold. The port is named by the reader (a slot for
each), by the NAD of each block of T=1, or by MANAGE LSI.
"""

import random
from dataclasses import dataclass, field

import pytest

from applets.esim.cards import create, demo_profiles
from applets.esim.small_profile import EMPTY
from applets.shared.file_system.tree import DIR, MF
from applets.uicc.files import ICCID, fcp
from tests.kits.t1_pair import Pair
from vcard.transmission.t1_card import T1Card

LANGUAGES, TRIES = 0x2F05, 10
RIGHT, WRONG = (bytes.fromhex(f"0020000A08{pin}") for pin in ("35" * 8, "36" * 8))


def word(number):
    return number.to_bytes(2, "big")


@dataclass
class Channel:
    """A channel as it should be."""

    file: int | None = None
    pending: bytes = b""

    def keep(self, data):
        """Data wait, as the command had no Le."""
        self.pending = data
        return bytes((0x61, len(data)))


@dataclass
class Port:
    """A port as it should be. Each method gives a command (of channel 0) and its answer."""

    tree: object
    contents: dict
    atr: bytes
    channels: dict = field(default_factory=lambda: {0: Channel()})
    verified: bool = False
    tries: int = TRIES

    def reset(self, keep=0):
        """All as after a reset; channel `keep` is there to carry the answer."""
        self.channels = {number: Channel() for number in {0, keep}}
        self.verified = False

    def select(self, chance, channel):
        fid = chance.choice((ICCID, LANGUAGES, DIR))
        command = bytes((0, 0xA4, 0, 4, 2)) + word(fid)
        file = self.tree.by_path.get((MF, fid))
        if file is None:
            return command, word(0x6A82)
        channel.file = fid
        return command, channel.keep(fcp(file))

    def get_response(self, chance, channel):
        size = chance.choice((0, 1, 5, 200))
        command, data = bytes((0, 0xC0, 0, 0, size)), self.held
        if not data:
            return command, word(0x6D00)
        channel.pending = data[size or 256 :]
        rest = channel.pending
        end = bytes((0x61, len(rest))) if rest else word(0x9000)
        return command, data[: size or 256] + end

    def read(self, chance, channel):
        le = chance.choice((b"", b"\0", b"\x0a"))
        command = bytes.fromhex("00B00000") + le
        refused = self._refused(channel)
        if refused:
            return command, refused
        content = self.contents[channel.file]
        return command, content + word(0x9000) if le else channel.keep(content)

    def update(self, chance, channel):
        new = chance.randbytes(10)
        refused = self._refused(channel)
        if not refused and channel.file == ICCID and not self.verified:
            refused = word(0x6982)
        if not refused:
            self.contents[channel.file] = new
        return bytes.fromhex("00D600000A") + new, refused or word(0x9000)

    def _refused(self, channel):
        if channel.file is None:
            return word(0x6986)
        return word(0x6981) if channel.file == DIR else None

    def verify(self, chance, channel):
        right = self.tries < 4 or chance.random() < 0.5
        if self.tree is EMPTY.tree:
            return RIGHT, word(0x6A88)
        self.verified, self.tries = right, TRIES if right else self.tries - 1
        return (RIGHT, word(0x9000)) if right else (WRONG, word(0x63C0 | self.tries))

    def tries_left(self, chance, channel):
        known = self.tree is not EMPTY.tree
        return bytes.fromhex("0020000A"), word(0x63C0 | self.tries if known else 0x6A88)

    def open(self, chance, channel):
        number = next(n for n in range(1, 20) if n not in self.channels)
        if number > 3:
            return bytes.fromhex("0070000100"), word(0x6881)
        self.channels[number] = Channel()
        return bytes.fromhex("0070000001"), bytes((number,)) + word(0x9000)

    def close(self, chance, channel):
        number = chance.randrange(1, 4)
        there = self.channels.pop(number, None) is not None
        return bytes((0, 0x70, 0x80, number)), word(0x9000 if there else 0x6881)


ACTIONS = (Port.select, Port.get_response, Port.read, Port.update, Port.verify, Port.tries_left,
           Port.open, Port.close)  # fmt: skip
WEIGHTS = (8, 10, 8, 4, 3, 2, 2, 1)


class Model:
    """A card with three interfaces as it should be, and a way to the real one."""

    def __init__(self, way, seed):
        self.card = create(None, {"mep": "a1"})
        self.chance, self.way, self.current = random.Random(seed), way, 0
        trees = [EMPTY.tree, *(one.subscription.tree for one in demo_profiles())]
        self.ports = [Port(tree, contents(tree), self.card.atr) for tree in trees]
        self.line = Pair(card=T1Card(self.card, nads=self.card.habits.nads))

    def exchange(self, command, port):
        if self.way == "reader":
            return self.card.exchange(command, port)
        if self.way == "nad":
            self.line.host.nad = port << 4
            return self.line.transmit(command)
        if port != self.current:
            assert self.card.exchange(bytes((0x80, 0x7C, 0, port))) == word(0x9000)
            self.ports[self.current].channels[0].pending = b""
            self.current = port
        return self.card.exchange(command)

    def once(self):
        number, through = self.chance.randrange(3), self.chance.randrange(4)
        port = self.ports[number]
        channel = port.channels.get(through)
        if channel is None:
            command, expected = bytes.fromhex("00B0000000"), word(0x6881)
        elif self.chance.random() < 0.01:
            command, expected = self.reset(number, through)
        else:
            port.held, channel.pending = channel.pending, b""
            (action,) = self.chance.choices(ACTIONS, WEIGHTS)
            command, expected = action(port, self.chance, channel)
        raw = bytes((command[0] | through,)) + command[1:]
        assert self.exchange(raw, number) == expected, (number, raw.hex())

    def reset(self, number, through):
        """MANAGE LSI resets an interface, perhaps the one that it comes through."""
        target = self.chance.randrange(3)
        self.ports[target].reset(through if target == number else 0)
        atr = b"\x80" + bytes((len(self.card.atr),)) + self.card.atr
        answer = self.ports[number].channels[through].keep(atr)
        return bytes((0x80, 0x7C, 1, target)), answer


def contents(tree):
    there = [fid for fid in (ICCID, LANGUAGES) if (MF, fid) in tree.by_path]
    return {fid: tree.by_path[MF, fid].content for fid in there}


WAYS = ["reader", "nad", "manage lsi"]


@pytest.mark.parametrize("way", WAYS)
def test_interleaved_commands_on_three_ports_do_not_disturb_each_other(way):
    interleave(way, 1, 500)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [2, 3])
def test_ten_thousand_of_them_do_not_either(way, seed):
    interleave(way, seed, 10_000)


def interleave(way, seed, count):
    model = Model(way, seed)
    model.line.reset()
    for _ in range(count):
        model.once()
