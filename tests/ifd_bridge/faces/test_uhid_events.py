from ifd_bridge.faces import uhid_events as events
from ifd_bridge.faces.uhid_events import Event
from readers import models
from readers.usb.hid import REPORT_DESCRIPTOR


def test_a_device_is_made_with_its_names_and_its_report_descriptor():
    raw = events.created(models.MODELS["yubikey"], 3)
    assert len(raw) == 4376
    assert raw[:4] == b"\x0b\0\0\0"
    assert raw[4:132].rstrip(b"\0") == b"Yubico YubiKey OTP+FIDO+CCID"
    assert raw[132:196].rstrip(b"\0") == b"vcard/3"
    head = len(REPORT_DESCRIPTOR).to_bytes(2, "little") + b"\3\0"
    assert raw[260:264] == head
    assert raw[264:272].hex() == "5010000007040000"
    assert raw[280 : 280 + len(REPORT_DESCRIPTOR)] == REPORT_DESCRIPTOR


def output(data: bytes) -> bytes:
    return b"\6\0\0\0" + data.ljust(4096, b"\0") + len(data).to_bytes(2, "little") + b"\1"


def test_reports_come_with_and_without_a_number_before_them():
    report = bytes(range(64))
    assert events.report_out(output(report)) == report
    assert events.report_out(output(b"\0" + report)) == report
    assert events.report_out(b"\4\0\0\0" + bytes(4400)) is None
    assert events.report_out(b"") is None


def test_reports_go_in_with_their_length():
    assert events.report_in(b"report")[:12] == b"\x0c\0\0\0\6\0report"
    assert events.destroyed() == b"\1\0\0\0"


def test_reports_by_control_requests_are_refused_at_once():
    assert events.refusal(b"\x09\0\0\0\7\0\0\0" + bytes(2)) == b"\x0a\0\0\0\7\0\0\0\5\0"
    assert events.refusal(b"\x0d\0\0\0\7\0\0\0")[:4] == b"\x0e\0\0\0"
    assert events.refusal(b"\2\0\0\0" + bytes(9)) is events.refusal(b"") is None
    assert events.stops(b"\3\0\0\0")
    assert not events.stops(Event.OPEN.to_bytes(4, "little"))
