"""Setup packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.usb.setup import CLASS, Recipient, Setup


@given(st.binary(max_size=12))
def test_a_setup_packet_reads_back_or_is_refused(raw):
    if len(raw) == 8:
        assert bytes(Setup.parse(raw)) == raw
    else:
        with pytest.raises(ValueError, match="offset 0"):
            Setup.parse(raw)


def test_a_setup_packet_is_written_as_it_was_read():
    raw = bytes.fromhex("8006000100001200")
    assert bytes(Setup.parse(raw)) == raw


def test_a_setup_packet_says_who_is_asked_and_which_way_data_go():
    setup = Setup.parse(bytes.fromhex("A103000000000400"))
    assert (setup.kind, setup.recipient, setup.reads) == (CLASS, Recipient.INTERFACE, True)
    assert not Setup(0x21, 1).reads
