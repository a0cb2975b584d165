"""A capture file may be slow or disappear without blocking a card."""

import os
import threading

import pytest

from ifd_bridge.trace import Stream, capture_file
from ifd_bridge.trace.events import CardInserted, Event
from readers.models import PLAIN

LISTED = [{"name": "R", "usb": {"ccid": bytes(PLAIN.descriptor).hex(), "product_name": "thing"}}]
EVENT = Event(0.0, "R", CardInserted(0))


def test_readers_are_known_by_the_worlds_list():
    find = capture_file.identify(lambda: LISTED)
    model = find("R")
    assert model is not None
    assert (model.name, model.product_name) == ("R", "thing")
    assert model.descriptor == PLAIN.descriptor
    assert find("S") is None


def test_a_capture_lasts_as_long_as_its_context(tmp_path):
    path, stream = tmp_path / "capture", Stream()
    with capture_file.captured(stream, {"R": PLAIN}, str(path)):
        stream.say("R", EVENT.what)
        assert stream.on
    assert not stream.on
    assert b"R was plugged in" in path.read_bytes()


def test_a_capture_can_go_to_a_named_pipe(tmp_path):
    path, found = tmp_path / "pipe", []
    os.mkfifo(path)
    reading = threading.Thread(target=lambda: found.append(path.read_bytes()))
    reading.start()
    with capture_file.captured(Stream(), {"R": PLAIN}, str(path)):
        pass
    reading.join(10)
    assert found[0][:4] == bytes.fromhex("0A0D0D0A")


def test_a_slow_file_stops_nobody():
    began, go, seen = threading.Event(), threading.Event(), []

    def slow(event):
        began.set()
        go.wait(10)
        seen.append(event)

    background = capture_file.Background(slow)
    background(EVENT)
    assert began.wait(10)
    background(EVENT)
    assert seen == []
    go.set()
    background.close()
    assert seen == [EVENT, EVENT]


def test_a_reader_of_the_capture_that_goes_ends_it():
    def gone(_event):
        raise BrokenPipeError

    background = capture_file.Background(gone)
    background(EVENT)
    background.close()
    with pytest.raises(BrokenPipeError):
        background(EVENT)


def test_a_capture_that_fails_is_told_and_ends(caplog):
    def broken(_event):
        raise ZeroDivisionError("a fault of ours")

    background = capture_file.Background(broken)
    background(EVENT)
    background.close()
    assert "the thread 'vcard-capture' has failed" in caplog.text
    assert "a fault of ours" in caplog.text
    with pytest.raises(BrokenPipeError):
        background(EVENT)


def test_a_capture_on_a_full_disk_is_told_by_its_name(tmp_path, caplog):
    stream = Stream()
    with capture_file.captured(stream, {"R": PLAIN}, "/dev/full") as file:
        stream.say("R", EVENT.what)
    assert file.failure == "No space left on device"
    assert caplog.text.count("/dev/full cannot be written: No space left on device") == 1


def test_a_capture_ends_at_its_limit_with_whole_blocks(tmp_path, caplog):
    path = tmp_path / "capture"
    with capture_file.captured(Stream(), {"R": PLAIN}, str(path), limit=400):
        pass
    raw = path.read_bytes()
    assert 0 < len(raw) <= 400
    size = int.from_bytes(raw[-4:], "little")
    assert raw[-size + 4 : -size + 8] == size.to_bytes(4, "little")
    assert "has reached its limit of 400 bytes" in caplog.text


def test_closing_a_stuck_file_has_an_end(monkeypatch):
    monkeypatch.setattr(capture_file, "END_S", 0.01)
    go = threading.Event()
    background = capture_file.Background(lambda _event: go.wait(10) and None)
    background(EVENT)
    background(EVENT)
    background.close()
    go.set()


def test_a_capture_that_nobody_reads_any_more_takes_no_more_events():
    """The stream drops the capture, because a pipe's reader may end before the world."""

    def gone(_event):
        raise BrokenPipeError

    background = capture_file.Background(gone)
    event = Event(0.0, "R", CardInserted(0))
    background(event)
    background._thread.join(10)
    with pytest.raises(BrokenPipeError):
        background(event)
    background.close()
