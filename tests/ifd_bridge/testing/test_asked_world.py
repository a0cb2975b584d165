"""Worlds requested by tests."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.pcsc, pytest.mark.slow]

MARKED = """
import pytest
from readers.models import PLAIN

def names(pcsc):
    return [reader.model.name for reader in pcsc.readers]

def test_unmarked(pcsc):
    assert names(pcsc) == ["Virtual PIN Pad Reader"] or len(pcsc.readers) == 1
    assert pcsc.readers[0].model.has_pinpad

@pytest.mark.vcard(readers=["two-slot", "plain"], driver="libccid")
def test_marked(pcsc, readers, connect):
    assert len(readers) == 2
    readers[1].insert(__import__("applets.hello").hello.Hello())
    assert connect(readers[1]).atr[0] == 0x3B

@pytest.mark.vcard(readers=[PLAIN])
class TestClass:
    def test_one(self, reader):
        assert reader.model is PLAIN

    def test_two(self, pcsc):
        assert len(pcsc.readers) == 1

def test_unmarked_again(reader):
    assert reader.model.has_pinpad
"""
WORLD = """
[[reader]]
model = "two-slot"
cards = ["hello", "random"]
"""
FILLED = """
import pytest

def test_cards_are_in(readers, connect):
    assert connect(slot=1).atr[0] == 0x3B
    readers[0].eject(0)

def test_cards_are_in_again(readers, connect):
    assert connect(slot=0).transmit("00A404000AA00000006203010C0601") == b"\\x90\\0"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, pytestconfig):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))

    def run(code: str, *options: str, ini: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(code)
        return pytester.runpytest_subprocess("-p", "ifd_bridge.testing.pytest_plugin", *options)

    return run


def test_a_marked_test_has_a_world_of_its_kind(run) -> None:  # type: ignore[no-untyped-def]
    result = run(MARKED, "-v")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["*::test_marked PASSED*"])


def test_a_file_says_what_every_test_finds(run, pytester: pytest.Pytester) -> None:  # type: ignore[no-untyped-def]
    (pytester.path / "world.toml").write_text(WORLD)
    run(FILLED, ini="vcard_world = world.toml").assert_outcomes(passed=2)


def test_a_marker_names_a_file(run, pytester: pytest.Pytester) -> None:  # type: ignore[no-untyped-def]
    (pytester.path / "world.toml").write_text(WORLD)
    marked = FILLED.replace("import pytest", "import pytest\npytestmark = MARK")
    mark = "pytest.mark.vcard(world='world.toml')"
    run(marked.replace("MARK", mark)).assert_outcomes(passed=2)


def test_what_a_marker_does_not_take_is_told(run, pytester: pytest.Pytester) -> None:  # type: ignore[no-untyped-def]
    (pytester.path / "bad.toml").write_text("colour = 1")
    for marker, message in (
        ("vcard(colour='red')", "the marker vcard takes readers="),
        ("vcard('plain')", "the marker vcard takes readers="),
        ("vcard(world='x', driver='bridge')", "the marker vcard takes world=, or"),
        ("vcard(world='bad.toml')", "no key is called 'colour'"),
    ):
        code = f"import pytest\n@pytest.mark.{marker}\ndef test_it(pcsc): pass"
        assert message in run(code).stdout.str() + run(code).stderr.str()
