"""Files of a world block nothing, are complete, private and bounded, and report errors."""

import contextlib
import os
import resource
import signal
import stat
import threading

import pytest

from ifd_bridge.system import written_file
from ifd_bridge.system.written_file import WrittenFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trace"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_its_user_can_read_it_whatever_the_umask_is(path, umask):
    before = os.umask(umask)
    try:
        with WrittenFile(path) as file:
            file.line("a line")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "a line\n"


def test_a_file_that_others_could_read_is_emptied_and_closed_to_them(path):
    path.write_text("something longer than what comes")
    path.chmod(0o644)
    with WrittenFile(path) as file:
        file.line("half a \ud800 character")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "half a \\ud800 character\n"


def test_a_limit_ends_it_between_two_records_and_is_told_once(path, caplog):
    with WrittenFile(path, limit=10) as file:
        for record in (b"12345", b"67890", b"1", b"2"):
            file.write(record)
        file.flush()
        assert file.failure is None
    assert path.read_bytes() == b"1234567890"
    assert caplog.text.count(f"{path} has reached its limit of 10 bytes") == 1


@contextlib.contextmanager
def small_files():
    """Limit files of this process to 1000 bytes, as on an almost full disk.

    Not a fixture: pytest writes its own report while fixtures last.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_record_that_does_not_fit_leaves_nothing_behind(path, caplog):
    with small_files(), WrittenFile(path) as file:
        for _ in range(5):
            file.write(bytes(300))
        assert file.failure == "File too large"
    assert path.stat().st_size == 900
    assert caplog.text.count(f"{path} cannot be written: File too large") == 1


def test_a_device_that_is_full_is_told_once(caplog):
    with WrittenFile("/dev/full") as file:
        file.line("a")
        file.line("b")
        assert file.failure == "No space left on device"
    assert caplog.text.count("nothing more is written to it") == 1


def test_a_write_that_takes_nothing_is_a_full_disk(path, monkeypatch):
    with WrittenFile(path) as file:
        monkeypatch.setattr(written_file.os, "write", lambda fd, raw: 0)
        file.line("a")
        assert file.failure == "No space left on device"


def test_a_reader_that_goes_ends_a_pipe(path):
    os.mkfifo(path)
    reading = threading.Thread(target=lambda: path.open("rb").close())
    reading.start()
    file = WrittenFile(path)
    reading.join(10)
    with pytest.raises(BrokenPipeError):
        file.line("nobody reads")
    file.line("and nobody will")
    assert file.failure is None
    file.close()
    file.close()


def test_a_minus_is_the_output_or_another_descriptor(capfd):
    with WrittenFile("-") as file:
        file.line("out")
    with WrittenFile("-", standard=2) as file:
        file.line("err")
    assert capfd.readouterr() == ("out\n", "err\n")


def test_a_place_that_is_none_is_an_error_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        WrittenFile(tmp_path / "no" / "such")
