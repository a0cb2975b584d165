from __future__ import annotations

import sys

import pytest

from applets.hello import Hello
from ifd_bridge.testing import pcsc_client
from ifd_bridge.testing.pcsc_client import Client
from ifd_bridge.worlds.world import World
from vcard import Card


class Scard:
    """A PC/SC library in which nothing ever happens."""

    SCARD_E_NO_SERVICE = 0x8010001D
    SCARD_S_SUCCESS, SCARD_E_TIMEOUT, SCARD_STATE_UNAWARE, SCARD_STATE_PRESENT = 0, 10, 0, 32
    state = 0

    def SCardEstablishContext(self, scope: int) -> tuple[int, str]:
        return 0, "context"

    def SCardListReaders(self, context: str, groups: list[str]) -> tuple[int, list[str]]:
        return 0, ["Virtual Reader 00 00", "Virtual Reader 00 01"]

    def SCardGetStatusChange(
        self, context: str, timeout: int, asked: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, bytes]]]:
        return 10, [(asked[0][0], self.state, b"")]

    def SCardGetErrorMessage(self, code: int) -> str:
        return f"error {code}"


def test_a_card_that_pcscd_does_not_see_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pcsc_client, "_scard", Scard)
    monkeypatch.setattr(pcsc_client, "SEEN_TIMEOUT_S", 0.01)
    world = World([("plain", None)])
    world.readers[0].insert(Card(Hello()))
    with pytest.raises(TimeoutError, match="no card in Virtual Reader 00 00"):
        Client(world).connect(world.readers[0])


def test_until_a_movement_was_counted_the_state_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """pcsc-lite reports no swap to a client that has counted none."""
    waits = []

    class Silent(Scard):
        def SCardGetStatusChange(
            self, context: str, timeout: int, asked: list[tuple[str, int]]
        ) -> tuple[int, list[tuple[str, int, bytes]]]:
            waits.append(timeout)
            return 10, [(asked[0][0], len(waits) // 2 << 16, b"")]

    monkeypatch.setattr(pcsc_client, "_scard", Silent)
    monkeypatch.setattr(pcsc_client, "SEEN_TIMEOUT_S", 0.2)
    world = World([("plain", None)])
    world.readers[0].insert(Card(Hello()))
    with pytest.raises(TimeoutError):
        Client(world).connect(world.readers[0])
    assert max(waits[:2]) <= 1000 * pcsc_client.AGAIN_S + 1 < waits[2]


def test_a_card_that_nobody_has_put_in_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcsc_client, "_scard", Scard)
    world = World([("two-slot", None)])
    world.readers[0].insert(Card(Hello()), 1)
    with pytest.raises(RuntimeError, match="no card is in 'Virtual Two-Slot Reader'"):
        Client(world).connect(world.readers[0])


def test_what_pcsc_refuses_is_said_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(Scard):
        def SCardEstablishContext(self, scope: int) -> tuple[int, str]:
            return 7, ""

    monkeypatch.setattr(pcsc_client, "_scard", Refusing)
    with pytest.raises(RuntimeError, match="error 7"):
        Client(World([("plain", None)]))


def test_a_client_gives_its_context_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """pcscd has at most 200: without this the 201st test with a connection is refused."""
    held = []

    class Counting(Scard):
        def SCardEstablishContext(self, scope: int) -> tuple[int, str]:
            held.append("context")
            return 0, "context"

        def SCardReleaseContext(self, context: str) -> int:
            held.remove(context)
            return 0

    monkeypatch.setattr(pcsc_client, "_scard", Counting)
    with Client(World([("plain", None)])):
        assert held
    assert not held


def test_without_pyscard_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(RuntimeError, match="pip install"):
        Client(World([("plain", None)]))


def test_a_context_that_leads_elsewhere_is_told_with_its_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Gone(Scard):
        def SCardEstablishContext(self, scope: int) -> tuple[int, str]:
            return self.SCARD_E_NO_SERVICE, ""

    monkeypatch.setattr(pcsc_client, "_scard", Gone)
    with pytest.raises(RuntimeError, match="libpcsclite reads PCSCLITE_CSOCK_NAME once"):
        Client(World([("plain", None)]))
