"""A private pcscd: the stock daemon, started by socket activation on a socket of ours.

It needs no root and changes no installed file. Where the kernel allows it, it gets a mount
namespace, so that its pid file is its own and USB readers of the machine stay out; elsewhere (many
containers) it runs without one, but never beside a system pcscd whose pid file it would overwrite.
A thread of its own starts the daemon and waits for it: the death signal of a child comes when the
thread that started it ends. So pcscd dies with us, whatever kills us.

Spec: sd_listen_fds(3); pcscd(8); reader.conf(5).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from ifd_bridge.system import threads
from readers.models.model import check_name

from ..system.sockets import MAX_PATH
from .reader_states import VARIABLES as NAME_FILTER
from .run_directory import NOBODY, PID_FILE, RUN, RunDirectory, live_system_pcscd

LISTEN_FD = 3
STOP_TIMEOUT_S = 3.0
_ADMIN_PATHS = "/usr/sbin:/sbin:/usr/local/sbin"
_WORDS = re.compile(r"[A-Za-z0-9=\\/\-._@:]+")

_PRIVATE = (
    'u=; [ -z "$VCARD_KEEP_UDEV" ] || [ ! -d /run/udev ] || '
    "{ u=/proc/self/fd/9; exec 9</run/udev; }; mount -t tmpfs -o mode=755 tmpfs /run || exit;"
    ' [ -z "$u" ] || { mkdir /run/udev && mount --bind "$u" /run/udev && exec 9<&-; } || exit;'
    ' for d in /usr/lib/pcsc/drivers; do [ ! -d "$d" ] ||'
    ' mount --bind "${VCARD_DRIVERS:-/run}" "$d" || exit; done; exec "$@"'
)
"""Hides the system's pid file, and shows our drivers for readers on USB instead of the system's.

With VCARD_KEEP_UDEV the system's udev stays in sight, so that pcscd hears of devices that come.
"""

_NOT_ITS = ("PCSCLITE_", "LISTEN_")
"""Beginnings of variables that mean another pcscd, or another listener."""

_LAUNCH = '[ "$PPID" = "$VCARD_PARENT" ] || exit 1; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
"""The first test closes the gap before the death signal was armed."""


class PcscdError(RuntimeError):
    """No private pcscd can run here; the message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class ReaderConf:
    """One reader of reader.conf; ValueError for what pcscd would refuse by exiting."""

    name: str
    device: str
    library: Path

    def __post_init__(self) -> None:
        check_name(self.name)
        if found := re.search(r'["\n\0]', self.name):
            raise ValueError(
                f"reader.conf, where pcscd reads names, has no way to write {found[0]!r}:"
                f" {self.name!r}"
            )
        for value in (self.device, str(self.library)):
            if not _WORDS.fullmatch(value):
                raise ValueError(f"pcscd takes only letters, digits and =\\/-._@: in {value!r}")
        if ":" not in self.device:
            raise ValueError(f"a device name needs a colon: {self.device!r}")

    def __str__(self) -> str:
        return f'FRIENDLYNAME "{self.name}"\nDEVICENAME {self.device}\nLIBPATH {self.library}\n'


@dataclass(frozen=True, slots=True)
class Entrance:
    """The settings of a pcscd for it to find the readers behind a door."""

    readers: tuple[ReaderConf, ...] = ()
    drivers: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)


