from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ifd_bridge.cli import child

pytestmark = pytest.mark.slow  # a process each

WRAP = """
import sys
from ifd_bridge.cli import child
with child.held_signals() as held:
    try:
        sys.exit(child.run(sys.argv[1:], {"VISIBLE": "yes"}, held))
    except OSError as error:
        sys.exit(child.status_of(error))
"""


def wrap(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRAP, *command], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("status", [0, 3, 255])
def test_the_exit_status_is_passed_on(status: int) -> None:
    assert wrap("sh", "-c", f"exit {status}").wait(10) == status


def test_death_by_a_signal_reads_as_in_a_shell() -> None:
    assert wrap("sh", "-c", "kill -KILL $$").wait(10) == 128 + signal.SIGKILL


def test_the_status_is_known_where_a_parent_has_ignored_the_ends_of_children() -> None:
    ignoring = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    process = subprocess.Popen([sys.executable, "-c", ignoring + WRAP, "sh", "-c", "exit 3"])
    assert process.wait(10) == 3


def test_the_environment_is_passed_on() -> None:
    process = wrap("sh", "-c", "echo $VISIBLE $HOME")
    assert process.communicate(timeout=10)[0].split() == ["yes", os.environ["HOME"]]


NAMES = ["TERM", "INT", "HUP", "QUIT", "USR1"]


def listen() -> None:
    """Ignored signals would be inherited: HUP under nohup, INT and QUIT in the background."""
    for name in NAMES:
        signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_DFL)


@pytest.mark.parametrize("name", NAMES)
def test_signals_are_passed_on(name: str) -> None:
    script = f"trap 'echo got {name}; exit 7' {name}; echo ready; while read x; do :; done"
    process = subprocess.Popen(
        [sys.executable, "-c", WRAP, "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=listen,  # noqa: PLW1509
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(getattr(signal, f"SIG{name}"))
        assert process.stdout.readline() == f"got {name}\n"
        assert process.wait(10) == 7


def test_the_command_does_not_inherit_blocked_signals() -> None:
    process = wrap("sh", "-c", "kill -TERM $$")
    assert process.wait(10) == 128 + signal.SIGTERM


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from ifd_bridge.cli import child\n"
        "with child.held_signals() as held: print(signal.SIGHUP in held)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"


def test_afterwards_the_mask_is_what_it_was() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with child.held_signals():
        assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_what_cannot_be_started_has_the_shells_status(tmp_path: Path) -> None:
    assert wrap("surely-not-there").wait(10) == 127
    (tmp_path / "data").write_text("")
    assert wrap(str(tmp_path / "data")).wait(10) == 126


def test_vcard_is_put_on_the_path_if_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "vcard")])
    monkeypatch.setenv("PATH", "/nowhere")
    assert child.path_with_vcard() == {}
    (tmp_path / "vcard").touch(mode=0o755)
    assert child.path_with_vcard() == {"PATH": f"/nowhere:{tmp_path}"}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert child.path_with_vcard() == {}


MAKING = """
import sys, time
from ifd_bridge.cli import child
with child.held_signals() as held:
    try:
        with child.endable(held):
            print("making", flush=True)
            {work}
        print("made", flush=True)
        sys.exit(child.run(["cat"], {{}}, held))
    finally:
        print("unwound", flush=True)
"""
STUBBORN = """
            while True:
                try:
                    print("at work", flush=True)
                    time.sleep(60)
                except BaseException:
                    print("swallowed", flush=True)"""


def making(work: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKING.format(work=work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=listen,  # noqa: PLW1509
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "making\n"
    return process


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT"])
@pytest.mark.parametrize(
    "work", ["time.sleep(60)", "open(sys.argv[1] if sys.argv[1:] else '/dev/stdin').read()"]
)
def test_a_signal_ends_what_is_being_made_and_it_is_unwound(name: str, work: str) -> None:
    with making(work) as process:
        number = getattr(signal, f"SIG{name}")
        process.send_signal(number)
        assert process.wait(10) == 128 + number
        assert process.stdout is not None
        assert process.stdout.read() == "unwound\n"


def test_a_second_signal_ends_what_swallows_the_first() -> None:
    with making(STUBBORN) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "swallowed\n"
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 128 + signal.SIGINT


def test_what_is_made_is_passed_on_to_the_command() -> None:
    with making("pass") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "made\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM


def test_a_signal_for_the_command_waits_until_it_is_there() -> None:
    with making("sys.stdin.readline()") as process:
        process.send_signal(signal.SIGUSR1)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "made\n"
        assert process.wait(10) == 128 + signal.SIGUSR1


def test_a_signal_ends_even_a_wait_that_began_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wake-up that arrives too early is lost, so it is sent again."""
    kill, woken = signal.pthread_kill, []

    def late(thread: int, number: int) -> None:
        woken.append(number)
        if len(woken) > 1:
            kill(thread, number)

    with pytest.raises(child.EndedError) as ended, child.held_signals() as held:
        monkeypatch.setattr(child.signal, "pthread_kill", late)
        with child.endable(held):
            (watcher,) = (one for one in threading.enumerate() if one.name == "vcard-signals")
            assert watcher.ident is not None
            kill(watcher.ident, signal.SIGTERM)
            assert threading.Event().wait(10)
    assert ended.value.code == 128 + signal.SIGTERM
    assert woken[:2] == [child.WAKE, child.WAKE]


def test_where_no_thread_can_be_had_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    before = signal.getsignal(child.WAKE)
    with child.held_signals() as held:
        monkeypatch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="can't start"), child.endable(held):
            pass
    assert signal.getsignal(child.WAKE) == before
    assert child.WAKE not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_afterwards_signals_have_the_handlers_that_they_had() -> None:
    before = signal.getsignal(child.WAKE)
    with child.held_signals() as held, child.endable(held):
        assert signal.getsignal(child.WAKE) != before
    assert signal.getsignal(child.WAKE) == before
    assert "vcard-signals" not in [thread.name for thread in threading.enumerate()]
