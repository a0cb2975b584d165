"""A token behind a private pcscd, and the programs that share it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from applets.openpgp.codes import USER_SLOTS
from applets.openpgp.openpgp import demo_contents
from applets.openpgp.persona import YUBIKEY
from applets.piv.issuing import Issuer
from applets.yubikey import YubiKey
from readers import models
from tests.external.bench import Bench
from tests.kits.pcsc.desk import Desk, desk

SERIAL = 12345678


class Token(Bench):
    """Runs programs beside a token; GnuPG has a home of its own."""

    def __init__(self, place: Desk, card: YubiKey, home: Path) -> None:
        super().__init__(place)
        self.card, self.home = card, home
        (home / "pkill").write_text("#!/bin/sh\n")  # ykman kills other programs: give it no pkill
        (home / "pkill").chmod(0o755)
        (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\n")
        self.shared(yes=True)
        self.environ = {
            "PATH": f"{home}:{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin:/sbin",
            "GNUPGHOME": str(home),
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
        }

    def shared(self, *, yes: bool) -> None:
        """Whether scdaemon leaves the card to others."""
        lines = "disable-ccid\n" + ("pcsc-shared\n" if yes else "")
        (self.home / "scdaemon.conf").write_text(lines)

    def attempt(self, *command: object, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program; its exit status may be anything."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=self.home,
            env={**os.environ, **self.place.environ, **self.environ},
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )

    def say(self, *command: object, text: str = "") -> str:
        """Run a program that must end well; all that it said."""
        done = self.attempt(*command, text=text)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def ykman(self, *words: object, text: str = "") -> str:
        """Run ykman."""
        return self.say("ykman", *words, text=text)

    def file(self, name: str, content: bytes = b"") -> Path:
        """A file in the home."""
        path = self.home / name
        path.write_bytes(content)
        return path


@pytest.fixture
def token() -> Iterator[Token]:
    """A token with PIV and OpenPGP keys, in the reader that it is."""
    issuer = Issuer.create()
    keys, certificates = issuer.equip("Alice Example")
    card = YubiKey(
        serial=SERIAL,
        piv={"keys": keys, "certificates": certificates},
        openpgp=demo_contents(dict.fromkeys(USER_SLOTS, "Ed25519"), YUBIKEY),
    )
    home = Path(tempfile.mkdtemp(prefix="yk", dir="/tmp"))  # sockets want a short path
    home.chmod(0o700)
    with desk(models.MODELS["yubikey"], card) as place:
        made = Token(place, card, home)
        try:
            yield made
        finally:
            if shutil.which("gpgconf"):
                made.attempt("gpgconf", "--kill", "all")
            shutil.rmtree(home, ignore_errors=True)


def needs(program: str, package: str) -> None:
    """Skip, with the reason, where a program is missing."""
    beside = Path(sys.executable).with_name(program)
    if not beside.exists() and not shutil.which(program):
        pytest.skip(f"{program} is missing: {package}")
