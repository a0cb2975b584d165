from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard import (
    SW,
    Applet,
    Busy,
    Card,
    Command,
    Later,
    Memory,
    PowerLost,
    Reply,
    Response,
    handles,
)
from vcard.memory import Changes, RamStore
from vcard.touch import Touch

SELECT = "00A40400"


class Echo(Applet):
    """Answers every way a handler can."""

    aid = bytes.fromhex("A000000001")

    def selected(self, command: Command, aid: bytes) -> Reply:
        return b"FCI" if aid == self.aid else None

    @handles(ins=0x10)
    def back(self, command: Command) -> Reply:
        return command.data

    @handles(ins=0x12)
    def long(self, command: Command) -> Reply:
        return bytes(command.p1p2)

    @handles(ins=0x14)
    def warn(self, command: Command) -> Reply:
        return Response(b"part", SW.END_OF_FILE)

    @handles(ins=0x16)
    def refuse(self, command: Command) -> Reply:
        self.memory["kept"] = 1
        raise SW.CONDITIONS_NOT_SATISFIED

    @handles(ins=0x18)
    def fail(self, command: Command) -> Reply:
        self.memory["kept"] = 1
        raise RuntimeError("a bug")

    @handles(ins=0x1A)
    def keep(self, command: Command) -> Reply:
        self.memory["kept"] = command.data
        return None

    @handles(ins=0x1C)
    def wait(self, command: Command) -> Reply:
        again = Later(1, lambda: b"done")
        return Later(2.5, lambda: again if command.p1 else b"done")

    @handles(ins=0x1E)
    def wrong(self, command: Command) -> Reply:
        self.memory["kept"] = 1
        return "text"  # type: ignore[return-value]


class Other(Applet):
    aid = bytes.fromhex("A000000002")

    @handles(ins=0x10)
    def who(self, command: Command) -> Reply:
        return b"other"


class Hidden(Applet):
    aid = bytes.fromhex("A000000003")

    def visible(self, port: int) -> bool:
        return port == 1


class Several(Applet):
    aids = (bytes.fromhex("A00000000401"), bytes.fromhex("A00000000402"))


def powered(*applets: Applet, **options: object) -> Card:
    card = Card(*applets, **options)  # type: ignore[arg-type]
    assert card.power_up() == card.atr
    return card


def send(card: Card, text: str, port: int | None = None) -> str:
    response = card.exchange(bytes.fromhex(text), port)
    assert isinstance(response, bytes)
    return response.hex().upper()


def select(card: Card, aid: bytes, p2: int = 0, cla: int = 0) -> str:
    return send(card, f"{cla:02X}A404{p2:02X}{len(aid):02X}" + aid.hex())


@pytest.fixture
def card() -> Card:
    card = powered(Echo(), Other())
    select(card, Echo.aid)
    return card


# Power


def test_a_card_without_power_is_mute() -> None:
    card = Card(Echo())
    assert card.exchange(bytes(4)) is None
    card.power_up()
    assert card.exchange(bytes(4)) is not None
    card.power_down()
    assert card.exchange(bytes(4)) is None


def test_reset_deselects(card: Card) -> None:
    card.power_up()
    assert send(card, "00100000") == "6D00"
    assert send(card, "A0100000") == "6E00"


def test_the_default_applet_is_selected_from_the_start() -> None:
    echo = Echo()
    card = powered(Other(), default=echo)
    assert send(card, "0010000002ABCD") == "ABCD9000"
    assert card.applets[-1] is echo
    assert powered(echo, default=echo).applets == [echo]


def test_a_hidden_default_is_not_selected() -> None:
    assert send(powered(default=Hidden()), "00100000") == "6D00"


# Applets on a card


@pytest.mark.parametrize("aid", [b"1234", bytes(17)])
def test_an_aid_has_5_to_16_bytes(aid: bytes) -> None:
    applet = Echo()
    applet.aid = aid
    with pytest.raises(ValueError, match=r"5\.\.16"):
        Card(applet)


def test_two_applets_cannot_share_an_aid() -> None:
    with pytest.raises(ValueError, match="on the card already"):
        Card(Echo(), Echo())


