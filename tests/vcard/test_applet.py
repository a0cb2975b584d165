from __future__ import annotations

import pydoc
import re

import pytest

from vcard import SW, Applet, Card, Command, Reply, Response, handles


class Routed(Applet):
    aid = b"routed"

    @handles(ins=0x10)
    def any(self, command: Command) -> Reply:
        return b"any"

    @handles(ins=0x10, p1=1)
    def p1(self, command: Command) -> Reply:
        return b"p1"

    @handles(ins=0x10, p1=1, p2=2)
    def p1p2(self, command: Command) -> Reply:
        return b"p1p2"

    @handles(ins=0x12, cla=0x80)
    def proprietary(self, command: Command) -> Reply:
        return b"80"

    @handles(ins=0x14, cla=0xA0, p2=7)
    @handles(ins=0x16)
    def two(self, command: Command) -> Reply:
        return bytes((command.ins,))


class Overridden(Routed):
    aid = b"overridden"
    p1 = None  # type: ignore[assignment]

    def any(self, command: Command) -> Reply:
        return b"overridden"

    @handles(ins=0x20)
    def own(self, command: Command) -> Reply:
        return b"own"


def answer(applet: Applet, text: str) -> str:
    """The response to SELECT, then to the command, in hex."""
    card = Card(applet)
    card.power_up()
    aid = next(iter(applet.aids))
    card.exchange(b"\0\xa4\4\0" + bytes((len(aid),)) + aid)
    response = card.exchange(bytes.fromhex(text))
    assert isinstance(response, bytes)
    return response.hex()


def test_the_narrowest_handler_answers() -> None:
    cases = [
        ("00100000", b"any"),
        ("00100100", b"p1"),
        ("00100102", b"p1p2"),
        ("80120000", b"80"),
        ("A0140007", b"\x14"),
        ("00160000", b"\x16"),
    ]
    for command, reply in cases:
        assert answer(Routed(), command) == reply.hex() + "9000"


def test_what_no_handler_takes_is_refused_in_the_standards_words() -> None:
    cases = [
        ("00FF0000", "6d00"),
        ("00120000", "6e00"),
        ("A0140000", "6a86"),
        ("B0100000", "6e00"),
    ]
    for command, sw in cases:
        assert answer(Routed(), command) == sw


def test_a_class_is_understood_when_a_handler_names_it() -> None:
    assert 0xA0 in Routed.classes
    assert 0xA0 not in Applet.classes


def test_an_overriding_method_keeps_its_route_and_none_takes_it_away() -> None:
    assert answer(Overridden(), "00100000") == b"overridden".hex() + "9000"
    assert answer(Overridden(), "00100100") == b"overridden".hex() + "9000"
    assert answer(Overridden(), "00200000") == b"own".hex() + "9000"
    assert answer(Overridden(), "00160000") == "169000"


class Brief(Overridden):
    aid = b"brief"

    @handles(ins=0x22)
    @handles(ins=0x24)
    def same(self) -> Reply:
        return b"same"

    def any(self) -> Reply:  # type: ignore[override]
        return b"brief"

    def own(self, command: Command) -> Reply:
        return command.header


def test_a_handler_that_needs_no_command_may_do_without_it() -> None:
    assert answer(Brief(), "00220000") == b"same".hex() + "9000"
    assert answer(Brief(), "00240000") == b"same".hex() + "9000"


def test_an_overriding_method_decides_whether_it_gets_the_command() -> None:
    assert answer(Brief(), "00100000") == b"brief".hex() + "9000"
    assert answer(Brief(), "00200000") == "002000009000"


def test_a_route_that_no_command_can_take_is_refused() -> None:
    for codes in [
        {"ins": 256},
        {"ins": -1},
        {"ins": 1, "p1": 256},
        {"ins": 1, "p2": -1},
    ]:
        with pytest.raises(ValueError, match="handles"):
            handles(**codes)  # type: ignore[arg-type]


class Quiet(Applet):
    aid = b"quiet"


def test_an_applet_without_handlers_knows_no_instruction() -> None:
    assert answer(Quiet(), "00000000") == SW.INS_NOT_SUPPORTED.raw.hex()


