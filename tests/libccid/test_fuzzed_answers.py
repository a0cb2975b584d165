"""A reader whose USB answers are broken, under the genuine libccid.

For every answer, our side and pcscd survive, and the reader works after it is plugged again.
"""

import random
import sys
import time

import pytest

from applets.hello import Hello
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from tests.kits.pcsc.program import Program
from vcard import Card

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

SHORT_WAIT = bytes.fromhex("3B8081211131")
QUICK, MANY = 60, 700
ICC_POWER_ON, GET_SLOT_STATUS = 0x62, 0x65
RARE, OFTEN = 0.02, 0.5
"""After a failure of the rare ones pcscd talks no more until the card is moved."""
CLIENT = f"""
SELECT = bytes.fromhex("00A404000A{Hello.aid.hex()}")
settle(reader, SCARD_STATE_PRESENT)
say("ready")
while hear():
    connected, card, active = SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3)
    if connected == 0:
        pci = SCARD_PCI_T0 if active == 1 else SCARD_PCI_T1
        for command in (SELECT, b"\\0\\0\\0\\0\\x0c") * 5:
            SCardTransmit(card, pci, list(command))
        SCardDisconnect(card, SCARD_RESET_CARD)
    say(connected == 0)
"""

AFTERWARDS = f"""
def wait(count):
    while len(names := check(SCardListReaders(ctx, []))) != count:
        SCardGetStatusChange(ctx, 20, [(r"\\\\?PnP?\\Notification", 0)])
    return names
wait(1)
say("gone")
reader = wait(2)[0]
settle(reader, SCARD_STATE_PRESENT)
card, active = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1))
check(SCardTransmit(card, SCARD_PCI_T1, list(bytes.fromhex("00A404000A{Hello.aid.hex()}"))))
say(bytes(check(SCardTransmit(card, SCARD_PCI_T1, [0, 0, 0, 0, 12])))[:-2].hex())
"""


class Liar(CcidReader):
    """Breaks many answers, while `lies`; counts them by kind."""

    def __init__(self, model, seed):
        super().__init__(model)
        self.random = random.Random(seed)
        self.lies = False
        self.deck = []
        self.broken = dict.fromkeys(KINDS, 0)

    def handle(self, message, now, data=None):
        self.asked = message[0]
        super().handle(message, now, data)

    def put(self, answer):
        chance = RARE if self.asked in (ICC_POWER_ON, GET_SLOT_STATUS) else OFTEN
        if self.lies and self.random.random() < chance:
            kind = self.deal()
            self.broken[kind] += 1
            for each in KINDS[kind](self.random, answer):
                self.bulk_in.append(each)
        else:
            super().put(answer)

    def deal(self):
        """The next kind: all of them, in any order, before one comes again."""
        self.deck = self.deck or self.random.sample(list(KINDS), len(KINDS))
        return self.deck.pop()


def put_in(answer, place, raw):
    return answer[:place] + raw + answer[place + len(raw) :]


STATUS = [status for status in range(256) if status & 0xC0 != 0x80]
KINDS = {
    "cut": lambda pick, a: [a[: pick.randrange(len(a))]],
    "oversize": lambda pick, a: [a + pick.randbytes(pick.choice([1, 64, 271, 4096, 70_000]))],
    "type": lambda pick, a: [put_in(a, 0, pick.randbytes(1))],
    "slot": lambda pick, a: [put_in(a, 5, pick.randbytes(1))],
    "bSeq": lambda pick, a: [put_in(a, 6, pick.randbytes(1)), a],
    "dwLength": lambda pick, a: [put_in(a, 1, pick.randbytes(pick.choice([1, 2, 4])))],
    "status": lambda pick, a: [put_in(a, 7, bytes((pick.choice(STATUS), pick.randrange(256))))],
    "extension": lambda pick, a: [put_in(a, 7, bytes((0x80, pick.randrange(256)))), a],
    "data": lambda pick, a: [a[:10] + pick.randbytes(len(a) - 10)],
    "doubled": lambda pick, a: [a, a],
}


def run(level, wanted, seed):
    reader = Liar(models.at_level(models.PLAIN, level), seed)
    reader.insert(Card(Hello(), atr=SHORT_WAIT))
    company = CcidReader(models.PINPAD)  # so that there always is a reader
    with (
        endpoint(reader, company, driver="libccid") as pcsc,
        Program(pcsc.environ, CLIENT) as client,
    ):
        assert client.hear() == "ready"
        reader.moved = None  # pcscd may talk no more to a reader that lies: it is not waited for
        reader.lies = True
        while sum(reader.broken.values()) < wanted:
            client.say("again")
            if not client.hear():
                reader.insert(reader.eject())
            assert pcsc.pcscd.running
        reader.lies = False
        reader.insert(reader.eject())
        pcsc.unplug(0)
        with Program(pcsc.environ, AFTERWARDS) as later:
            assert later.hear() == "gone"
            pcsc.plug(0)
            assert later.hear() == b"Hello world!".hex()
    return reader


@pytest.mark.parametrize("level", [ExchangeLevel.EXTENDED_APDU, ExchangeLevel.TPDU])
def test_broken_answers_kill_nobody(level):
    reader = run(level, QUICK, seed=1)
    assert all(reader.broken.values())


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("level", "wanted"), [(ExchangeLevel.CHARACTER, MANY // 8), (ExchangeLevel.TPDU, MANY)]
)
def test_hundreds_of_broken_answers_kill_nobody(level, wanted):
    """Fewer at the character level, where each one costs the driver a time-out of its own."""
    reader = run(level, wanted, seed=2)
    assert all(reader.broken.values())


if __name__ == "__main__":
    began = time.monotonic()
    lied = run(ExchangeLevel.TPDU, int(sys.argv[1]), seed=3)
    took = time.monotonic() - began
    sys.stdout.write(f"{sum(lied.broken.values())} broken answers in {took:.0f} s: {lied.broken}\n")
