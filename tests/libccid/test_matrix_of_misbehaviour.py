"""Misbehaving card code, in each of its methods, has the same outcome behind every door.

One world for each door: a reader whose cards misbehave one after another, and a neighbour that
keeps working. After each the reader serves a good card.
"""

import contextlib
import subprocess
import sys
import threading

import pytest
from _pytest.outcomes import Failed

from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from tests.kits.genuine import ends_pcscd
from tests.kits.pcsc.client import NO_SMARTCARD, REMOVED_CARD, Client, ScardError
from vcard import DEFAULT_ATR, Busy

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

TWIN = models.MODELS["gemalto-pc-twin"]
DOORS = {"bridge": models.PLAIN, "libccid": models.PLAIN, "libccid-serial": TWIN}
"""Each door, and a model that it takes."""
OK, NOT_TRANSACTED = b"\x90\0", 0x80100016
UNRESPONSIVE, UNPOWERED = 0x80100066, 0x80100067
"""A mute card at SCardConnect; which of them depends on whether pcscd tries again just now."""
PATIENCE_S = 10.0


class Rogue:
    """Does `act` in one of its methods, once the test has armed it."""

    def __init__(self, method=None, act=None):
        self.method, self.act = method, act

    def _do(self, method, usual):
        return self.act() if method == self.method else usual

    def power_up(self):
        return self._do("power_up", DEFAULT_ATR)

    def power_down(self):
        self._do("power_down", None)

    def exchange(self, command, port=None):
        if self.method == "finish":
            return Busy(0.01, lambda: self._do("finish", OK))
        return self._do("exchange", OK)


def raising(kind):
    def act():
        raise kind("on purpose")

    return act


def spawn():
    """Leaves a thread and a process behind, and returns what is no answer."""
    threading.Thread(target=threading.Event().wait, args=(0.2,)).start()
    subprocess.Popen([sys.executable, "-c", "pass"]).wait()
    return threading.current_thread()


RAISED = {
    kind.__name__: raising(kind)
    for kind in (ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, Failed, RecursionError)
}
RETURNED = {
    "an int": lambda: 5,
    "a str": lambda: "9000",
    "a list": lambda: [0x90, 0],
    "an object": object,
    "a class": lambda: Busy,
    "a thread": spawn,
    "work without an end": lambda: Busy(float("inf"), lambda: OK),
}
WRONG = {**RAISED, **RETURNED}
EXPECTED = {
    "power_up": {UNRESPONSIVE, UNPOWERED},
    "exchange": {NOT_TRANSACTED},
    "finish": {NOT_TRANSACTED},
}
"""The client's results for methods without an answer; `power_down` returns none anyway."""


class Desk:
    """Two readers of one world, and a client at each."""

    def __init__(self, readers, client, neighbour, *, slow):
        self.rogue, self.client, self.neighbour = readers[0], client, neighbour
        self.slow = slow

    def outcome(self, card):
        """Insert a card; return the client's result: a response, or an error code."""
        self.rogue.insert(card)
        try:
            return self.met()
        finally:
            if self.rogue.slots[0].card is not None:
                self.rogue.eject()

    @contextlib.contextmanager
    def each(self):
        """Return the function that tests a misbehaving card, and returns the client's result.

        Each is put in for it; only one, that stays in and turns bad, where pcscd takes half a
        second to see each movement.
        """
        if not self.slow:
            yield lambda method, act: self.outcome(Rogue(method, act))
            return
        card = Rogue()

        def turned(method, act):
            card.method, card.act = method, act
            try:
                return self.met()
            finally:
                card.method = None

        self.rogue.insert(card)
        try:
            assert self.met() == OK  # and has no power now, which pcscd gave it on its way in
            yield turned
        finally:
            self.rogue.eject()

    def met(self):
        """The answer to a command, or the code of an error."""
        try:
            self.client.connect(0)
            return self.client.transmit(bytes(4))
        except ScardError as error:
            return error.code
        finally:
            if self.client.card is not None:
                with contextlib.suppress(ScardError):  # the card has gone
                    self.client.disconnect(2)
                self.client.card = None

    def serves(self):
        """The reader and its neighbour serve good cards."""
        assert self.outcome(Rogue()) == OK
        assert self.neighbour.transmit(bytes(4)) == OK


@pytest.fixture(scope="module", params=DOORS)
def desk(request):
    if why := ends_pcscd(request.param):
        pytest.skip(why)
    readers = [CcidReader(DOORS[request.param]) for _ in range(2)]
    readers[1].insert(Rogue())
    with (
        endpoint(*readers, driver=request.param) as pcsc,
        Client(pcsc.environ) as client,
        Client(pcsc.environ) as neighbour,
    ):
        neighbour.connect(1)
        yield Desk(readers, client, neighbour, slow=request.param == "libccid-serial")


@pytest.mark.parametrize("method", EXPECTED)
def test_what_is_no_answer_is_a_mute_card_and_the_reader_goes_on(desk, method, caplog):
    with desk.each() as outcome:
        for name, act in WRONG.items():
            caplog.clear()
            assert outcome(method, act) in EXPECTED[method], name
            assert "the card's code failed" in caplog.text, name
    desk.serves()


def test_a_card_that_fails_when_its_supply_goes_has_answered_before(desk, caplog):
    with desk.each() as outcome:
        for name, act in WRONG.items():
            caplog.clear()
            assert outcome("power_down", act) == OK, name
            assert ("the card's code failed" in caplog.text) is (name in RAISED), name
    desk.serves()


@pytest.mark.parametrize("method", EXPECTED)
def test_a_card_may_take_itself_out(desk, method):
    def leave():
        desk.rogue.eject()
        return OK

    gone = {NO_SMARTCARD, REMOVED_CARD, NOT_TRANSACTED, UNPOWERED, UNRESPONSIVE}
    assert desk.outcome(Rogue(method, leave)) in gone
    desk.serves()


@pytest.mark.parametrize("method", ["exchange", "finish"])
def test_a_card_that_never_comes_back_is_left_behind_when_it_is_taken_out(desk, method):
    began, release = threading.Event(), threading.Event()

    def block():
        began.set()
        release.wait(60)
        return OK

    desk.rogue.insert(Rogue(method, block))
    desk.client.connect(0)
    waiting = desk.client.later(desk.client.transmit, bytes(4))
    assert began.wait(PATIENCE_S)
    assert desk.neighbour.transmit(bytes(4)) == OK
    desk.rogue.eject()
    with pytest.raises(ScardError):
        waiting.result(PATIENCE_S)
    release.set()
    desk.client.card = None
    desk.serves()


@pytest.mark.parametrize("method", ["power_up", "power_down"])
def test_a_card_that_takes_its_time_with_its_supply_stops_nobody_else(desk, method):
    began, release = threading.Event(), threading.Event()

    def block():
        began.set()
        release.wait(0.5)
        return DEFAULT_ATR

    outcome = desk.client.later(desk.outcome, Rogue(method, block))
    assert began.wait(PATIENCE_S)
    assert desk.neighbour.transmit(bytes(4)) == OK
    assert outcome.result(PATIENCE_S) == OK
    desk.serves()
