from dataclasses import replace

from readers.ccid.codes import CommandStatus, MessageType
from readers.ccid.message import BULK, PC_to_RDR_XfrBlock
from readers.commands.table import RULES, UNKNOWN
from readers.models import PLAIN
from tests.kits.reader_host import FakeCard, pinpad_host


def test_every_message_to_the_reader_has_a_rule():
    to_reader = {kind for kind in BULK if MessageType(kind).name.startswith("PC_to_RDR")}
    assert set(RULES) == to_reader


def test_every_rule_answers_with_a_message_to_the_host():
    for rule in (*RULES.values(), UNKNOWN):
        assert rule.answer.name.startswith("RDR_to_PC")
        assert rule.min_length <= rule.max_length


def test_only_three_messages_may_be_extended():
    extended = {MessageType(kind).name for kind, rule in RULES.items() if rule.extends}
    assert extended == {"PC_to_RDR_XfrBlock", "PC_to_RDR_Secure", "PC_to_RDR_Escape"}


def test_a_slow_reader_takes_its_time_and_says_so():
    card = FakeCard()
    host = pinpad_host(replace(PLAIN, delay_s=1.5), card)
    host.send(PC_to_RDR_XfrBlock(abData=b"\0\0\0\0"))
    host.tick(1.0)
    assert host.answer().command_status == CommandStatus.TIME_EXTENSION
    assert card.commands == []
    host.tick(1.5)
    assert host.answer().abData == b"\0\0\0\0\x90\0"


TOUCHING = {
    "PC_to_RDR_IccPowerOn",
    "PC_to_RDR_IccPowerOff",
    "PC_to_RDR_XfrBlock",
    "PC_to_RDR_Secure",
}


def test_the_card_is_occupied_by_what_reaches_it_and_by_nothing_else():
    """Spec: USB CCID 1.1, table 5.1-1 (bMaxCCIDBusySlots)."""
    assert {MessageType(kind).name for kind, rule in RULES.items() if rule.touches} == TOUCHING
    assert not UNKNOWN.touches


def test_a_busy_slot_takes_an_abort_and_nothing_else():
    beside = {MessageType(kind).name for kind, rule in RULES.items() if rule.beside}
    assert beside == {"PC_to_RDR_Abort"}
