"""Random commands: an answer to each, nothing unexpected in the log, no rule broken."""

import contextlib
import logging
import random
import time

import pytest

from applets.esim import Euicc, Pki, saip
from applets.esim.cards import create
from applets.esim.eid import numbered
from tests.kits import golden
from tests.kits.conversation import short
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp
from tests.whole.esim.test_power_cut import check
from vcard import tlv

TAGS = (0xBF3E, 0xBF3C, 0xBF3F, 0xBF2E, 0xBF20, 0xBF22, 0xBF43, 0xBF2D, 0xBF31, 0xBF32, 0xBF33,
        0xBF34, 0xBF29, 0xBF28, 0xBF2B, 0xBF30, 0xBF38, 0xBF21, 0xBF36, 0xBF41, 0xBF55)  # fmt: skip
INNER = (0xA0, 0x80, 0x81, 0x82, 0x5A, 0x4F, 0x5C, 0x90, 0x30, 0x5F37, 0x04, 0xA1, 0x84, 0xA6)
ISDR = bytes.fromhex("01A4040010A0000005591010FFFFFFFF8900000100")
FILES = (0x3F00, 0x2F00, 0x2FE2, 0x2F05, 0x7F10, 0x7F20, 0x7FFF, 0x6F07, 0x6F3A, 0x6F39, 0x6F40)
INS = (0xA4, 0xB0, 0xB2, 0xD6, 0xDC, 0x32, 0xA2, 0x20, 0x24, 0x26, 0x28, 0x2C, 0x88, 0xF2, 0x04,
       0x44, 0xCB, 0xDB, 0x12, 0x14, 0x7C, 0xCA, 0x70, 0xC0, 0xE2)  # fmt: skip


def requests(iccid):
    """Requests as LPAs send them, about a profile."""
    named = tlv(0x5A, iccid)
    return (
        tlv(0xBF28, b"\x81\2\4\xf0"),
        tlv(0xBF29, named, tlv(0x90, b"name")),
        tlv(0xBF2B, b"\xa0\3\x80\1\1"),
        tlv(0xBF2D, b"\x5c\2\x5a\x99"),
        tlv(0xBF2D, tlv(0xA0, named)),
        tlv(0xBF2E),
        tlv(0xBF30, b"\x80\1\1"),
        tlv(0xBF31, tlv(0xA0, named), b"\x81\1\xff"),
        tlv(0xBF32, tlv(0xA0, named), b"\x81\1\0"),
        tlv(0xBF33, named),
        tlv(0xBF34, b"\x82\2\6\x40"),
        tlv(0xBF3E, b"\x5c\1\x5a"),
        tlv(0xBF3F, tlv(0x80, b"dp.example.com")),
    )


class Fuzzer:
    """Makes commands from a seed."""

    def __init__(self, card, seed):
        self.card, self.chance = card, random.Random(seed)
        self.known = [one.iccid for one in card.inventory]

    def data(self, depth=0):
        choice = self.chance.randrange(6)
        if choice == 0:
            return self.chance.choice(self.known)
        if choice < 3 and depth < 4:
            return b"".join(self.object(depth + 1) for _ in range(self.chance.randrange(4)))
        return self.chance.randbytes(self.chance.randrange(18))

    def object(self, depth=0):
        tag = self.chance.choice(TAGS if depth == 0 else INNER)
        value = self.data(depth)
        length = len(value) if self.chance.random() < 0.95 else self.chance.randrange(128)
        return tag.to_bytes(2 if tag > 255 else 1, "big") + bytes((length & 127,)) + value

    def store_data(self):
        raw = self.object()[:250]
        p1 = 0x91 if self.chance.random() < 0.9 else self.chance.choice((0x11, 0x00))
        return bytes((0x81, 0xE2, p1, self.chance.choice((0, 0, 0, 0, 1)), len(raw))) + raw

    def command(self):
        cla = self.chance.choice((0x00, 0x00, 0x00, 0x80, 0xA0, 0x01, 0x81))
        ins = self.chance.choice(INS)
        p1, p2 = (self.chance.choice((0, 0, 1, 4, 8, self.chance.randrange(256))) for _ in "12")
        if ins == 0xA4:
            return bytes((cla, ins, 0, 4, 2)) + self.chance.choice(FILES).to_bytes(2, "big")
        data = self.chance.randbytes(self.chance.choice((0, 0, 1, 8, 16, 34)))
        tail = self.chance.choice((b"", b"\0", b"\x0a"))
        return bytes((cla, ins, p1, p2)) + (bytes((len(data),)) + data if data else b"") + tail

    def almost_right(self):
        """A request as an LPA sends it; half the time with a wrong byte, or more objects."""
        raw = bytearray(self.chance.choice(requests(self.chance.choice(self.known))))
        kind = self.chance.randrange(4)
        if kind == 0:
            raw[self.chance.randrange(len(raw))] = self.chance.randrange(256)
        elif kind == 1:
            raw[2:] = bytes((2 * len(raw) - 6,)) + raw[3:] + raw[3:]
        return bytes((0x81, 0xE2, 0x91, 0, len(raw))) + bytes(raw)

    def once(self, es10):
        if self.chance.random() >= es10:
            return self.command()
        return self.store_data() if self.chance.random() < 0.5 else self.almost_right()


