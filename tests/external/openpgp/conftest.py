"""A private pcscd with an OpenPGP card, and a GnuPG home for it."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ifd_bridge.worlds.endpoint import Endpoint, endpoint
from readers import CcidReader, models
from tests.external.bench import PROGRAMS, need
from tests.kits.pcsc.powered import insert_powered
from vcard import Card

END_S = 60.0
LOOPBACK = ("--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase")
PINENTRY = rb"""#!/bin/sh
echo OK
while read -r word rest; do
    case $word in
        SETDESC|SETPROMPT) said="$said $rest"; echo OK ;;
        GETPIN)
            case $said in
                *Repeat*) answer=$(cat "$HOME/asked") ;;
                *New*Admin*) answer=new-87654321 ;;
                *Admin*) answer=12345678 ;;
                *New*) answer=new-654321 ;;
                *) answer=123456 ;;
            esac
            echo "$answer" > "$HOME/asked"
            said=
            echo "D $answer"
            echo OK ;;
        BYE) echo OK; exit ;;
        *) echo OK ;;
    esac
done
"""
"""Answers with the PINs of a new card, and with others at prompts for new ones."""


SERVER = "/usr/sbin/sshd"
SSHD = """
HostKey {home}/host
AuthorizedKeysFile {home}/keys
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
"""


class Gpg:
    """GnuPG with a home of its own; `reader` is where cards go."""

    def __init__(self, reader: CcidReader, pcsc: Endpoint, home: Path) -> None:
        self.reader, self.home = reader, home
        self.environ = {**os.environ, **pcsc.environ, "GNUPGHOME": str(home), "HOME": str(home)}
        self.environ["LC_ALL"] = "C.UTF-8"

    def attempt(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program; its exit status may be anything."""
        need(str(command[0]), str(command[0]))
        return subprocess.run(
            [*map(str, command)],
            cwd=self.home,
            env=self.environ,
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=END_S,
            check=False,
        )

    def run(self, *command: str | Path, text: str = "") -> str:
        """Run a program that must end well; give all that it said."""
        done = self.attempt(*command, text=text)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, name: str, *arguments: str) -> str:
        """Run one of the programs beside the tests."""
        return self.run(sys.executable, PROGRAMS / name, *arguments)

    def edit(self, *words: str, pin: str = "12345678") -> str:
        """Give commands to `gpg --card-edit`; every PIN that it asks for is `pin`."""
        text = "\n".join(("admin", *words, "quit", ""))
        how = ("--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback", "--passphrase", pin)
        done = self.attempt("gpg", *how, "--status-fd", "2", "--card-edit", text=text)
        return done.stdout + done.stderr

    def ask(self, *words: str) -> str:
        """Give commands to `gpg --card-edit`; PINs come from the program for PIN entry."""
        text = "\n".join(("admin", *words, "quit", ""))
        how = ("--no-tty", "--command-fd", "0", "--status-fd", "2", "--card-edit")
        done = self.attempt("gpg", *how, text=text)
        return done.stdout + done.stderr

    def pinentry(self) -> None:
        """Have the agent ask a program for PINs that knows those of a new card."""
        program = self.file("pinentry", PINENTRY)
        program.chmod(0o755)
        conf = f"pinentry-program {program}\nallow-loopback-pinentry\nenable-ssh-support\n"
        self.file("gpg-agent.conf", conf.encode())
        self.run("gpg-connect-agent", text="RELOADAGENT\n/bye\n")

    def scd(self, *commands: str) -> str:
        """Give commands to the smart card daemon through the agent."""
        return self.run("gpg-connect-agent", text="\n".join((*commands, "/bye", "")))

    def ssh_socket(self) -> str:
        """The socket at which the agent serves ssh."""
        said = self.run("gpg-connect-agent", text="GETINFO ssh_socket_name\n/bye\n")
        return next(line[2:] for line in said.splitlines() if line.startswith("D "))

    def login(self, command: str) -> str:
        """Run a command through an ssh login with the keys in the file `keys`; return its
        output."""
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.home / "host")
        config = self.file("sshd_config", SSHD.format(home=self.home).encode())
        Path("/run/sshd").mkdir(exist_ok=True)
        options = (
            f"ProxyCommand={SERVER} -i -e -f {config}",
            f"UserKnownHostsFile={self.home}/known",
            "StrictHostKeyChecking=no",
            "BatchMode=yes",
        )
        how = [word for option in options for word in ("-o", option)]
        return self.run("ssh", "-F", "none", *how, f"{getpass.getuser()}@localhost", command)

    def insert(self, card: Card) -> None:
        """Put a card in."""
        insert_powered(self.reader, card)

    def file(self, name: str, content: bytes = b"") -> Path:
        """A file in the home."""
        path = self.home / name
        path.write_bytes(content)
        return path


@pytest.fixture
def gpg() -> Iterator[Gpg]:
    """GnuPG and an empty reader behind a private pcscd."""
    with gpg_beside(CcidReader(models.PLAIN)) as found:
        yield found


@pytest.fixture
def gpg_at_pinpad() -> Iterator[Gpg]:
    """The same with a reader that has a keypad, which scdaemon may use for PINs of any length."""
    with gpg_beside(CcidReader(models.PINPAD), "enable-pinpad-varlen\n") as found:
        yield found


@contextmanager
def gpg_beside(reader: CcidReader, more: str = "") -> Iterator[Gpg]:
    """GnuPG with a home of its own, and a private pcscd for the reader."""
    need("gpg", "gnupg")
    if not Path("/usr/lib/gnupg/scdaemon").exists():
        pytest.skip("scdaemon is missing: apt install scdaemon")
    home = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # sockets want a short path
    home.chmod(0o700)
    (home / "scdaemon.conf").write_text(f"disable-ccid\npcsc-shared\n{more}")
    (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\nenable-ssh-support\n")
    with endpoint(reader) as pcsc:
        found = Gpg(reader, pcsc, home)
        try:
            yield found
        finally:
            found.attempt("gpgconf", "--kill", "all")
            shutil.rmtree(home, ignore_errors=True)
