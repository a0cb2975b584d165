import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.pcscd import daemon
from ifd_bridge.pcscd import daemon as module
from ifd_bridge.pcscd.daemon import Pcscd, PcscdError, ReaderConf, find

END = 20.0
LIBRARY = Path("/tmp/handler.so")


def test_a_readers_lines_are_those_of_reader_conf():
    lines = str(ReaderConf("My Reader", "vcard:/tmp/ifd.sock:0", LIBRARY)).splitlines()
    assert lines == [
        'FRIENDLYNAME "My Reader"',
        "DEVICENAME vcard:/tmp/ifd.sock:0",
        "LIBPATH /tmp/handler.so",
    ]


def test_a_name_that_pcscd_would_stumble_over_is_refused():
    for name in ["", "x" * 122, "é" * 61]:
        with pytest.raises(ValueError, match="1 to 121 bytes"):
            ReaderConf(name, "vcard:/x:0", LIBRARY)
    for name in ['a"b', "a\nb"]:
        with pytest.raises(ValueError, match=r"reader\.conf.*has no way to write"):
            ReaderConf(name, "vcard:/x:0", LIBRARY)


@pytest.mark.parametrize("path", ["/tmp/a b/x.so", "/tmp/a,b", "/tmp/ä"])
def test_a_path_that_pcscd_would_refuse_is_refused_first(path):
    with pytest.raises(ValueError, match="only letters"):
        ReaderConf("R", "vcard:/x:0", Path(path))
    with pytest.raises(ValueError, match="only letters"):
        ReaderConf("R", f"vcard:{path}:0", LIBRARY)


def test_a_device_without_a_colon_is_refused():
    with pytest.raises(ValueError, match="colon"):
        ReaderConf("R", "/dev/ttyS0", LIBRARY)


def test_a_directory_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(ValueError, match="107"):
        Pcscd(tmp_path / ("x" * 100), [])


def test_a_missing_program_is_named_with_the_command_that_brings_it():
    with pytest.raises(PcscdError, match="apt install no-such-daemon"):
        find("no-such-daemon")


def test_without_a_namespace_an_unwritable_run_directory_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PcscdError, match="mkdir"):
        module._without_namespace(tmp_path / "pcscd")


def test_without_a_namespace_a_free_run_directory_will_do(tmp_path):
    assert module._without_namespace(tmp_path) == ()
    (tmp_path / "pcscd.pid").write_text("no number")
    assert module._without_namespace(tmp_path) == ()


def test_without_a_namespace_the_systems_pid_file_is_never_overwritten(tmp_path):
    command = ["sh", "-c", "echo; read line", "pcscd"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as system:
        assert system.stdout.readline()
        (tmp_path / "pcscd.pid").write_text(f"{system.pid}\n\0")
        with pytest.raises(PcscdError, match=f"process {system.pid}"):
            module._without_namespace(tmp_path)


def test_without_a_namespace_a_private_pcscds_pid_file_is_no_hindrance(tmp_path):
    command, environ = ["sh", "-c", "read line", "pcscd"], {**os.environ, "VCARD_PARENT": "1"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environ) as private:
        (tmp_path / "pcscd.pid").write_text(f"{private.pid}\n\0")
        assert module._without_namespace(tmp_path) == ()


def test_without_unshare_the_run_directory_decides(monkeypatch):
    def missing(program):
        raise PcscdError(program)

    monkeypatch.setattr(module, "find", missing)
    monkeypatch.setattr(module, "_without_namespace", lambda: ())
    assert module.namespace.__wrapped__() == ()


def test_polkit_is_switched_off_where_pcscd_knows_it(tmp_path):
    knows = tmp_path / "pcscd"
    knows.write_text("#!/bin/sh\necho '  --disable-polkit  no polkit'\n")
    knows.chmod(0o755)
    assert module.knows_polkit(str(knows))
    assert not module.knows_polkit(find("true"))


@pytest.fixture
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("p")


@pytest.mark.pcsc
def test_pcscd_listens_on_its_own_private_socket_and_ends_when_told(directory):
    daemon = Pcscd(directory, [])
    assert (daemon.running, daemon.log) == (False, "")
    daemon.stop()
    daemon.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(daemon.socket))
    assert daemon.running
    assert daemon.socket.stat().st_mode & 0o777 == 0o600
    daemon.stop()
    daemon.stop()
    assert (daemon.running, daemon.socket.exists()) == (False, False)


@pytest.mark.pcsc
def test_a_configuration_that_pcscd_refuses_ends_it_and_the_log_says_why(directory):
    daemon = Pcscd(directory, [ReaderConf("R", "vcard:/x:0", Path("/no/such.so"))])
    daemon.start()
    assert daemon.wait(END)
    assert "/no/such.so" in daemon.log


@pytest.mark.pcsc
def test_a_pcscd_that_does_not_end_is_killed(directory, monkeypatch):
    monkeypatch.setattr(module, "STOP_TIMEOUT_S", 0.05)
    daemon = Pcscd(directory, [])
    daemon.start()
    client = "from smartcard.scard import *; assert not SCardEstablishContext(SCARD_SCOPE_USER)[0]"
    environ = {**os.environ, "PCSCLITE_CSOCK_NAME": str(daemon.socket)}
    subprocess.run([sys.executable, "-c", client], env=environ, check=True, timeout=END)
    os.kill(daemon.pid, signal.SIGSTOP)
    daemon.stop()
    assert daemon.wait(END)
    assert daemon.status == -signal.SIGKILL


def test_a_pcscd_that_cannot_be_started_is_an_error(directory):
    daemon = Pcscd(directory, [])
    daemon.socket.mkdir()
    with pytest.raises(PcscdError, match="cannot start"):
        daemon.start()
    daemon.stop()


@pytest.mark.pcsc
def test_pcscd_dies_with_us_even_if_we_are_killed(directory):
    code = (
        "import sys; from pathlib import Path; from ifd_bridge.pcscd.daemon import Pcscd;"
        "p = Pcscd(Path(sys.argv[1]), []); p.start(); print(p.pid, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        end = os.pidfd_open(pid)
        parent.kill()
        assert select.select([end], [], [], END)[0]
        os.close(end)


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("apparmor_restrict_unprivileged_userns", "1", "apparmor_restrict_unprivileged_userns=0"),
        ("unprivileged_userns_clone", "0", "unprivileged_userns_clone=1"),
        ("unprivileged_userns_clone", "1", "user.max_user_namespaces"),
    ],
)
def test_what_allows_namespaces_is_what_this_kernel_knows(
    tmp_path: Path, name: str, value: str, cure: str
) -> None:
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / name).write_text(value)
    assert cure in daemon.userns_cure(tmp_path)