def test_two_applets_of_one_class_have_memories_of_their_own() -> None:
    class Named(Echo):
        def __init__(self, aid: bytes) -> None:
            self.aid = aid

    first, second = Named(b"first"), Named(b"second")
    Card(first, second)
    first.memory["x"] = 1
    assert "x" not in second.memory


def test_an_applet_that_cannot_be_installed_leaves_no_trace() -> None:
    class Broken(Echo):
        def installed(self) -> None:
            self.memory["x"] = 1
            raise RuntimeError

    card = Card()
    with pytest.raises(RuntimeError):
        card.install(Broken())
    assert not card.applets
    assert not card.memory


# SELECT


def test_select_finds_full_and_partial_names() -> None:
    card = powered(Echo(), Other())
    assert select(card, Echo.aid) == b"FCI".hex().upper() + "9000"
    assert select(card, Other.aid[:4]) == "4643499000"
    assert select(card, b"\xa1") == "6A82"
    assert send(card, "001000000155") == "559000"


def test_select_without_wish_for_an_answer_gives_none() -> None:
    assert select(powered(Echo()), Echo.aid, p2=0x0C) == "9000"


def test_occurrences_are_counted_from_the_selected_one() -> None:
    cases = [
        ([0, 2, 2], ["first", "second", "none"]),
        ([2, 2, 3, 3], ["first", "second", "first", "none"]),
        ([3, 3, 3], ["second", "first", "none"]),
        ([1, 2, 0], ["second", "none", "first"]),
    ]
    for occurrences, answers in cases:
        several = Several()
        card = powered(Echo(), several)
        words = []
        for p2 in occurrences:
            found = select(card, bytes.fromhex("A000000004"), p2)
            channel = card.ports[0].channels[0]
            index = several.aids.index(channel.aid) if channel.aid else -1
            words.append("none" if found == "6A82" else ["first", "second"][index])
        assert words == answers


# Replies


def test_every_kind_of_reply_is_put_on_the_wire(card: Card) -> None:
    assert send(card, "0010000003AABBCC") == "AABBCC9000"
    assert send(card, "00100000") == "9000"
    assert send(card, "0014000000") == b"part".hex().upper() + "6282"
    assert send(card, "001A00000101") == "9000"
    assert send(card, "00990000") == "6D00"


def test_what_is_beyond_ne_waits_for_get_response(card: Card) -> None:
    assert send(card, "0012000A04") == "00000000" + "6106"
    assert send(card, "00C0000004") == "00000000" + "6102"
    assert send(card, "00C0000000") == "0000" + "9000"
    assert send(card, "00C0000000") == "6D00"


def test_another_command_drops_what_waits(card: Card) -> None:
    send(card, "0012000A04")
    send(card, "00100000")
    assert send(card, "00C0000000") == "6D00"


def test_the_status_word_of_a_long_answer_comes_at_its_end(card: Card) -> None:
    assert send(card, "0014000002") == b"pa".hex().upper() + "6102"
    assert send(card, "00C0000000") == b"rt".hex().upper() + "6282"


def test_an_extended_le_takes_everything(card: Card) -> None:
    assert send(card, "0012FFFF000000") == "00" * 65535 + "9000"


def test_a_raised_word_undoes_what_was_written(card: Card) -> None:
    assert send(card, "00160000") == "6985"
    assert not card.memory
    assert SW.CONDITIONS_NOT_SATISFIED.__traceback__ is None


@pytest.mark.parametrize("ins", ["18", "1E"])
def test_a_bug_in_an_applet_answers_6f00_and_goes_to_the_log(
    card: Card, caplog: pytest.LogCaptureFixture, ins: str
) -> None:
    with caplog.at_level(logging.ERROR, "vcard.card"):
        assert send(card, f"00{ins}0000") == "6F00"
    assert f"00 {ins.lower()} 00 00: unexpected" in caplog.text
    assert caplog.records[0].exc_info
    assert not card.memory
    assert send(card, "00100000") == "9000"