class Stateful(Applet):
    aid = b"stateful"

    def __init__(self) -> None:
        self.log: list[str] = []

    def new_session(self) -> list[int]:
        return []

    def powered(self) -> None:
        self.log.append("powered")

    def selected(self, command: Command, aid: bytes) -> Reply:
        self.log.append("selected")
        return None

    def deselected(self) -> None:
        self.log.append("deselected")

    @handles(ins=0x10)
    def count(self, command: Command) -> Reply:
        self.session.append(1)
        return bytes((len(self.session),))


def test_a_session_lasts_as_long_as_the_selection() -> None:
    applet = Stateful()
    card = Card(applet)
    card.power_up()
    count = bytes.fromhex("00100000")
    select = bytes.fromhex("00A4040008") + b"stateful"
    assert card.exchange(select) == SW.OK.raw
    assert card.exchange(count) == b"\x01\x90\x00"
    assert card.exchange(count) == b"\x02\x90\x00"
    assert card.exchange(select) == SW.OK.raw
    assert card.exchange(count) == b"\x01\x90\x00"
    assert applet.log == ["powered", "selected", "deselected", "selected"]


class Desfire(Applet):
    """Native commands in ISO frames: class 90, whose bits are its own."""

    aid = bytes.fromhex("D2760000850100")
    raw_classes = frozenset({0x84, 0x90, 0xD0})

    @handles(0x60)
    def version(self, command: Command) -> Response:
        return Response(b"v", SW(0x91AF))

    @handles(0xC0, cla=0x84)
    def own_instruction(self) -> bytes:
        return b"own"

    @handles(0x10, cla=0xD0)
    def long(self, command: Command) -> bytes:
        return command.data * 2


def test_a_proprietary_class_reaches_its_applet_whole() -> None:
    card = Card(Desfire())
    card.power_up()
    assert card.exchange(bytes.fromhex("00A4040007D276000085010000"))[-2:] == SW.OK.raw  # type: ignore[index]
    assert card.exchange(bytes.fromhex("9060000000")) == b"v" + bytes.fromhex("91AF")
    assert card.exchange(bytes.fromhex("9060000000")) == b"v" + bytes.fromhex("91AF")
    assert card.exchange(bytes.fromhex("84C0000000")) == b"own" + SW.OK.raw
    assert card.exchange(bytes.fromhex("D010000002AABB01")) == bytes.fromhex("AA6103")
    assert card.exchange(bytes.fromhex("84C0000000")) == bytes.fromhex("BBAABB9000")


@pytest.mark.parametrize("cla", [0x00, 0x7F, 0xFF])
def test_a_class_that_is_not_proprietary_cannot_be_raw(cla: int) -> None:
    with pytest.raises(ValueError, match=f"raw classes are 80..FE, {cla:02X} is not proprietary"):
        type("Greedy", (Applet,), {"raw_classes": frozenset({cla})})


@pytest.mark.parametrize("cla", [0x01, 0x84, 0xD0])
def test_a_class_with_channel_bits_needs_to_be_raw(cla: int) -> None:
    with pytest.raises(ValueError, match=f"CLA {cla:02X} has channel bits.*raw_classes"):

        class Odd(Applet):
            @handles(1, cla=cla)
            def one(self) -> None:
                pass


def test_only_a_cards_default_can_be_without_an_aid() -> None:
    class Files(Applet):
        @handles(0xA4, cla=0xA0)
        def select(self) -> SW:
            return SW(0x9F0F)

    card = Card(default=Files())
    card.power_up()
    assert card.exchange(bytes.fromhex("A0A40000023F00")) == bytes.fromhex("9F0F")
    with pytest.raises(ValueError, match=r"only the card's default can be without an AID, .*Files"):
        Card(Files())


def test_help_says_what_each_attribute_means():
    declared = {name for name in Applet.__annotations__ if not name.startswith("_")}
    told = pydoc.plain(pydoc.render_doc(Applet))
    assert declared - {"card", "channel", "memory"} == set(re.findall(r"\* `(\w+)`: ", told))
