"""Captures of a reader's bus."""

import io
import struct

from ifd_bridge.logs.usb_capture import read
from ifd_bridge.trace.capture import Capture
from ifd_bridge.trace.events import CommandSent, Event, MessageIn, MessageOut, ResponseReceived
from readers.models import PLAIN
from vcard.doubles.recording import Kind

POWER_ON, ATR = "6200000000000101 0000", "800200000000010000 00 3B00"
XFR, ANSWER = "6F0400000000020000 00 00A40400", "800200000000020000 00 9000"
POWER_OFF, STATUS = "6300000000000300 0000", "8100000000000301 0000"


def capture(*messages, model=PLAIN):
    file = io.BytesIO()
    tap = Capture(file, lambda _: model)
    for number, text in enumerate(messages):
        raw = bytes.fromhex(text)
        made = MessageIn(0, raw) if raw[0] >= 0x80 else MessageOut(0, raw)
        tap(Event(float(number), "reader", made))
    return file.getvalue()


def test_our_own_captures_are_read():
    entries = read(capture(POWER_ON, ATR, XFR, ANSWER, POWER_OFF, STATUS))
    assert [entry.kind for entry in entries] == [Kind.UP, Kind.COMMAND, Kind.ANSWER, Kind.DOWN]
    assert [entry.data.hex() for entry in entries] == ["3b00", "00a40400", "9000", ""]


def test_a_failed_message_and_one_without_an_answer_are_left_out():
    failed = ANSWER.replace("020000 00", "0241FE 00")
    assert read(capture(POWER_ON, ATR, XFR, failed, XFR)) == []


def test_captures_of_windows_are_read():
    def packet(data, *, to_host):
        info, endpoint = (1, 0x82) if to_host else (0, 0x02)
        head = struct.pack("<HQIHBHHBBI", 27, 7, 0, 9, info, 1, 5, endpoint, 3, len(data))
        raw = head + data
        return struct.pack("<IIII", 0, 0, len(raw), len(raw)) + raw

    header = bytes.fromhex("d4c3b2a1") + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, 249)
    raw = header + packet(bytes.fromhex(XFR), to_host=False)
    raw += packet(b"", to_host=False) + packet(bytes.fromhex(ANSWER), to_host=True)
    assert [entry.data.hex() for entry in read(raw)] == ["00a40400", "9000"]


def test_blocks_are_told_as_the_apdus_that_they_carry():
    file = io.BytesIO()
    tap = Capture(file, lambda _: PLAIN)
    for what in (
        MessageOut(0, bytes.fromhex(XFR)),
        CommandSent(0, bytes.fromhex("00A40400")),
        ResponseReceived(0, bytes.fromhex("00A40400"), b"\x90\x00"),
        MessageIn(0, bytes.fromhex(ANSWER)),
    ):
        tap(Event(1.0, "reader", what))
    assert [entry.data.hex() for entry in read(file.getvalue())] == ["00a40400", "9000"]


def test_waiting_messages_are_bounded():
    messages = [f"6F00000000{n % 2:02X}{n % 256:02X}000000" for n in range(600)]
    assert read(capture(*messages)) == []
