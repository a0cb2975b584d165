from applets.random_number import RandomNumber
from vcard import Card


def powered(applet):
    card = Card(applet, default=applet)
    card.power_up()
    return card


def test_le_random_bytes_come_from_the_source():
    card = powered(RandomNumber(bytes))
    assert card.exchange(bytes.fromhex("8084000020")) == bytes(32) + b"\x90\x00"
    assert card.exchange(bytes.fromhex("0084000000")) == bytes(256) + b"\x90\x00"
    assert card.exchange(bytes.fromhex("00840000000000")) == bytes(65536) + b"\x90\x00"


def test_the_default_source_never_repeats_itself():
    card = powered(RandomNumber())
    answers = {card.exchange(bytes.fromhex("8084000010")) for _ in range(20)}
    assert len(answers) == 20
    assert {len(answer) for answer in answers} == {18}


def test_other_forms_are_refused():
    cases = [
        ("80840000", "6700"),
        ("808400000100", "6700"),
        ("80840100 08", "6a86"),
        ("8085000008", "6d00"),
    ]
    for command, answer in cases:
        assert powered(RandomNumber()).exchange(bytes.fromhex(command)).hex() == answer
