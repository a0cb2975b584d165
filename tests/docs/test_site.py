"""The documentation's site: it builds strictly, with a page for every part of the code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from applets import catalogue
from applets.fido2.codes import Status
from docs.hooks import api, navigation, tables
from docs.hooks.command_line import command_line, prose
from docs.hooks.site import MERMAID
from ifd_bridge.cli import COMMANDS
from readers.models import MODELS
from tests.source import ROOT

FETCHED = re.compile(
    r'<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)="(https?://[^"]+)'
)
UNSEEN = {"models", "tlv", "OK", "CANCEL", "CLEAR", "BACKSPACE"}
"""Names that modules have as well, and those of one assignment to several."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    place = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(place)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(site: Path) -> None:
    assert (site / "index.html").exists()


@pytest.mark.slow
def test_nothing_on_it_is_fetched_from_elsewhere(site: Path) -> None:
    fetched = re.compile(
        r"""<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)="(https?://[^"]+)"""
    )
    assert {
        url for page in site.rglob("*.html") for url in fetched.findall(page.read_text())
    } == set()


@pytest.mark.slow
@pytest.mark.skipif(not MERMAID.is_file(), reason="mermaid is missing: no npm")
def test_diagrams_are_drawn_without_a_network(site: Path) -> None:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromedriver = shutil.which("chromedriver")
    if chromedriver is None:
        pytest.skip("chromium-driver is missing")
    from selenium.webdriver.support.ui import WebDriverWait

    count = (ROOT / "docs/explanation/states.md").read_text().count("```mermaid")
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(f"--{argument}")
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver)) as driver:
        driver.get((site / "explanation/states.html").as_uri())
        drawn = "return [...document.querySelectorAll('div.mermaid')].map(one => one.offsetHeight)"
        WebDriverWait(driver, 30).until(lambda _: len(driver.execute_script(drawn)) == count)
        assert all(height > 100 for height in driver.execute_script(drawn))


@pytest.mark.slow
def test_what_is_public_has_its_docstrings_on_it(site: Path) -> None:
    for name in api.packages():
        text = (site / f"reference/api/{name}.html").read_text()
        path = ROOT / Path(*name.split(".")) / "__init__.py"
        missing = [one for one in api.exported(path) if f'id="{name}.{one}"' not in text]
        assert {*missing} <= UNSEEN, name


def test_the_command_line_has_all_commands() -> None:
    page = "\n".join(command_line())
    assert [name for name in COMMANDS if f"## vcard {name}\n" not in page] == []


def test_examples_and_lists_keep_their_lines() -> None:
    text = "Do it.\n\n\b\nExamples:\n  vcard a\n  vcard b"
    assert prose(text) == "Do it.\n\nExamples:\n\n```text\nvcard a\nvcard b\n```\n"


def test_statuses_are_called_by_their_numbers_on_every_page() -> None:
    named = re.compile(r"\b([A-Z][A-Z_]+[A-Z]) \(([0-9A-F]{2})\)")
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    told = [pair for page in pages for pair in named.findall(page.read_text())]
    found = [pair for pair in told if "_" in pair[0]]
    assert len(found) > 10
    wrong = [pair for pair in found if Status.__members__.get(pair[0]) != int(pair[1], 16)]
    assert wrong == []
    assert all(f"`{name}`" in "\n".join(tables.fido_statuses()) for name in Status.__members__)


def test_the_tables_have_everything() -> None:
    readers, cards = "\n".join(tables.readers()), "\n".join(tables.cards())
    assert [name for name in MODELS if f"| `{name}` |" not in readers] == []
    assert [name for name in catalogue.CARDS if f"## {name}\n" not in cards] == []
    assert all("\n" in "\n".join(page()) for page in tables.PAGES.values())


def test_a_new_page_finds_its_place() -> None:
    nav = navigation.navigation(["index.md", "fleet.md", "how-to/ci.md", "reference/api/index.md"])
    assert nav == [
        "index.md",
        {"Tutorials": []},
        {"How to": ["how-to/ci.md", "fleet.md"]},
        {"Reference": [{"Python": ["reference/api/index.md"]}]},
        {"Explanation": []},
    ]
