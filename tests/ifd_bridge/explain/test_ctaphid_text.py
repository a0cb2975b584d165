"""Reports of a FIDO HID interface in words."""

from ifd_bridge.explain.ctaphid_text import report

CASES = [
    ("FFFFFFFF 86 0008 0001020304050607", False, "CTAPHID INIT", "channel FFFFFFFF, 8 bytes", None),
    ("00000001 90 0001 04", False, "CTAPHID CBOR", "channel 00000001, 1 bytes, GET_INFO", None),
    ("00000001 90 0001 99", False, "CTAPHID CBOR", "channel 00000001, 1 bytes, 99", None),
    ("00000001 90 0002 00A0", True, "CTAPHID CBOR", "channel 00000001, 2 bytes, SUCCESS", True),
    ("00000001 90 0001 31", True, "CTAPHID CBOR",
     "channel 00000001, 1 bytes, PIN_INVALID: the PIN is wrong", False),
    ("00000001 90 0000", False, "CTAPHID CBOR", "channel 00000001, 0 bytes", None),
    ("00000001 BB 0001 02", True, "CTAPHID KEEPALIVE",
     "channel 00000001, 1 bytes, a touch is wanted", None),
    ("00000001 BB 0001 77", True, "CTAPHID KEEPALIVE", "channel 00000001, 1 bytes", None),
    ("00000001 BF 0001 06", True, "CTAPHID ERROR", "channel 00000001, 1 bytes, CHANNEL_BUSY",
     False),
    ("00000001 C3 0010", False, "CTAPHID vendor 43", "channel 00000001, 16 bytes", None),
    ("00000001 A0 0000", False, "CTAPHID command 20", "channel 00000001, 0 bytes", None),
    ("00000001 05 0001", False, "CTAPHID", "channel 00000001, continuation 5", None),
    ("", False, "CTAPHID", "channel 00000000, continuation 0", None),
]  # fmt: skip


def test_a_report_is_told_by_its_command_and_what_it_says_first():
    for raw, to_host, *words in CASES:
        assert [*report(bytes.fromhex(raw), to_host=to_host)] == words, raw
