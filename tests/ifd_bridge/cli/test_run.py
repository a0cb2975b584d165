from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard as group
from ifd_bridge.pcscd import installation

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
END = 30


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("VCARD_CONTROL", raising=False)


def vcard(*args: str, script: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VCARD, *args], input=script, capture_output=True, text=True, timeout=END, check=False
    )


def inside(*options: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a world; `vcard` is the command."""
    alias = f'vcard() {{ {" ".join(VCARD)} "$@"; }}\n'
    return vcard("run", *options, "--", "sh", "-c", alias + script)


@pytest.mark.pcsc
def test_a_command_runs_in_a_world_and_its_status_is_passed_on() -> None:
    code = (
        "import os, sys; sys.exit(42 if os.path.exists(os.environ['PCSCLITE_CSOCK_NAME']) else 1)"
    )
    assert vcard("run", "--card", "hello", "--", sys.executable, "-c", code).returncode == 42


@pytest.mark.pcsc
def test_the_readers_are_those_named_in_their_order() -> None:
    shown = inside(
        "-r", "pinpad", "-c", "hello", "-c", "random", "-r", "plain", script="vcard list"
    )
    assert shown.stdout.splitlines() == [
        "0 Virtual PIN Pad 00 (keypad): hello",
        "1 Virtual PIN Pad 01 (keypad): random",
        "2 Virtual Reader: empty",
    ]


@pytest.mark.pcsc
def test_the_world_is_steered_from_inside() -> None:
    script = (
        "vcard eject; vcard list; vcard insert; vcard swap random; vcard list; vcard press 1 OK"
    )
    shown = inside("--reader", "pinpad", "--card", "hello", script=script)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines() == [
        "0 Virtual PIN Pad (keypad): empty (hello is out)",
        "0 Virtual PIN Pad (keypad): random",
    ]


@pytest.mark.pcsc
def test_a_trace_goes_to_a_file(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    code = (
        "from smartcard.System import readers\n"
        "c = readers()[0].createConnection(); c.connect()\n"
        "c.transmit(list(bytes.fromhex('0020000004') + b'1234'))\n"
    )
    args = ["run", "--trace", str(trace), "--card", "hello", "--", sys.executable, "-c", code]
    assert vcard(*args).returncode == 0
    text = trace.read_text()
    assert re.search(r"> IFDHTransmitToICC  00 20 00 00 04 \*\* \*\* \*\* \*\*  T=1", text)
    assert "> VERIFY  00 20 00 00 04 ** ** ** **" in text
    assert "31 32 33 34" not in text


@pytest.mark.pcsc
def test_a_command_that_is_not_there_has_the_shells_status() -> None:
    shown = vcard("run", "--", "surely-not-there")
    assert shown.returncode == 127
    assert "cannot run 'surely-not-there'" in shown.stderr
    assert (
        "cannot run 'hello': no such command; the card is --card hello"
        in vcard("run", "hello").stderr
    )


@pytest.mark.pcsc
def test_verbose_shows_what_pcscd_said() -> None:
    assert "pcscd" in vcard("run", "--verbose", "--", "true").stderr


def test_an_error_says_what_would_do() -> None:
    cases = [
        (["run"], "Missing argument"),
        (["run", "--card", "helo", "--", "true"], "no card is named 'helo'; built in are"),
        (["run", "--card", "hello?x=1", "--", "true"], "no option 'x'; it has"),
        (["run", "--reader", "x", "--", "true"], "no reader model is named 'x'; there are"),
        (["run", "--frob", "--", "true"], "No such option"),
        (["frob"], "no command is named 'frob'; there are run"),
        (["run", "--trace", "/no/such/file", "--", "true"], "No such file"),
        (["run", "--record", "/no/such/file", "--", "true"], "/no/such/file: No such file"),
        (["list"], "no world is running: start one with `vcard run"),
    ]
    for args, says in cases:
        shown = CliRunner().invoke(group, args)
        assert shown.exit_code in (1, 2, 125)
        assert says in shown.output
        assert isinstance(shown.exception, SystemExit)


@pytest.mark.slow
def test_a_missing_handler_is_named_with_its_cure(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, ifd_bridge.pcscd.bundle as parts\n"
        "parts.BRIDGE = pathlib.Path('/nowhere')\n"
        "sys.argv[1:] = ['run', '--', 'true']\n"
        "from ifd_bridge.cli import main; main()"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=END, check=False
    )
    assert shown.returncode == 125
    assert "handler.so is not built: apt install libpcsclite-dev" in shown.stderr


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [*VCARD, "serve", "--reader", "pinpad", "--card", "hello"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(END)


@pytest.mark.pcsc
def test_serve_prints_the_export_line_and_ends_when_interrupted(
    served: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, line = served
    assert re.fullmatch(r"export PCSCLITE_CSOCK_NAME=\S+ VCARD_CONTROL=\S+\n", line)
    assert vcard("list", "--export").stdout == line
    assert vcard("list").stdout == "0 Virtual PIN Pad (keypad): hello\n"
    process.send_signal(signal.SIGTERM)  # an interrupt is ignored in a background job
    assert process.wait(END) == 0
    directory = Path(line.split("=")[1].split()[0]).parent
    assert not directory.exists()
    assert not list((tmp_path / "vcard").iterdir())


@pytest.mark.pcsc
def test_a_world_that_was_killed_is_not_found_any_more(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, _ = served
    os.kill(process.pid, signal.SIGKILL)
    process.wait(END)
    assert "no world is running" in vcard("list").stderr


def test_the_systems_pcscd_has_our_own_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = installation.Installed(Path("/run/none"), ("plain",))
    monkeypatch.setattr(installation, "installed", lambda: installed)
    shown = CliRunner().invoke(group, ["serve", "--system", "--driver", "libccid"])
    assert shown.exit_code == 1
    assert "by --driver bridge alone" in shown.output


@pytest.mark.slow  # a process
def test_readers_are_served_as_usb_devices_until_the_end(tmp_path: Path) -> None:
    command = [*VCARD, "serve", "--usb", f"redir:{tmp_path}/vm", "--reader", "pinpad"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        said = [serving.stdout.readline() for _ in range(5)]
        assert said[0].startswith("export VCARD_CONTROL=")
        assert f"path={tmp_path}/vm/reader0" in said[3]
        listed = vcard("list")
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(END) == 0
    assert listed.stdout == "0 Virtual PIN Pad (keypad): empty [waiting for a USB host]\n"
    assert list((tmp_path / "vm").iterdir()) == []


@pytest.mark.slow  # a process
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--usb", "smoke"], "redir:DIR, vhci, uhid and ip[:PORT]"),
        (["--listen", "0.0.0.0"], "only --usb ip"),
        (["--usb", "ip", "--listen", "there"], "'there'"),
        (["--usb", "ip", "--system"], "neither --system nor --driver"),
        (["--usb", "ip", "--driver", "libccid"], "neither --system nor --driver"),
    ],
)
def test_what_does_not_go_with_usb_is_told(options: list[str], words: str) -> None:
    done = vcard("serve", *options)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow  # a process
def test_a_kernel_without_virtual_controller_is_told() -> None:
    if Path("/sys/devices/platform/vhci_hcd.0").exists():
        pytest.skip("this kernel has vhci_hcd")
    for command in (("serve", "--usb", "vhci"), ("run", "--driver", "kernel", "--", "true")):
        done = vcard(*command)
        assert done.returncode != 0
        assert "modprobe vhci_hcd" in done.stderr
        assert "Traceback" not in done.stderr
