"""OpenSC's debug log."""

from ifd_bridge.logs.hex_dumps import read
from vcard.doubles.recording import Kind

LOG = """\
0x7f 17:20:53.811 [opensc-tool] card.c:1:match: try to match card with ATR (2 bytes):
3B 00 ;.
0x7f 17:20:53.811 [opensc-tool] reader-pcsc.c:285:pcsc_transmit:
Outgoing APDU (18 bytes):
00 A4 04 00 0C A0 00 00 00 62 03 01 0C 06 01 41 .........b.....A
42 43 BC
0x7f 17:20:53.815 [opensc-tool] reader-pcsc.c:294:pcsc_transmit:
Incoming APDU (2 bytes):
90 00 ..
"""


def test_dumps_are_read_over_their_lines():
    entries = read(LOG)
    assert [entry.kind for entry in entries] == [Kind.UP, Kind.COMMAND, Kind.ANSWER]
    assert entries[1].data.hex() == "00a404000ca00000006203010c0601414243"
    assert entries[2].data == b"\x90\x00"


def test_the_text_behind_the_bytes_is_no_byte():
    assert read("Outgoing APDU (3 bytes):\n41 42 43 AB C")[0].data == b"ABC"


def test_older_headings_are_known():
    text = (
        "Outgoing APDU data [    4 bytes] =====\n00 A4 04 00 ....\n"
        "Incoming APDU data [    2 bytes] =====\n61 18 a."
    )
    assert [entry.data.hex() for entry in read(text)] == ["00a40400", "6118"]


def test_a_dump_that_is_cut_and_an_answer_alone_are_left_out():
    assert read("Outgoing APDU (40 bytes):\n00 A4 04 00 ....\n\n") == []
    assert read("Incoming APDU (2 bytes):\n90 00 ..") == []
    assert read("Outgoing APDU (99999999 bytes):\n00") == []
