from __future__ import annotations

from pathlib import Path

import pytest

from ifd_bridge.cards.opening import open_card
from ifd_bridge.spec import SpecError
from tests.kits.bridge.greeting import greeting

CARD = """
from vcard import Applet, handles

class Options(Applet):
    aid = b"12345"

    def __init__(self, options):
        self.options = options

    @handles(ins=0)
    def tell(self, command):
        return ",".join(sorted(self.options)).encode()

def anything(**options):
    return Options(options)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mycards.py"
    path.write_text(CARD)
    return path


def test_a_toml_file_holds_card_and_options(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(f'card = "{file}:anything"\nb = true\nc = [1, 2]\n[deep]\nd = 4\n')
    assert greeting(str(path)) == b"b,c,deep.d"
    assert greeting(f"{path}?a=1") == b"a,b,c,deep.d"


@pytest.mark.parametrize("text", ["x = 1", "card = ", "\udcff"])
def test_a_toml_file_without_a_card_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SpecError, match=r"my\.toml"):
        open_card(str(path))