class Pcscd:
    """A pcscd of our own in `directory` (private, on a short path), with these readers.

    `socket` is what PCSCLITE_CSOCK_NAME must name. With `verbose` the log tells everything.
    `drivers` has the bundles of drivers for readers on USB (none without it; needs a namespace);
    `environ` is for the daemon alone.
    """

    def __init__(
        self,
        directory: Path,
        readers: Sequence[ReaderConf],
        *,
        verbose: bool = False,
        drivers: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.socket = directory / "pcscd.comm"
        if len(os.fsencode(self.socket)) > MAX_PATH:
            raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {self.socket}")
        self._directory = directory
        self._readers = tuple(readers)
        self._verbose = verbose
        self._environ = dict(environ or {})
        if drivers is not None:
            self._environ["VCARD_DRIVERS"] = os.fspath(drivers)
        self._exited = threading.Event()
        self._started = threading.Event()
        self._lock = threading.Lock()
        self._log = ""
        self._fault: Exception | None = None
        self._run_directory: RunDirectory | None = None
        self.pid: int | None = None
        self.status: int | None = None
        self.stopping = False

    @property
    def running(self) -> bool:
        """True between start and the end of the process."""
        return self._started.is_set() and not self._exited.is_set()

    @property
    def log(self) -> str:
        """The log of pcscd so far."""
        with suppress(FileNotFoundError):
            self._log = (self._directory / "pcscd.log").read_text(errors="replace")
        return self._log

    def start(self) -> None:
        """Start it; clients may connect at once. PcscdError says why it cannot run here."""
        command = self._command()
        if not namespace():
            self._run_directory = RunDirectory()
            self._run_directory.enter()
        conf = self._directory / "reader.conf.d"
        conf.mkdir(mode=0o700, exist_ok=True)
        (conf / "vcard").write_text("\n".join(map(str, self._readers)))
        # The death signal comes when the thread that started a process ends: so one of its own.
        threads.start("vcard-pcscd", partial(self._run, command), self._lost)
        self._started.wait()
        if self._fault:
            raise PcscdError(f"cannot start pcscd: {self._fault}") from self._fault

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; True if it has ended."""
        return self._exited.wait(timeout_s)

    def stop(self) -> None:
        """End it, with force if need be."""
        if not self._started.is_set() or self._fault:
            return
        self.stopping = True
        self._signal(signal.SIGTERM)
        if not self._exited.wait(STOP_TIMEOUT_S):
            self._signal(signal.SIGKILL)
            self._exited.wait(STOP_TIMEOUT_S)
        self.socket.unlink(missing_ok=True)

    def ended(self) -> None:
        """Called in a thread of ours when the process has ended; for subclasses."""

    def _signal(self, number: int) -> None:
        with self._lock:  # so that the pid is not yet another process's
            if self.pid is not None and not self._exited.is_set():
                os.kill(self.pid, number)

    def _command(self) -> list[str]:
        options = ["--disable-polkit"] if knows_polkit(find("pcscd")) else []
        if self._verbose:
            options += ["--debug"]  # not --apdu, which shows PINs: the trace has APDUs
        sh = find("sh")
        launch = [find("setpriv"), "--pdeathsig", "KILL", sh, "-c", _LAUNCH, sh]
        conf = str(self._directory / "reader.conf.d")
        return [*namespace(), *launch, find("pcscd"), "-f", "-c", conf, *options]

    def _run(self, command: list[str]) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
                self.socket.unlink(missing_ok=True)
                listener.bind(os.fspath(self.socket))
                self.socket.chmod(0o600)
                listener.listen(64)
                self.pid = self._spawn(command, listener.fileno())
        except OSError as fault:
            self._fault = fault
            self._leave(NOBODY)
            self._exited.set()
            self._started.set()
            return
        self._started.set()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)
            self._exited.set()
        self._leave(self.pid)
        self.ended()

    def _lost(self) -> None:
        """The thread that should wait for the end has failed: its process ends with it."""
        if not self._started.is_set():
            self._fault = RuntimeError("its thread has failed")
        self._exited.set()
        self._started.set()
        self.ended()

    def _leave(self, pid: int) -> None:
        if self._run_directory:
            self._run_directory.leave(pid)

    def _spawn(self, command: list[str], listener: int) -> int:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(_NOT_ITS) or k in NAME_FILTER
        }
        log = os.fspath(self._directory / "pcscd.log")
        return os.posix_spawn(
            command[0],
            command,
            {**kept, **self._environ, "VCARD_PARENT": str(os.getpid())},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, listener, LISTEN_FD),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setpgroup=0,  # an interrupt from the terminal is ours to handle
            setsigmask=(),
            setsigdef=(signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1),
        )


@cache
def find(program: str) -> str:
    """The path of a program, also where only administrators look; PcscdError if it is missing."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:{_ADMIN_PATHS}")
    if not found:
        package = {"setpriv": "util-linux", "unshare": "util-linux"}.get(program, program)
        raise PcscdError(f"{program} is missing: apt install {package}")
    return found


@cache
def namespace() -> tuple[str, ...]:
    """The command prefix that makes a mount namespace; empty where none can be made."""
    try:
        unshare = find("unshare")
    except PcscdError:
        return _without_namespace()
    prefix = (unshare, "-m" if os.geteuid() == 0 else "-rm", find("sh"), "-c", _PRIVATE, "sh")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=10)
    return prefix if tried.returncode == 0 else _without_namespace()


@cache
def knows_polkit(pcscd: str) -> bool:
    """True if this pcscd asks polkit, which needs D-Bus, unless an option forbids it."""
    shown = subprocess.run([pcscd, "--help"], capture_output=True, check=False, timeout=10)
    return b"--disable-polkit" in shown.stdout + shown.stderr


USERNS = (
    ("kernel/apparmor_restrict_unprivileged_userns", "0"),  # Ubuntu from 23.10
    ("kernel/unprivileged_userns_clone", "1"),  # Debian's kernels up to 10
)


def userns_cure(sysctls: Path = Path("/proc/sys")) -> str:
    """The command that allows user namespaces on this kernel."""
    for name, value in USERNS:
        path = sysctls / name
        if path.exists() and path.read_text().strip() != value:
            return f"sysctl {name.replace('/', '.')}={value}"
    return "sysctl user.max_user_namespaces=10000; in a container, --cap-add SYS_ADMIN"


def _without_namespace(run: Path = RUN) -> tuple[str, ...]:
    """Nothing, if a pcscd can run beside what is there; PcscdError if not."""
    if not os.access(run if run.exists() else run.parent, os.W_OK) and not run.is_dir():
        raise PcscdError(
            f"pcscd needs the directory {run}, and no namespace can be made: as root, mkdir {run}"
            f" (or allow user namespaces: {userns_cure()})"
        )
    pid_file = run / PID_FILE
    owner = live_system_pcscd(pid_file)
    if owner and os.access(pid_file, os.W_OK):
        raise PcscdError(
            f"the system's pcscd (process {owner}) is running, and no namespace can be made"
            " to keep its pid file safe: stop it (systemctl stop pcscd.socket pcscd)"
        )
    return ()
