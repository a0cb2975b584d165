from __future__ import annotations

from collections.abc import Callable

import pytest

from applets.shared.secure_channel.domain import Protocol, SecurityDomain
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.shared.secure_channel.secured import SecuredApplet
from tests.kits.secure_channel import KEY, Host
from vcard import SW, Card, Command, Later, Memory, Reply, Response, handles

AID = bytes.fromhex("A000000151000000")


class Vault(SecuredApplet):
    """An applet behind a secure channel."""

    aid = AID

    def __init__(self, domain: SecurityDomain) -> None:
        self.domain = domain

    def installed(self) -> None:
        self.domain.attach(self.memory.section("domain"))

    @handles(ins=0xCA)
    def echo(self, command: Command) -> Reply:
        return command.data

    @handles(ins=0xCC)
    def long(self, command: Command) -> Reply:
        return bytes(command.p1p2)

    @handles(ins=0xDA)
    def host_only(self, command: Command) -> Reply:
        self.needs_host()
        self.memory["kept"] = command.data
        return None

    @handles(ins=0xDB)
    def warn(self, command: Command) -> Reply:
        self.memory["kept"] = command.data
        raise SW(0x6300 | command.p2)

    @handles(ins=0xDC)
    def refuse(self, command: Command) -> Reply:
        return SW.CONDITIONS_NOT_SATISFIED

    @handles(ins=0xDD)
    def later(self, command: Command) -> Reply:
        return Later(1, lambda: Response(command.data, SW(0x6310)))


def domain(*protocols: tuple[int, int], **options: object) -> SecurityDomain:
    """A domain with 3DES keys of version 20 and AES keys of version 30."""
    factory = (
        KeySet.same(0x20, KeyType.DES, KEY),
        KeySet.same(0x30, KeyType.AES, KEY),
    )
    return SecurityDomain(
        [Protocol(*one) for one in protocols],
        options.pop("factory", factory),  # type: ignore[arg-type] # options by name
        **options,  # type: ignore[arg-type] # options by name
    )


def exchange(card: Card, command: bytes) -> bytes:
    """One command, with GET RESPONSE as long as there is more."""
    response = card.exchange(command)
    if not isinstance(response, bytes):
        assert response is not None
        finished = response.finish()
        assert isinstance(finished, bytes)
        return finished
    while response[-2] == 0x61:
        more = card.exchange(bytes((command[0], 0xC0, 0, 0, response[-1])))
        assert isinstance(more, bytes)
        response = response[:-2] + more
    return response


Made = tuple[Card, Callable[..., Host]]


@pytest.fixture
def vault() -> Callable[..., Made]:
    """A card with an applet behind a channel of the protocols named, and a maker of hosts."""

    def make(*protocols: tuple[int, int], memory: Memory | None = None, **options: object) -> Made:
        card = Card(Vault(domain(*protocols, **options)), memory=memory)
        card.power_up()
        assert card.exchange(b"\0\xa4\x04\0\x08" + AID) == b"\x90\0"

        def host(**kwargs: object) -> Host:
            return Host(lambda raw: exchange(card, raw), **kwargs)  # type: ignore[arg-type] # by name

        return card, host

    return make
