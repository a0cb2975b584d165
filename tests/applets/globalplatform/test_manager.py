from __future__ import annotations

import random

import pytest

from applets.globalplatform.codes import ISD_AID
from applets.globalplatform.manager import length_values
from applets.globalplatform.packages import write_load_file
from applets.hello import Hello
from tests.applets.globalplatform.conftest import FILE, INSTANCE, MODULE, PACKAGE, Desk, make_desk
from tests.kits import golden
from tests.kits.conversation import short
from vcard import SW, Memory
from vcard.tlv import tlv

FCI = "6F108408A000000151000000A5049F6501FF"


@pytest.mark.parametrize("name", ["", "A000000151000000", "A000000003000000", "A00000015100"])
def test_the_domain_answers_to_its_names_and_to_none(desk: Desk, name: str) -> None:
    assert desk.select(bytes.fromhex(name)) == FCI + "9000"


def test_a_locked_card_says_so_and_has_its_domain_alone(desk: Desk) -> None:
    assert desk.send("80F0807F") == "9000"
    assert desk.select() == FCI + "6283"
    assert desk.select(Hello.aid) == "6A82"
    desk.select()
    desk.host.open()
    assert desk.send("80F0800F") == "9000"
    assert desk.select(Hello.aid) == "9000"


def test_a_terminated_card_has_get_data_alone(desk: Desk) -> None:
    assert desk.send("80F080FF") == "9000"
    assert desk.plain("80CA9F7F00").startswith("9F7F2A")
    assert desk.plain("8050000008000102030405060700") == "6985"
    assert desk.select(Hello.aid) == "6A82"


def test_an_application_that_was_made_is_there_again_with_the_cards_memory(desk: Desk) -> None:
    desk.load()
    desk.install()
    again = make_desk(memory=desk.card.memory)
    assert again.select(INSTANCE) == "9000"
    assert len(again.card.applets) == 4
    again.card.power_up()
    assert len(again.card.applets) == 4


def test_what_may_no_longer_be_loaded_stays_away(desk: Desk) -> None:
    desk.load()
    desk.install()
    again = make_desk(memory=desk.card.memory, loadable={})
    assert again.select(INSTANCE) == "6A82"


def test_an_application_whose_entry_was_lost_is_taken_off(desk: Desk) -> None:
    desk.load()
    desk.install()
    desk.isd.registry.forget(INSTANCE)
    desk.card.power_up()
    assert len(desk.card.applets) == 3


def test_each_application_has_a_memory_of_its_own() -> None:
    memory = Memory()
    desk = make_desk(memory=memory)
    desk.open()
    desk.load()
    desk.install()
    desk.install(INSTANCE + b"\2")
    first, second = desk.card.applets[-2:]
    first.memory["x"] = 1
    assert "x" not in second.memory


@pytest.mark.parametrize("text", ["", "02", "0201", "01AA", "01AA0001", "01AA020101BB"])
def test_fields_with_lengths_must_fill_the_data(text: str) -> None:
    with pytest.raises(SW, match="6A80"):
        length_values(bytes.fromhex(text), 2)


def test_fields_follow_their_lengths() -> None:
    assert length_values(bytes.fromhex("02AABB0001CC"), 3) == [b"\xaa\xbb", b"", b"\xcc"]


HEADERS = (
    "80E60200", "80E60C00", "80E60400", "80E60800", "80E64000", "80E62000", "80E61000", "80E88000",
    "80E80000", "80E40000", "80E40080", "80F20000", "80F24000", "80F24002", "80F22000", "80F21000",
    "80F28002", "80F04080", "80F04083", "80F0800F", "80F08001", "80F0807F", "80E29000", "80E20000",
    "80E28800", "80D80081", "80D83081", "80D80101", "80CA0066", "80CA00E0", "80CA0042", "80CA9F7F",
    "80CA2F00", "80CABF21", "00CA00C1", "80CB2F00", "80500000",
)  # fmt: skip
NAMES = (PACKAGE, MODULE, INSTANCE, Hello.aid, ISD_AID, b"12345", b"", bytes(17))


def content(dice: random.Random) -> bytes:
    """Make data that such commands have, or nearly."""
    match dice.randrange(6):
        case 0:
            return b""
        case 1:
            name = dice.choice(NAMES)
            return b"\x4f" + bytes((len(name),)) + name
        case 2:
            fields = [dice.choice(NAMES) for _ in range(3)] + [b"\0", b"\xc9\0", b""]
            return b"".join(bytes((len(each),)) + each for each in fields)
        case 3:
            return write_load_file(FILE)
        case 4:
            tag = dice.choice((0x42, 0x45, 0x4F, 0x5F50, 0x66, 0x9F7F))
            return tlv(tag, dice.randbytes(dice.choice((0, 5, 16, 17))))
    return dice.randbytes(dice.randrange(40))


@pytest.mark.parametrize("scp", [(3, 0x70), (2, 0x55)])
def test_commands_through_a_session_are_answered_as_they_always_were(scp: tuple[int, int]) -> None:
    dice, said = random.Random(repr(scp)), list[str]()
    for number in range(500):
        if number % 25 == 0:
            desk = make_desk(scp)
            desk.open(dice.choice((0x01, 0x03)))
            if dice.random() < 0.7:
                desk.load()
            if dice.random() < 0.5:
                desk.install()
        header, data = dice.choice(HEADERS), content(dice)
        try:
            answer = desk.send(header, data)
        except (AssertionError, ValueError, AttributeError) as error:  # no session any more
            said.append(f"{header} {short(data)} {type(error).__name__}")
            desk = make_desk(scp)
            desk.open(1)
            continue
        said.append(f"{header} {short(data)} {answer[-4:]} {len(answer) // 2 - 2}")
    golden.check(f"nonsense-globalplatform-{scp[0]}", said)
