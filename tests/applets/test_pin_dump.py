import pytest

from applets.pin_dump import PinDump, counting
from vcard import Busy, Card, Memory

SELECT = "00A4040007A000000018FF01"


@pytest.fixture
def card():
    card = Card(PinDump())
    card.power_up()
    assert send(card, SELECT) == "9000"
    return card


def send(card, command):
    answer = card.exchange(bytes.fromhex(command))
    return answer.hex().upper() if isinstance(answer, bytes) else answer


def test_it_is_found_under_its_aids_and_their_beginnings():
    for aid in ["A000000018FF01", "A000000018FF", "A00000001850", "A0000000", "A000000018"]:
        card = Card(PinDump())
        card.power_up()
        assert send(card, f"00A40400{len(aid) // 2:02X}{aid}") == "9000"


def test_the_verify_script_of_the_original_gets_the_original_s_answers(card):
    script = {
        "0020000000": "63C3",
        "002000000431323131": "6A02",
        "00200000 00": "63C2",
        "00200000 04 31323334": "9000",
        "0040000009": "0020000004313233349000",
        "0020000000 ": "63C3",
    }
    assert [send(card, command) for command in script] == list(script.values())


@pytest.mark.parametrize("dump", ["0040000000", "004000000D", "00400000FF", "00400000010900"])
def test_dump_gives_back_a_modify_as_case_2_and_as_case_4(card, dump):
    modify = "00240000083132333435363738"
    assert send(card, modify) == "9000"
    assert send(card, dump) == modify + "9000"


def test_the_dump_leaves_out_le_and_survives_a_question_for_the_tries(card):
    assert send(card, "0020008002313200") == "9000"
    assert send(card, "00200080") == "63C3"
    assert send(card, "0040000000") == "002000800231329000"


def test_an_extended_command_is_kept_as_it_came(card):
    assert send(card, "00200080000002313200FF") == "9000"
    assert send(card, "0040000000") == "0020008000000231329000"


def test_dump_is_empty_before_anything_was_kept_and_after_a_reset(card):
    assert send(card, "0040000000") == "9000"
    send(card, "002000000131")
    card.power_up()
    send(card, SELECT)
    assert send(card, "0040000000") == "9000"


@pytest.mark.parametrize(("index", "data"), [(0, "FF"), (3, "313233FF"), (4, "31323334FFFFFFFF")])
def test_a_wrong_digit_is_named_and_costs_one_try(card, index, data):
    assert send(card, f"00200000{len(data) // 2:02X}{data}") == f"6A{index:02X}"
    assert send(card, "00200000") == "63C2"


def test_the_tries_end_at_none_are_not_given_back_by_a_new_card_and_never_block(card):
    for _ in range(5):
        send(card, "0020000001FF")
    assert send(card, "00200000") == "63C0"
    memory = Memory()
    memory.update(card.memory)
    again = Card(PinDump(), memory=memory)
    again.power_up()
    send(again, SELECT)
    assert send(again, "00200000") == "63C0"
    assert send(again, "002000000131") == "9000"
    assert send(again, "00200000") == "63C3"


def test_modify_names_a_wrong_digit_without_a_try_lost_and_wants_data(card):
    assert send(card, "0024000002 31FF") == "6A01"
    assert send(card, "0024000000") == "6700"
    assert send(card, "00200000") == "63C3"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("80300000", "9000"),
        ("8030000000", "9000"),
        ("803000000100", "6700"),
        ("8032000003000102", "9000"),
        ("8021000003000102", "9000"),
        ("803A000003000102", "9000"),
        ("8032000003000103", "6A02"),
        ("8032000000", "6700"),
        ("80340007" + "07", "000102030405069000"),
        ("80220007" + "07", "000102030405069000"),
        ("8034000708", "6700"),
        ("803400070100", "6700"),
        ("803C000208", "00019000"),
        ("80360002020001", "00019000"),
        ("803600020200FF", "6A01"),
        ("8036000200", "6700"),
        ("8023000101" + "0000", "009000"),
        ("803E000200", "00019000"),
        ("80380000", "9000"),
        ("80500000", "6D00"),
        ("A0300000", "6E00"),
    ],
)
def test_each_case_answers_as_the_original_does(card, command, answer):
    assert send(card, command) == answer


def test_256_bytes_are_asked_for_with_le_00(card):
    assert send(card, "8034010000") == bytes(range(256)).hex().upper() + "9000"


@pytest.mark.parametrize("length", [1, 255, 256, 257, 4096, 65535])
def test_extended_lengths_go_both_ways(card, length):
    size = length.to_bytes(2, "big")
    command = bytes.fromhex("8036") + size + b"\0" + size + counting(length) + size
    assert card.exchange(command) == counting(length) + b"\x90\x00"


def test_a_wrong_byte_far_out_is_named_by_the_low_byte_of_its_index(card):
    data = counting(300) + b"\xff"
    command = bytes.fromhex("80320000 00") + len(data).to_bytes(2, "big") + data
    assert card.exchange(command).hex() == "6a2c"


def test_waiting_keeps_the_card_busy_for_p2_seconds(card):
    busy = card.exchange(bytes.fromhex("80380010"))
    assert isinstance(busy, Busy)
    assert busy.seconds == 16
    assert busy.finish() == b"\x90\x00"