def test_an_answer_of_any_length_is_fetched_in_parts() -> None:
    class Long(Applet):
        aid = b"a long answer"

        @handles(ins=0x10)
        def long(self, command: Command) -> Reply:
            return bytes(70000)

    card = powered(default=Long())
    answer, fetched = send(card, "0010000000"), ""
    while answer[-4:-2] == "61":
        fetched += answer[:-4]
        answer = send(card, "00C00000" + answer[-2:])
    assert len(fetched + answer[:-4]) == 2 * 70000
    assert answer[-4:] == "9000"


def test_an_applet_that_leaves_the_process_changes_nothing(card: Card) -> None:
    def leave(command: Command) -> Reply:
        card.memory["x"] = 1
        raise SystemExit

    card.applets[0].back = leave  # type: ignore[attr-defined]
    with pytest.raises(SystemExit):
        card.exchange(bytes.fromhex("00100000"))
    assert not card.memory
    assert send(card, "00160000") == "6985"


@pytest.mark.parametrize("text", ["", "00A4", "001000000201", "0010000000000001"])
def test_a_wrong_length_is_answered_6700(card: Card, text: str) -> None:
    assert send(card, text) == "6700"


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_any_bytes_get_an_answer(commands: list[bytes]) -> None:
    card = powered(Echo(), Other(), Several())
    select(card, Other.aid)
    for command in commands:
        response = card.exchange(command)
        assert isinstance(response, bytes)
        assert len(response) >= 2


# Chaining


def test_a_chain_reaches_the_applet_as_one_command(card: Card) -> None:
    assert send(card, "1010000002AABB") == "9000"
    assert send(card, "0010000001CC") == "AABBCC9000"
    send(card, "1010000002AABB")
    assert send(card, "0012000000") == "6883"


# Time


def test_later_makes_the_card_busy(card: Card) -> None:
    busy = card.exchange(bytes.fromhex("001C0000"))
    assert isinstance(busy, Busy)
    assert busy.seconds == 2.5
    assert busy.finish() == b"done\x90\x00"


def test_later_may_end_in_another_later(card: Card) -> None:
    busy = card.exchange(bytes.fromhex("001C0100"))
    assert isinstance(busy, Busy)
    longer = busy.finish()
    assert isinstance(longer, Busy)
    assert longer.finish() == b"done\x90\x00"


def test_a_card_that_lost_its_power_does_not_finish(card: Card) -> None:
    busy = card.exchange(bytes.fromhex("001C0000"))
    assert isinstance(busy, Busy)
    card.power_down()
    assert busy.finish() is None
    card.power_up()
    assert busy.finish() is None


def test_the_button_of_a_card_is_that_of_its_applets(card: Card) -> None:
    assert card.touch is None
    card.applets[-1].touch = button = Touch()
    assert card.touch is button


# Memory


class Torn(RamStore):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def commit(self, changes: Changes) -> None:
        if self.error:
            raise self.error
        super().commit(changes)


def test_a_power_cut_while_writing_kills_the_card_until_the_next_reset() -> None:
    store = Torn(PowerLost())
    card = powered(default=Echo(), memory=Memory(store))
    assert card.exchange(bytes.fromhex("001A000001AA")) is None
    assert card.exchange(bytes.fromhex("00100000")) is None
    store.error = None
    card.power_up()
    assert not card.memory
    assert send(card, "001A000001AA") == "9000"


def test_a_power_cut_inside_a_handler_does_the_same() -> None:
    class Through(Echo):
        @handles(ins=0x1A)
        def keep(self, command: Command) -> Reply:
            self.memory.write_through("tries", 1)
            return None

    card = powered(default=Through(), memory=Memory(Torn(PowerLost())))
    assert card.exchange(bytes.fromhex("001A0000")) is None
    assert not card.powered


def test_a_memory_that_cannot_be_written_is_a_memory_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    card = powered(default=Echo(), memory=Memory(Torn(OSError("disk full"))))
    assert send(card, "001A000001AA") == "6581"
    assert "disk full" in caplog.text
    assert not card.memory


