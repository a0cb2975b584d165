from __future__ import annotations

import json
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from ifd_bridge.system.optional_packages import _source, pip_install


class Installed:
    def __init__(self, came: object) -> None:
        self.came = came

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self.came is None else json.dumps(self.came)


@pytest.mark.parametrize(
    ("came", "source"),
    [
        (None, "'vcard-emulator[piv]'"),
        ({"url": "https://example.org/vcard.whl"}, "'vcard-emulator[piv]'"),
        ({"url": "file:///my%20own/vcard", "dir_info": {}}, "'/my own/vcard[piv]'"),
    ],
)
def test_an_extra_comes_from_where_vcard_came(
    came: object, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _: Installed(came))
    assert _source("piv", tmp_path) == source


def test_where_nothing_is_installed_the_index_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(metadata, "distribution", metadata.Distribution.from_name)
    monkeypatch.setattr("ifd_bridge.system.optional_packages.DISTRIBUTION", "surely-not-there")
    assert _source("piv", tmp_path) == "'surely-not-there[piv]'"


def test_a_checkout_is_named_however_it_is_reached() -> None:
    assert pip_install("panel").endswith(f" install -e '{Path(__file__).parents[3]}[panel]'")


def test_the_pip_is_that_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/elsewhere/pip")
    assert pip_install("piv").startswith(f"{sys.executable} -m pip install ")
    monkeypatch.setattr(shutil, "which", lambda _: str(Path(sys.executable).with_name("pip")))
    assert pip_install("piv").startswith("pip install ")
