"""A reader on a serial line."""

import os
import select
import termios
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from applets.hello import Hello
from ifd_bridge.faces.serial import SerialFace, Unframer, frame
from readers import CcidReader, models
from vcard import Card
from vcard.exclusive_or import exclusive_or

STATUS = bytes.fromhex("65000000000001000000")


def test_a_frame_is_sync_ack_message_and_checksum():
    assert frame(bytes.fromhex("6b010000000000000000" + "02")).hex() == (
        "0306" + "6b010000000000000000" + "02" + "6d"
    )


@given(st.lists(st.binary(max_size=20)), st.integers(1, 9))
def test_frames_come_out_as_they_went_in_however_they_are_cut(bodies, step):
    sent = [b"\x6f" + len(b).to_bytes(4, "little") + bytes(5) + b for b in bodies]
    stream = b"".join(map(frame, sent))
    unframer, got = Unframer(), []
    for start in range(0, len(stream), step):
        got += unframer.feed(stream[start : start + step])
    assert got == sent


def test_bytes_between_frames_are_skipped_and_a_wrong_checksum_is_told():
    wrong = frame(STATUS)[:-1] + b"\xff"
    assert Unframer().feed(b"\x00\x81" + wrong + frame(STATUS)) == [None, STATUS]


class Line:
    """The driver's end of the line."""

    def __init__(self, face):
        self.fd = os.open(face.terminal, os.O_RDWR | os.O_NOCTTY)

    def ask(self, raw):
        os.write(self.fd, raw)

    def read(self, size):
        got = b""
        while len(got) < size:
            assert select.select([self.fd], [], [], 10)[0], f"only {got.hex()}"
            got += os.read(self.fd, size - len(got))
        return got

    def close(self):
        termios.tcflush(self.fd, termios.TCIOFLUSH)
        os.close(self.fd)


def line(device, model=models.PLAIN):
    reader = CcidReader(model)
    face = SerialFace(reader, device)
    face.open()
    return reader, face, Line(face)


def test_a_twin_sends_the_frame_back_before_it_answers():
    _, face, host = line("GemPCTwin")
    with closing(face), closing(host):
        host.ask(frame(STATUS))
        assert host.read(13) == frame(STATUS)
        answer = host.read(13)
        assert answer[2] == 0x81
        assert exclusive_or(answer) == 0
        assert face.opened.is_set()


def test_a_long_frame_is_sent_back_as_its_header():
    _, face, host = line("GemPCPinPad")
    text = b"\x6b" + (165).to_bytes(4, "little") + bytes(5) + b"\xb2\xa0\x00ML" + bytes(160)
    with closing(face), closing(host):
        host.ask(frame(text))
        assert host.read(13)[2:7] == b"\x6b\0\0\0\0"
        assert host.read(13)[2] == 0x83


def test_other_readers_answer_at_once_and_tell_movements():
    reader, face, host = line("GemCoreSIMPro2")
    with closing(face), closing(host):
        reader.insert(Card(Hello()))
        assert host.read(2) == b"\x50\x03"
        host.ask(frame(STATUS))
        assert host.read(13)[2] == 0x81


def test_a_wrong_checksum_is_answered_with_a_nak():
    _, face, host = line("GemCorePOSPro")
    with closing(face), closing(host):
        host.ask(frame(STATUS)[:-1] + b"\0")
        assert host.read(3) == b"\x03\x15\x16"


def test_the_line_itself_answers_the_requests_of_the_start():
    _, face, host = line("GemCorePOSPro")
    ask = bytes.fromhex("6b010000000007000000" + "02")
    with closing(face), closing(host):
        host.ask(frame(ask))
        answer = host.read(3 + 10 + 19)
        assert (answer[2], answer[8], answer[12:-1]) == (0x83, 7, b"GemTwR1-V1.21-vcard")
