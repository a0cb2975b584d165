"""Secrets in vendors' messages of a HID interface."""

from applets.fido2.hid_packets import Command, reports
from ifd_bridge.trace.events import Event, ReportIn, ReportOut
from ifd_bridge.trace.mask import Masker
from ifd_bridge.trace.mask_reports import MOST, VendorMessages

WRITE_CONFIG = 0x43
CODE = b"lock-code-16-by!"


def hidden(*messages):
    mask = Masker()
    return b"".join(
        mask(Event(0.0, "key", ReportOut(0, report))).what.report
        for channel, command, data in messages
        for report in reports(channel, command, data)
    )


def test_a_vendors_message_is_hidden_in_all_of_its_packets():
    for data in (CODE, CODE * 8):
        shown = hidden((1, WRITE_CONFIG, data))
        assert CODE[:5] not in shown
        assert b"*****" in shown
    assert hidden((1, WRITE_CONFIG, b"")) == b"".join(reports(1, WRITE_CONFIG, b""))


def test_other_messages_are_shown_on_the_same_channel_and_on_others():
    shown = hidden((1, WRITE_CONFIG, CODE * 8), (1, Command.PING, b"x" * 100))
    assert shown.count(b"x") == 100
    shown = hidden((1, WRITE_CONFIG, CODE), (2, Command.PING, b"y" * 100))
    assert shown.count(b"y") == 100


def test_what_was_hidden_once_is_hidden_in_what_comes_back():
    mask = Masker()
    [sent] = reports(1, WRITE_CONFIG, CODE)
    mask(Event(0.0, "key", ReportOut(0, sent)))
    [back] = reports(1, WRITE_CONFIG, b"ab" + CODE)
    assert CODE not in mask(Event(0.0, "key", ReportIn(0, back))).what.report


def test_a_host_with_many_channels_costs_little():
    messages = VendorMessages()
    for channel in range(2 * MOST):
        [report] = reports(channel, WRITE_CONFIG, CODE)
        assert report[messages.secret("key", report)].startswith(CODE)
    assert len(messages._channels) == MOST