LONGEST = 1.0
"""Seconds of computing for one command."""


def fuzz(options, seed, count, caplog, es10=0.5, written=None):
    """Give a card random commands, `es10` of them for the ISD-R; the longest that one took.

    What was said is compared with the golden file `written`, if there is one.
    """
    card, longest, said = create(None, options), 0.0, []
    fuzzer = Fuzzer(card, seed)
    card.power_up()
    for number in range(count):
        if number % 200 == 0:
            card.power_up()
            card.exchange(bytes.fromhex("0070000001"))
            card.exchange(ISDR)
        port = fuzzer.chance.choice((None, *range(len(card.ports))))
        command, began = fuzzer.once(es10), time.thread_time()
        answer = card.exchange(command, port)
        longest = max(longest, time.thread_time() - began)
        assert isinstance(answer, bytes)
        assert len(answer) >= 2
        said.append(f"{port} {short(command)} {answer[-2:].hex().upper()}")
    check(card)
    if written is not None:
        golden.check(written, said)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
    return longest


KINDS = [
    {}, {"svn": "2.5"}, {"svn": "3.1"}, {"lenient": ""}, {"mep": "a1"}, {"mep": "a2", "strict": ""},
    {"mep": "b", "proactive": ""}, {"iot": ""}, {"iot": "1.0", "lenient": ""}, {"proactive": ""},
]  # fmt: skip


@pytest.mark.parametrize("options", KINDS)
def test_random_commands_are_answered(options, caplog):
    name = "-".join(f"{key}{value}" for key, value in options.items()) or "plain"
    fuzz(options, 1, 200, caplog, written=f"nonsense-euicc-{name}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_commands_for_the_isdr_are_answered_within_a_second_each(seed, caplog):
    assert fuzz(KINDS[seed], seed, 10_000, caplog, es10=1.0) < LONGEST


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_commands_are_answered(seed, caplog):
    mode = ("none", "a1", "a2", "b")[seed % 4]
    fuzz({"mep": mode}, seed, 10_000, caplog)


@pytest.mark.slow
def test_thousands_of_damaged_packages_are_profiles_or_value_errors():
    chance, whole = random.Random(3), package()
    for _ in range(5_000):
        raw = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        try:
            saip.decode(bytes(raw))
        except ValueError:
            continue


class Noisy(Lpa):
    """Damages one command of those that it sends."""

    def __init__(self, card, chance, at):
        super().__init__(card, size=250)
        self.chance, self.at = chance, at

    def _exchange(self, raw):
        if self.apdus == self.at:
            damaged = bytearray(raw)
            damaged[self.chance.randrange(len(raw))] ^= 1 << self.chance.randrange(8)
            raw = bytes(damaged)
        return super()._exchange(raw)


def damaged_downloads(count, caplog):
    """Downloads, each with one bit flipped somewhere: how many came through all the same."""
    chance, through = random.Random(9), 0
    eid = numbered(1)
    pki = Pki.demo(eid)
    for number in range(count):
        card = Euicc(eid=eid, pki=pki)
        lpa = Noisy(card, chance, 4 + number % 30)
        with contextlib.suppress(AssertionError, AttributeError, ValueError, IndexError):
            lpa.start().download(Smdp(pki))  # the LPA may handle a wrong response in any way
        check(card)
        through += len(card.inventory)
        if card.inventory:
            (one,) = card.inventory
            assert (
                card.inventory.profile(one.iccid).subscription.files
                == saip.decode(package()).subscription.files
            )
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
    return through


def test_a_flipped_bit_in_a_download_is_never_installed(caplog):
    assert damaged_downloads(40, caplog) < 40


@pytest.mark.slow
def test_nor_is_one_of_a_thousand(caplog):
    assert damaged_downloads(1_000, caplog) < 1_000