def test_a_counter_that_cannot_be_written_is_a_memory_failure_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The counter is written at once, inside the handler; on failure the PIN is not compared."""

    class Through(Echo):
        @handles(ins=0x1A)
        def keep(self, command: Command) -> Reply:
            self.memory.write_through("tries", 1)
            return None

        @handles(ins=0x1B)
        def own(self, command: Command) -> Reply:
            raise OSError("the applet's own")

    card = powered(default=Through(), memory=Memory(Torn(OSError("disk full"))))
    assert send(card, "001A0000") == "6581"
    assert "disk full" in caplog.text
    assert not card.memory
    assert send(card, "001B0000") == "6F00"


# Logical channels and ports


def test_channels_are_independent(card: Card) -> None:
    assert send(card, "0070000001") == "019000"
    assert send(card, "01100000") == "6D00"
    assert select(card, Other.aid, cla=1) == "9000"
    assert send(card, "0110000000") == b"other".hex().upper() + "9000"
    assert send(card, "00100000") == "9000"
    assert send(card, "00708001") == "9000"
    assert send(card, "01100000") == "6881"


def test_all_nineteen_further_channels_can_be_opened(card: Card) -> None:
    for number in range(1, 20):
        assert send(card, "0070000001") == f"{number:02X}9000"
    assert send(card, "0070000001") == "6A81"
    assert send(card, "4F708000") == "9000"
    assert send(card, "4F100000") == "6881"


def test_a_channel_opened_from_another_starts_as_that_one(card: Card) -> None:
    send(card, "00700001")
    select(card, Other.aid, cla=1)
    assert send(card, "01700005") == "9000"
    assert send(card, "4110000000") == b"other".hex().upper() + "9000"


def test_a_channel_opened_from_another_stands_where_that_one_stands() -> None:
    class Walker(Applet):
        aid = bytes.fromhex("A000000007")

        def new_session(self) -> list[int]:
            return [0]

        def inherited_session(self, opener: list[int]) -> list[int]:
            return list(opener)

        @handles(ins=0x10)
        def step(self, command: Command) -> Reply:
            self.session[0] += 1
            return bytes(self.session)

    card = powered(default=Walker())
    send(card, "00100000")
    assert send(card, "0070000001") == "019000"
    assert send(card, "01100000") == "019000"
    assert send(card, "0170000001") == "029000"
    assert send(card, "02100000") == "029000"
    assert send(card, "01100000") == "029000"


def test_a_channel_opened_from_one_with_nothing_selected_has_nothing() -> None:
    card = powered(Echo())
    send(card, "0070000001")
    assert send(card, "0170000001") == "029000"
    assert send(card, "02100000") == "6D00"


@pytest.mark.parametrize(
    ("command", "sw"),
    [
        ("00700100", "6A86"),
        ("00700014", "6A86"),
        ("00708000", "6A86"),
        ("00708005", "6881"),
        ("20100000", "6E00"),
        ("FF100000", "6E00"),
        ("05100000", "6881"),
    ],
)
def test_what_a_channel_cannot_do_is_refused(card: Card, command: str, sw: str) -> None:
    assert send(card, command) == sw


def test_opening_an_open_channel_is_refused(card: Card) -> None:
    send(card, "00700003")
    assert send(card, "00700003") == "6881"


def test_ports_have_channels_and_applets_of_their_own() -> None:
    card = powered(Echo(), Hidden(), ports=2)
    select(card, Echo.aid)
    assert send(card, "001000000155", port=1) == "6D00"
    hidden = SELECT + "05" + Hidden.aid.hex()
    assert send(card, hidden) == "6A82"
    assert send(card, hidden, port=1) == "9000"
    card.current_port = 1
    assert send(card, hidden) == "9000"
    assert card.exchange(bytes(4), 2) is None


class Leaky(Applet):
    aid = bytes.fromhex("A000000099")
    secret_instructions = frozenset({0xFE})

    @handles(ins=0x20)
    @handles(ins=0xFE)
    @handles(ins=0xDB)
    def fail(self, command: Command) -> Reply:
        raise RuntimeError("a bug")


@pytest.mark.parametrize(("ins", "shown"), [("20", False), ("FE", False), ("DB", True)])
def test_a_log_shows_no_pin_and_no_key(
    caplog: pytest.LogCaptureFixture, ins: str, shown: bool
) -> None:
    card = Card(Leaky())
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000099"))
    card.exchange(bytes.fromhex(f"00{ins}008004 31323334"))
    assert ("31 32 33 34" in caplog.text) is shown
    assert (f"00 {ins.lower()} 00 80 (4 bytes)" in caplog.text) is not shown


SECURED = (0x04, 0x08, 0x0C, 0x84, 0x8C, 0x60, 0x6F, 0xE0)


@pytest.mark.parametrize("cla", SECURED)
@pytest.mark.parametrize("ins", ["10", "A4", "70", "C0"])
def test_secure_messaging_is_refused_where_nobody_has_it(cla: int, ins: str) -> None:
    card = powered(Echo())
    if cla & 0x40:
        send(card, f"007000{4 + (cla & 0x0F):02X}00")
    assert send(card, f"{cla:02X}{ins}000001FF00") == "6882"


def test_a_secured_command_loses_nothing(card: Card) -> None:
    assert send(card, "1010000001AA") == "9000"
    assert send(card, "0C10000001FF") == "6882"
    assert send(card, "0010000001BB00") == "AABB9000"
    assert send(card, "001200100F")[-4:] == "6101"
    assert send(card, "0C10000001FF") == "6882"
    assert send(card, "00C0000001") == "009000"


def test_an_applet_with_secure_messaging_gets_every_command() -> None:
    class Secured(Applet):
        aid = bytes.fromhex("A000000005")
        secure_messaging = True

        def process(self, command: Command) -> Reply:
            return bytes(command) if command.class_byte.secure else SW.INS_NOT_SUPPORTED

    card = powered(Secured())
    assert send(card, "0CA4040001FF00") == "6882"
    select(card, Secured.aid)
    for text in ("0CA4040001FF00", "0CC0000001FF00"):
        assert send(card, text) == text + "9000"
    assert send(card, "1C10000002AABB") == "9000"
    assert send(card, "0C10000001CC00") == "0C10000003AABBCC009000"
    assert send(card, "00100000") == "6D00"


class Protected(Applet):
    """Takes commands under secure messaging and says how they came."""

    aid = bytes.fromhex("A000000006")
    secure_messaging = True

    @handles(ins=0x10)
    def back(self, command: Command) -> Reply:
        return bytes((command.extended,)) + command.data

    @handles(ins=0x12)
    def long(self, command: Command) -> Reply:
        return bytes(command.p1p2)


@pytest.mark.parametrize("cla", ["00", "80", "04", "84", "0C", "8C"])
def test_get_response_is_served_in_any_class(cla: str) -> None:
    card = powered(Protected())
    select(card, Protected.aid)
    assert send(card, "8412000A04") == "00000000" + "6106"
    assert send(card, f"{cla}C0000006") == "000000000000" + "9000"
    assert send(card, f"{cla}C0000006") == "6D00"


def test_a_protected_command_with_the_instruction_of_get_response_is_no_get_response() -> None:
    card = powered(Protected())
    select(card, Protected.aid)
    send(card, "8412000A04")
    assert send(card, "84C0000001FF") == "6D00"


def test_a_protected_chain_reaches_the_applet_as_one_command() -> None:
    card = powered(Protected())
    select(card, Protected.aid)
    assert send(card, "9410000002AABB") == "9000"
    assert send(card, "8410000001CC00") == "00AABBCC9000"
    assert send(card, "94100000FF" + "11" * 255) == "9000"
    assert send(card, "8410000001CC00")[:6] == "011111"


@pytest.mark.parametrize(("first", "second"), [("94", "80"), ("90", "84"), ("14", "84")])
def test_a_chain_stays_in_its_class(first: str, second: str) -> None:
    card = powered(Protected())
    select(card, Protected.aid)
    send(card, f"{first}10000002AABB")
    assert send(card, f"{second}10000001CC00") == "6883"
    assert send(card, f"{second}10000001CC00") == "00CC9000"


# The card manager


class Manager(Applet):
    aid = bytes.fromhex("A0000001510000")
    manages_card = True
    locked: Applet | None = None

    def selected(self, command: Command, aid: bytes) -> Reply:
        return b"manager"

    def allows(self, applet: Applet) -> bool:
        return applet is not self.locked


def test_select_without_a_name_chooses_the_card_manager() -> None:
    card = powered(Echo(), Manager())
    assert send(card, "00A4040000") == b"manager".hex().upper() + "9000"
    assert send(card, "00A40400") == b"manager".hex().upper() + "9000"


def test_select_without_a_name_chooses_the_first_applet_where_no_manager_is() -> None:
    assert send(powered(Echo(), Other()), "00A4040000") == b"FCI".hex().upper() + "9000"


def test_a_locked_applet_cannot_be_selected() -> None:
    echo, manager = Echo(), Manager()
    card = powered(manager, default=echo)
    assert send(card, "001000000155") == "559000"
    manager.locked = echo
    card.power_up()
    assert send(card, "001000000155") == "6D00"
    assert select(card, echo.aid) == "6A82"
    manager.locked = None
    assert select(card, echo.aid).endswith("9000")


def test_an_applet_that_is_taken_off_leaves_no_trace() -> None:
    echo = Echo()
    card = powered(Other(), default=echo)
    echo.memory["kept"] = 1
    send(card, "00700001")
    card.uninstall(echo)
    assert not card.memory
    assert card.default is None
    assert send(card, "001000000155") == "6D00"
    assert select(card, echo.aid) == "6A82"
    with pytest.raises(ValueError, match="not in list"):
        card.uninstall(echo)


def test_taking_an_applet_off_disturbs_no_other() -> None:
    other = Other()
    card = powered(other, default=Echo())
    card.uninstall(other)
    assert send(card, "001000000155") == "559000"


# The memory's sections


class Before(Applet):
    aid = bytes.fromhex("F076636172640701")

    def installed(self):
        self.memory["count"] = self.memory.integer("count", 0) + 1


def renamed(name: str, parent: type[Applet] = Before, **attributes: object) -> type[Applet]:
    return type(name, (parent,), attributes)


def test_a_section_is_named_after_the_class_unless_it_declares_one():
    memory = Memory()
    for applet in (Before, renamed("After", section="Before"), renamed("Other")):
        Card(applet(), memory=memory)
    assert dict(memory) == {"Before/count": 2, "Other/count": 1}


def test_a_subclass_does_not_inherit_a_section():
    declared = renamed("After", section="Before")
    assert (declared.section, renamed("Below", declared).section) == ("Before", "Below")


def test_two_applets_of_one_section_have_distinct_sections():
    other = renamed("After", section="Before", aid=bytes.fromhex("F0766361726407FF"))
    card = Card(Before(), other())
    assert dict(card.memory) == {"Before/count": 1, "Before-f0766361726407ff/count": 1}


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_section_has_a_name_without_a_slash(name):
    with pytest.raises(ValueError, match="After: a memory section cannot be named"):
        renamed("After", section=name)


class Basic(Card):
    """A card with the basic channel alone, on which a wrong SELECT leaves nothing selected."""

    has_channels = False
    keeps_selection = False


def test_a_card_can_be_without_further_channels() -> None:
    card = Basic(Echo())
    card.power_up()
    assert card.exchange(bytes.fromhex("00A4040005A000000001")) == b"FCI\x90\x00"
    assert card.exchange(bytes.fromhex("0070000001")) == b"\x6d\x00"
    assert card.exchange(bytes.fromhex("0110000001AA")) == b"\x68\x81"


def test_a_select_that_finds_nothing_can_leave_nothing_selected() -> None:
    for card, answer in ((Card(Echo()), b"\xaa\x90\x00"), (Basic(Echo()), b"\x6d\x00")):
        card.power_up()
        card.exchange(bytes.fromhex("00A4040005A000000001"))
        assert card.exchange(bytes.fromhex("00A4040005F0F0F0F0F0")) == b"\x6a\x82"
        assert card.exchange(bytes.fromhex("0010000001AA")) == answer


def test_the_first_port_is_the_current_one_before_anybody_has_chosen() -> None:
    assert Card(ports=2).current_port == 0
