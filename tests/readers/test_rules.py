from readers.message import BULK, MessageType
from readers.rules import RULES, UNKNOWN


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
