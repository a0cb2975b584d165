"""A desk with a reader behind a private pcscd, an issued card, and other projects' programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.piv import Algorithm, Issuer, Piv, Slot
from ifd_bridge.worlds.endpoint import Endpoint, endpoint
from readers import CcidReader, models
from tests.kits.pcsc.powered import insert_powered
from tests.kits.piv.host import made_key
from vcard import Card

END_S = 60.0
OPENSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
ALGORITHMS = {
    Slot.AUTHENTICATION: Algorithm.RSA_2048,
    Slot.SIGNATURE: Algorithm.P256,
    Slot.KEY_MANAGEMENT: Algorithm.RSA_2048,
    Slot.CARD_AUTHENTICATION: Algorithm.P256,
}


class Desk:
    """A reader that programs can reach. `run` starts one, with an end."""

    def __init__(self, reader: CcidReader, pcsc: Endpoint, home: Path) -> None:
        self.reader = reader
        self.environ = {**os.environ, **pcsc.environ, "HOME": str(home)}
        self.home = home

    def insert(self, card: Card) -> None:
        """Put a card in and wait until pcscd has powered it: a program might look too early."""
        insert_powered(self.reader, card)

    def need(self, program: str) -> str:
        """The program's path; the test is skipped if it is not there."""
        found = shutil.which(program, path=self.environ["PATH"])
        if found is None:
            pytest.skip(f"{program} is not installed")
        return found

    def attempt(
        self, *command: str | Path, text: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the desk's directory; its exit status may be anything."""
        program = self.need(str(command[0]))
        return subprocess.run(
            [program, *map(str, command[1:])],
            cwd=self.home,
            env={**self.environ, **more},
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=END_S,
            check=False,
        )

    def run(self, *command: str | Path, text: str = "", **more: str) -> str:
        """Run a program that must end well; what it said on both channels."""
        done = self.attempt(*command, text=text, **more)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{said}"
        return said

    def path(self, name: str, content: bytes = b"") -> Path:
        """A file in the desk's directory, with this content if there is any."""
        path = self.home / name
        if content:
            path.write_bytes(content)
        return path


class Alice:
    """An issued card, its CA and its public data."""

    def __init__(self, identity: str, firmware: str | None = None) -> None:
        self.issuer = Issuer.create()
        keys = {slot: made_key(algorithm, slot) for slot, algorithm in ALGORITHMS.items()}
        self.keys = keys
        self.certificates: dict[Slot, x509.Certificate] = {
            slot: self.issuer.issue("Alice Example", key.public_key(), slot)
            for slot, key in keys.items()
        }
        self.piv = Piv(
            keys=keys,
            certificates=self.certificates,
            identity=identity,
            firmware=firmware,
        )
        self.card = self.piv.on_card()

    def public_pem(self, slot: Slot) -> bytes:
        key = self.keys[slot].public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _desk(model: models.Model, home: Path, driver: str = "bridge") -> Iterator[Desk]:
    reader = CcidReader(model)
    with endpoint(reader, driver=driver) as pcsc:
        yield Desk(reader, pcsc, home)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A plain reader."""
    yield from _desk(models.PLAIN, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def pinpad_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A reader with a keypad."""
    yield from _desk(models.PINPAD, tmp_path_factory.mktemp("pinpad"))


@pytest.fixture(scope="module")
def libccid_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A reader with a keypad, driven by the genuine libccid."""
    if not Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle").exists():
        pytest.skip("libccid is not installed")
    yield from _desk(models.PINPAD, tmp_path_factory.mktemp("libccid"), "libccid")


@pytest.fixture(scope="module")
def yubikey_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A reader whose name says what Yubico's tools look for."""
    model = replace(models.PLAIN, name="Yubico YubiKey OTP+FIDO+CCID")
    yield from _desk(model, tmp_path_factory.mktemp("yubikey"))


@pytest.fixture
def alice(desk: Desk) -> Iterator[Alice]:
    """Alice's card in the plain reader."""
    yield from _inserted(desk, "nist")


@pytest.fixture
def pinpad_alice(pinpad_desk: Desk) -> Iterator[Alice]:
    """Alice's card in the reader with a keypad."""
    yield from _inserted(pinpad_desk, "nist")


@pytest.fixture
def libccid_alice(libccid_desk: Desk) -> Iterator[Alice]:
    """Alice's card in the reader that libccid drives."""
    yield from _inserted(libccid_desk, "nist")


@pytest.fixture
def yubikey(yubikey_desk: Desk, request: pytest.FixtureRequest) -> Iterator[Alice]:
    """A card that Yubico's tools accept: the newest firmware for ykman.

    yubico-piv-tool 2.2 knows no AES management key, which firmware 5.7 has from the factory.
    """
    newest = "ykman" in request.fixturenames
    yield from _inserted(yubikey_desk, "yubikey", "5.7.2" if newest else "5.4.3")


def _inserted(desk: Desk, identity: str, firmware: str | None = None) -> Iterator[Alice]:
    alice = Alice(identity, firmware)
    desk.insert(alice.card)
    yield alice
    if any(slot.card is not None for slot in desk.reader.slots):
        desk.reader.eject()
