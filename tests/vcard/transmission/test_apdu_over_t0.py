"""APDUs over T=0, from the host's side, through procedure bytes to a card and back."""

from __future__ import annotations

import pytest

from tests.kits.t1_pair import SELECT, Echo, echo
from tests.vcard.transmission.test_t0_card import Fake, now
from vcard import Card
from vcard.atr.atr import Atr
from vcard.contact import Habits
from vcard.transmission.apdu_over_t0 import MAX_FETCHES, transmit
from vcard.transmission.steps import Done, drive
from vcard.transmission.t0_host import T0Host
from vcard.transmission.wire import Wire

ATR = Atr.build((0,))
LENGTHS = (1, 2, 254, 255, 256, 257, 246, 248, 501, 503, 1000, 65535)


class Line:
    """A host that sends TPDUs to a card over a wire."""

    def __init__(self, contact, *, known=True):
        self.wire = Wire(contact, contact.power_up())
        self.known = known
        self.sent = []

    def __call__(self, tpdu: bytes) -> bytes:
        self.sent.append(tpdu.hex())
        engine = T0Host()
        self.wire.outgoing = len(tpdu) <= 5 if self.known else None
        end = drive(
            engine,
            engine.start(tpdu),
            lambda send: now(self.wire.characters(send.data, send.want)),
        )
        assert isinstance(end, Done)
        return end.response


@pytest.mark.parametrize("habits", [Habits(), Habits(one_by_one=True)])
@pytest.mark.parametrize("known", [True, False])
def test_apdus_of_every_case_and_length_pass_over_t0(known, habits):
    line = Line(Card(Echo(), atr=ATR, habits=habits), known=known)
    assert transmit(SELECT, line) == b"\x90\x00"
    for size in LENGTHS[:-1] if habits.one_by_one else LENGTHS:
        assert transmit(echo(size), line) == echo(size)[7:-2] + b"\x90\x00"
        without_le = transmit(echo(size)[:-2], line)
        assert without_le == bytes((0x61, min(size, 256) & 0xFF))


def answers(*said):
    """A line whose card says these things; and what it was sent."""
    left, sent = [bytes.fromhex(raw) for raw in said], []

    def tpdu(raw):
        sent.append(raw.hex())
        return left.pop(0)

    return tpdu, sent


def test_the_tpdus_are_those_of_the_standard():
    cases = [
        ("00100000", ["9000"], ["00100000"], "9000"),
        ("00B0000000", ["6C02", "41429000"], ["00b0000000", "00b0000002"], "41429000"),
        ("00D6000001AA", ["6102"], ["00d6000001aa"], "6102"),
        ("00A4040001AA00", ["6102", "41429000"], ["00a4040001aa", "00c0000002"], "41429000"),
        ("00A4040001AA01", ["6102", "419000"], ["00a4040001aa", "00c0000001"], "419000"),
        ("02A4040001AA00", ["6102", "41429000"], ["02a4040001aa", "02c0000002"], "41429000"),
        ("81E2910001AA00", ["6102", "41429000"], ["81e2910001aa", "01c0000002"], "41429000"),
        ("00A4040001AA00", ["6A82"], ["00a4040001aa"], "6a82"),
        ("00B000000001F4", ["6C02", "41429000"], ["00b0000000", "00b0000002"], "41429000"),
        (
            "00A4040001AA00",
            ["6105", "6C02", "41429000"],
            ["00a4040001aa", "00c0000005", "00c0000002"],
            "41429000",
        ),
        ("0010", ["6700"], ["0010"], "6700"),
    ]
    for apdu, said, sent, response in cases:
        tpdu, seen = answers(*said)
        assert transmit(bytes.fromhex(apdu), tpdu).hex() == response
        assert seen == sent


def test_a_card_without_envelope_ends_a_long_command():
    tpdu, seen = answers("6D00")
    assert transmit(echo(600), tpdu) == b"\x6d\x00"
    assert len(seen) == 1


def test_further_channels_have_their_own_class():
    tpdu, seen = answers("6101", "419000")
    transmit(bytes.fromhex("47A4040001AA00"), tpdu)
    assert seen[1] == "47c0000001"


def test_a_card_that_always_has_more_is_left():
    sent = []
    response = transmit(
        bytes.fromhex("00B00000000000"), lambda raw: sent.append(raw) or b"\x61\x01"
    )
    assert response == b"\x61\x01"
    assert len(sent) == MAX_FETCHES + 1


def test_a_contact_is_asked_once_for_a_wrong_le():
    line = Line(Fake(b"Hello\x90\x00"))
    assert transmit(bytes.fromhex("00B0000000"), line) == b"Hello\x90\x00"
    assert line.wire.contact.asked == ["00b0000000"]
