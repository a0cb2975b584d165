"""The host's end of T=0."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vcard.transmission.steps import Dead, Done, Send
from vcard.transmission.t0_host import CONFLICT, COUNT, ENDLESS, MUTE, UNFIT, T0Host


def session(tpdu: str, *heard: str) -> list:
    """The steps of an exchange in which the card says these things."""
    engine = T0Host()
    steps = [engine.start(bytes.fromhex(tpdu))]
    steps += [engine.receive(bytes.fromhex(raw)) for raw in heard]
    return steps


def test_case_1_has_a_header_with_p3_0_and_gets_a_status_word():
    assert session("00100000", "90", "00") == [
        Send(bytes.fromhex("0010000000"), want=1),
        Send(b"", want=1),
        Done(b"\x90\x00"),
    ]


def test_case_2_waits_for_all_data_and_the_status_word_after_ack():
    assert session("00B0000002", "B0", "41429000") == [
        Send(bytes.fromhex("00B0000002"), want=1),
        Send(b"", want=4),
        Done(b"AB\x90\x00"),
    ]


def test_le_00_waits_for_256_bytes():
    assert session("00B0000000", "B0")[-1] == Send(b"", want=258)


def test_case_3_sends_the_data_after_ack():
    assert session("00D600000241 42".replace(" ", ""), "D6", "90", "00") == [
        Send(bytes.fromhex("00D6000002"), want=1),
        Send(b"AB", want=1),
        Send(b"", want=1),
        Done(b"\x90\x00"),
    ]


def test_a_status_word_in_place_of_ack_ends_the_exchange():
    assert session("00B0000002", "6C", "0C")[-1] == Done(b"\x6c\x0c")


def test_null_asks_for_patience():
    assert session("00B0000002", "60", "60", "B0", "41429000")[1:] == [
        Send(b"", want=1),
        Send(b"", want=1),
        Send(b"", want=4),
        Done(b"AB\x90\x00"),
    ]


def test_complemented_ack_moves_one_byte():
    assert session("00D6000002" + "4142", "29", "29", "90", "00")[1:] == [
        Send(b"A", want=1),
        Send(b"B", want=1),
        Send(b"", want=1),
        Done(b"\x90\x00"),
    ]
    assert session("00B0000002", "4F", "41", "4F", "42", "90", "00")[1:] == [
        Send(b"", want=1),
        Send(b"", want=1),
        Send(b"", want=1),
        Send(b"", want=1),
        Send(b"", want=1),
        Done(b"AB\x90\x00"),
    ]


def test_one_byte_then_the_rest():
    assert session("00B0000003", "4F", "41", "B0", "42439000")[-2:] == [
        Send(b"", want=4),
        Done(b"ABC\x90\x00"),
    ]


def test_acks_for_programming_voltage_are_understood():
    assert session("00B0000001", "B1", "419000")[-1] == Done(b"A\x90\x00")
    assert session("00D6000001" + "41", "28")[-1] == Send(b"A", want=1)


def test_what_is_no_tpdu_is_not_sent():
    for tpdu in ["001000", "0010000002" + "41", "00100000014142", "0060000000", "0090000000"]:
        assert session(tpdu) == [Dead(UNFIT)]


def test_a_card_that_breaks_the_protocol_ends_the_exchange():
    for heard, reason in [
        (("11",), CONFLICT),
        (("B0", "4142"), COUNT),
        (("",), MUTE),
        (("B0", ""), MUTE),
    ]:
        assert session("00B0000002", *heard)[-1] == Dead(reason)


def test_nulls_do_not_go_on_for_ever(monkeypatch):
    monkeypatch.setattr("vcard.transmission.t0_host.PATIENCE", 3)
    assert session("00B0000002", *["60"] * 4)[-1] == Dead(ENDLESS)


@given(st.binary(min_size=4, max_size=12), st.lists(st.binary(max_size=4), max_size=12))
def test_any_card_ends_the_exchange_or_gets_something_to_do(tpdu, heard):
    engine = T0Host()
    step = engine.start(tpdu)
    for raw in heard:
        if not isinstance(step, Send):
            break
        assert step.want
        step = engine.receive(raw)
