from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from applets.globalplatform.codes import ISD_AID
from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.globalplatform.packages import write_load_file
from applets.globalplatform.registry import LoadFile
from applets.hello import Hello
from applets.pin_dump import PinDump
from applets.shared.secure_channel.domain import Protocol, SecurityDomain
from applets.shared.secure_channel.keys import KeySet, KeyType
from tests.kits.secure_channel import KEY, Exchange, Host
from vcard import Card, Memory, Reply

PACKAGE, MODULE, INSTANCE = (
    bytes.fromhex(f"F07663617264{tail}") for tail in ("10", "1001", "100101")
)
FILE = LoadFile(PACKAGE, b"\1\2", {MODULE: "hello"})


class Personal(Hello):
    """An applet that stores the data of STORE DATA."""

    aid = bytes.fromhex("F07663617264FF")
    section = "Personal"
    got: list[tuple[bytes, bool]]

    def installed(self) -> None:
        self.got = []

    def store_data(self, data: bytes, *, last: bool) -> Reply:
        self.got.append((data, last))
        return None


def card_exchange(card: Card) -> Exchange:
    """Commands to a card, with GET RESPONSE in their class as long as there is more."""

    def exchange(raw: bytes) -> bytes:
        answer = card.exchange(raw)
        assert isinstance(answer, bytes)
        while answer[-2] == 0x61:
            more = card.exchange(bytes((raw[0], 0xC0, 0, 0, answer[-1])))
            assert isinstance(more, bytes)
            answer = answer[:-2] + more
        return answer

    return exchange


@dataclass
class Desk:
    """A card with an ISD and a host with a session."""

    card: Card
    isd: IssuerSecurityDomain
    host: Host

    def plain(self, text: str) -> str:
        answer = self.exchange(bytes.fromhex(text))
        return answer.hex().upper()

    def exchange(self, raw: bytes) -> bytes:
        return card_exchange(self.card)(raw)

    def select(self, aid: bytes = ISD_AID) -> str:
        return self.plain("00A40400" + f"{len(aid):02X}" + aid.hex())

    def open(self, level: int = 0x33) -> None:
        """Begin a session with the card manager, by its current AID."""
        self.select(b"")
        assert self.host.open(level).hex() == "9000"

    def send(self, header: str, data: str | bytes = b"") -> str:
        """Send a command through the session; return the response with its status word."""
        raw = bytes.fromhex(data) if isinstance(data, str) else data
        body = bytes((len(raw),)) + raw if raw else b""
        return self.host.protected(bytes.fromhex(header) + body + b"\0").hex().upper()

    def load(self, file: LoadFile = FILE) -> str:
        """Load a package."""
        aid = file.aid
        self.send("80E60200", bytes((len(aid),)) + aid + bytes(4))
        raw = write_load_file(file)
        return self.send("80E88000", raw)

    def install(self, aid: bytes = INSTANCE, p1: int = 0x0C) -> str:
        """Install an application of the package."""
        fields = (PACKAGE, MODULE, aid, b"\0", b"\xc9\0", b"")
        data = b"".join(bytes((len(field),)) + field for field in fields)
        return self.send(f"80E6{p1:02X}00", data)


Maker = Callable[..., Desk]


def make_desk(
    scp: tuple[int, int] = (3, 0x70), memory: Memory | None = None, **options: object
) -> Desk:
    kind = KeyType.AES if scp[0] == 3 else KeyType.DES
    kvn = options.pop("kvn", 0x30 if scp[0] == 3 else 0x20)
    assert isinstance(kvn, int)
    domain = SecurityDomain([Protocol(*scp)], [KeySet.same(kvn, kind, KEY)])
    options.setdefault("loadable", {"pin-dump": PinDump, "hello": Hello, "personal": Personal})
    isd = IssuerSecurityDomain(domain, **options)  # type: ignore[arg-type] # options by name
    card = Card(isd, Hello(), Personal(), memory=memory)
    card.power_up()
    desk = Desk(card, isd, Host(card_exchange(card)))
    desk.select()
    return desk


@pytest.fixture
def desk() -> Desk:
    """A card with a session at level 33."""
    made = make_desk()
    made.open()
    return made
