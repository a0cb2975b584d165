"""A bench with a security key on the plain reader."""

import shutil
import sys
from pathlib import Path

import pytest

from applets.fido2 import Fido2
from applets.fido2.fido2 import DEFAULT_ATR
from readers.models import PLAIN
from tests.external.bench import Bench
from tests.external.fido2.management import Management
from tests.kits.pcsc.desk import desk
from vcard import Card


@pytest.fixture
def key(fido2_application):
    """A bench for programs that talk to the application."""
    card = Card(fido2_application, Management(), atr=DEFAULT_ATR)
    with desk(PLAIN, card) as place:
        yield Bench(place)


@pytest.fixture
def fido2_application():
    """A new authenticator."""
    return Fido2()


@pytest.fixture
def ykman(key, tmp_path):
    """Runs `ykman fido` with some arguments."""
    found = shutil.which("ykman", path=str(Path(sys.executable).parent)) or shutil.which("ykman")
    if found is None:
        pytest.skip("ykman is missing: pip install yubikey-manager")
    # ykman ends other programs that might hold the card: it is given nothing to end them with.
    (tmp_path / "pkill").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "pkill").chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"

    def run(*command, **more):
        return key.run(found, "--reader", "Virtual", "fido", *command, PATH=path, **more)

    return run
