"""Logs of other programs as recordings."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.logs.logged import KINDS, T0_ATR, T1_ATR, logged
from vcard.doubles.recording import Kind, ReplayCard

SELECT, FCI = bytes.fromhex("00A40400"), bytes.fromhex("6F009000")


def told(text, **options):
    return [(entry.kind, entry.data) for entry in logged(text.encode(), **options)]


def test_each_kind_of_log_is_recognised():
    cases = {
        "apdu4j": "A>> T=1 (4+0000) 00A40400\nA<< (0002+2) (25ms) 6F00 9000",
        "pcscd": "00000317 [194] APDU: 00 A4 04 00 \n00000031 [194] SW: 6F 00 90 00 ",
        "opensc": "P:1 Outgoing APDU (4 bytes):\n00 A4 04 00 ....\n\nIncoming APDU (4 bytes):\n"
        "6F 00 90 00 o...",
        "pyscard": "> 00 A4 04 00\n<  6F 00 90 0",
        "pysim": "-> 00a40400 \n<- 9000: 6f00",
        "yubikit": "DEBUG [smartcard:95] SEND: 00a40400\nDEBUG [smartcard:97] RECV: 6f00 SW=9000",
        "arrows": "> 00 A4 04 00\n< 6F 00 90 00 : Normal processing.",
    }
    for kind, text in cases.items():
        assert told(text)[1:] == [(Kind.COMMAND, SELECT), (Kind.ANSWER, FCI)], kind
        assert told(text, kind=kind) == told(text)


def test_hexadecimal_may_be_written_in_any_way():
    for text in ("00-A4-04-00", "{0x00, 0xA4, 0x04, 0x00}", "00:a4:04:00", "00A40400"):
        assert (Kind.COMMAND, SELECT) in told(f"=> {text}\n<= 0x6F,0x00,0x90,0x00"), text


def test_fields_of_lpac_make_the_command_and_its_answer():
    text = (
        "\x1b[32m[DEBUG] [APDU] [TX] CLA: 80, INS: E2, P1: 91, P2: 00, Lc: 03, Data: BF 2E 00"
        "\x1b[0m\n"
        "[DEBUG] [APDU] [RX] SW1: 61, SW2: 15, Data:\n"
        "[DEBUG] [APDU] [TX] CLA: 80, INS: C0, P1: 00, P2: 00, Lc: 02\n"
        "[DEBUG] [APDU] [RX] SW1: 90, SW2: 00, Data: BF2E\n"
    )
    assert [data.hex() for _, data in told(text)] == [
        T0_ATR.hex(), "80e2910003bf2e00", "6115", "80c0000002", "bf2e9000",
    ]  # fmt: skip


def test_the_atr_is_that_of_the_log_or_the_given_one_or_one_of_its_protocol():
    exchange = "A>> T=1 (4+0000) 00A40400\nA<< (0000+2) (2ms) 9000"
    connected = f'SCardConnect("Reader", T=*) -> T=1, 3B8001FF\n{exchange}'
    assert told(connected)[0] == (Kind.UP, bytes.fromhex("3B8001FF"))
    assert told(exchange)[0] == (Kind.UP, T1_ATR)
    assert told(exchange, atr=b"\x3b\x01\x55")[0] == (Kind.UP, b"\x3b\x01\x55")
    assert told(exchange.replace("9000", "6110"))[0] == (Kind.UP, T0_ATR)


def test_an_atr_that_is_told_twice_is_one_power_up():
    text = "> RESET\nATR: 3B 00\n< OK: 3B 00\n> 00 A4 04 00\n< 90 00 : Normal processing."
    assert [kind for kind, _ in told(text)] == [Kind.UP, Kind.COMMAND, Kind.ANSWER]


def test_a_command_without_an_answer_is_left_out():
    assert told("> 00 B0 00 00\n> 00 A4 04 00\n< 90 00\n> 00 B0")[1:] == [
        (Kind.COMMAND, SELECT),
        (Kind.ANSWER, b"\x90\x00"),
    ]


def test_a_recording_stays_what_it_is():
    assert told("# vcard recording 1\n0 up 3B 00\n1 > 00\n2 < mute")[2] == (Kind.ANSWER, None)


def test_the_result_can_be_replayed():
    card = ReplayCard(logged(b"> 00 A4 04 00\n< 6F 00 90 00"))
    assert card.power_up() == T1_ATR
    assert card.exchange(SELECT) == FCI


def test_what_holds_no_exchange_is_refused():
    for raw, kind, message in (
        (b"", None, "no command with its answer"),
        (b"hello\nworld", None, "no command with its answer"),
        (b"\xff\xfe\x00", None, "offset 0: neither text nor a capture"),
        (b"> 00", "morse", "no kind of log is called 'morse'"),
        (b"\x0a\x0d\x0d\x0a", "pcscd", "this is a capture, and 'pcscd' is text"),
        (b"> 00", "usb", "neither pcap nor pcapng"),
        (b"# nothing", "recording", "a recording starts with"),
    ):
        with pytest.raises(ValueError, match=message):
            logged(raw, kind)


@given(st.binary(max_size=200), st.sampled_from((None, *KINDS)))
def test_any_bytes_are_read_or_refused(raw, kind):
    try:
        entries = logged(raw, kind)
    except ValueError:
        return
    assert entries


@given(st.text(alphabet="0123456789abcdefx ->=<A:APDUSWRECV[]\n(),", max_size=300))
def test_any_text_of_such_letters_is_read_or_refused(text):
    with contextlib.suppress(ValueError):
        assert logged(text.encode())
