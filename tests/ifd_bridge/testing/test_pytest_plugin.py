from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.pcsc, pytest.mark.slow]

CARDS = """
import os
import pytest
from applets.hello import Hello
from vcard import Applet, Card, handles

SELECT = "00A404000AA00000006203010C0601"

class Broken(Applet):
    aid = b"broken"

    @handles(ins=0)
    def fail(self, command):
        raise ZeroDivisionError

def provoke(reader, connect):
    reader.insert(Card(Broken()))
    connection = connect()
    connection.transmit(b"\\0\\xa4\\4\\0\\6broken")
    assert connection.transmit("00000000") == bytes.fromhex("6F00")
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))

    def run(code: str, *options: str, **ini: str) -> pytest.RunResult:
        settings = "".join(f"{key} =\n  {value}\n" for key, value in ini.items())
        pytester.makeini(f"[pytest]\n{settings}")
        pytester.makepyfile(CARDS + code)
        return pytester.runpytest_subprocess("-p", "ifd_bridge.testing.pytest_plugin", *options)

    return run


def test_a_card_is_tested_through_pcsc(run) -> None:  # type: ignore[no-untyped-def]
    run("""
def test_hello(reader, connect):
    reader.insert(Card(Hello()))
    card = connect()
    assert card.atr[0] == 0x3B
    assert card.protocol == 2
    assert card.transmit(SELECT) == bytes.fromhex("9000")
    assert card.transmit("00000000") == b"Hello world!" + bytes.fromhex("9000")
    card.reset()
    assert card.transmit("00000000") == bytes.fromhex("6D00")
    with pytest.raises(RuntimeError):
        card.control(0x1234)

def test_the_reader_is_empty_again(reader, pcsc):
    assert reader.slots[0].card is None
    assert os.environ["PCSCLITE_CSOCK_NAME"] == pcsc.environ["PCSCLITE_CSOCK_NAME"]

@pytest.mark.parametrize("number", range(5))
def test_a_card_swapped_at_once_is_the_one_that_is_met(reader, connect, number):
    reader.insert(Card(Broken()))
    reader.eject()
    reader.insert(Card(Hello()))
    assert connect().transmit(SELECT) == bytes.fromhex("9000")
""").assert_outcomes(passed=7)


def test_a_fault_in_an_applet_fails_the_test_unless_it_is_expected(run) -> None:  # type: ignore[no-untyped-def]
    result = run("""
def test_fails(reader, connect):
    provoke(reader, connect)

@pytest.mark.vcard_faults
def test_is_expected(reader, connect):
    provoke(reader, connect)

def test_uses_nothing_of_ours():
    import logging
    logging.getLogger("vcard.card").error("not ours to judge")
""")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*an applet failed:*", "*ZeroDivisionError*"])


JUDGE = """
class Judge(Applet):
    aid = b"judge"

    @handles(ins=0)
    def fail(self, command):
        pytest.fail("the client must not send this")

    @handles(ins=1)
    def skip(self, command):
        pytest.skip("the client is too old")

    @handles(ins=2)
    def exit(self, command):
        raise SystemExit(3)

def sent(reader, connect, command):
    reader.insert(Card(Judge()))
    connection = connect()
    connection.transmit(b"\\0\\xa4\\4\\0\\5judge")
    connection.transmit(command)

def test_fails(reader, connect):
    sent(reader, connect, "00000000")
"""


def test_an_outcome_in_card_code_is_that_of_the_test(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        JUDGE
        + """
@pytest.mark.vcard_faults
def test_fails_where_faults_are_expected(reader, connect):
    sent(reader, connect, "00000000")

def test_skips(reader, connect):
    sent(reader, connect, "00010000")

@pytest.mark.vcard_faults
def test_exits(reader, connect):
    with pytest.raises(RuntimeError):
        sent(reader, connect, "00020000")

def test_after(reader, connect):
    reader.insert(Card(Hello()))
    assert connect().transmit(SELECT) == bytes.fromhex("9000")
"""
    )
    result.assert_outcomes(failed=2, skipped=1, passed=2)
    result.stdout.fnmatch_lines(["*Failed: the client must not send this*"])


@pytest.mark.libccid
def test_an_outcome_in_card_code_is_told_behind_another_driver(run) -> None:  # type: ignore[no-untyped-def]
    result = run(JUDGE, vcard_driver="libccid")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Failed: the client must not send this*"])


def test_readers_are_chosen_by_the_configuration(run) -> None:  # type: ignore[no-untyped-def]
    run(
        """
def test_two(readers, connect):
    assert [reader.model.name for reader in readers] == ["Mine", "Mine"]
    readers[1].insert(Card(Hello()))
    assert connect(readers[1]).transmit(SELECT) == bytes.fromhex("9000")
""",
        vcard_readers="plain?name=Mine\n  plain?name=Mine",
    ).assert_outcomes(passed=1)


def test_each_worker_of_xdist_has_a_world_of_its_own(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
@pytest.mark.parametrize("number", range(24))
def test_world(reader, connect, number, pcsc):
    reader.insert(Card(Hello()))
    assert connect().transmit(SELECT) == bytes.fromhex("9000")
    print(os.environ["PYTEST_XDIST_WORKER"], pcsc.environ["PCSCLITE_CSOCK_NAME"])
""",
        "-n",
        "8",
        "-rP",
    )
    result.assert_outcomes(passed=24)
    pairs = set(re.findall(r"^(gw\d+) (\S+)$", result.stdout.str(), re.MULTILINE))
    assert len({worker for worker, _ in pairs}) == len({socket for _, socket in pairs}) == 8


@pytest.mark.libccid
def test_the_setting_names_what_drives_the_readers(run) -> None:  # type: ignore[no-untyped-def]
    run(
        """
import pathlib

def test_driver(reader, connect, pcsc):
    directory = pathlib.Path(pcsc.environ["VCARD_CONTROL"]).parent
    assert (directory / "drivers/ifd-ccid.bundle").exists()
    reader.insert(Card(Hello()))
    assert connect().transmit(SELECT) == bytes.fromhex("9000")
""",
        vcard_driver="libccid",
    ).assert_outcomes(passed=1)


EARLY = """
from smartcard.scard import SCARD_SCOPE_USER, SCardEstablishContext
from smartcard.System import readers as listed
print("at import", SCardEstablishContext(SCARD_SCOPE_USER)[0])
"""


def test_a_context_made_while_a_module_is_imported_ruins_nothing(run) -> None:  # type: ignore[no-untyped-def]
    run(
        EARLY
        + """
def test_listed(reader, connect):
    reader.insert(Card(Hello()))
    assert connect().transmit(SELECT) == bytes.fromhex("9000")
    assert len(listed()) == 1
"""
    ).assert_outcomes(passed=1)


def test_readers_asked_for_while_a_module_is_imported_are_explained(run) -> None:  # type: ignore[no-untyped-def]
    told = run(EARLY + "listed()\ndef test_nothing(reader): pass")
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines("*virtual readers exist only where the fixture `pcsc`*")


def test_worlds_of_one_process_share_its_path(run) -> None:  # type: ignore[no-untyped-def]
    run("""
import unittest
from ifd_bridge import endpoint
from readers import CcidReader, models
from smartcard.System import readers

class Base:
    @classmethod
    def setUpClass(cls):
        cls.reader = CcidReader(models.PLAIN)
        cls.pcsc = endpoint(cls.reader)
        cls.pcsc.__enter__()
        os.environ.update(cls.pcsc.environ)
        cls.reader.insert(Card(Hello()))

    @classmethod
    def tearDownClass(cls):
        cls.pcsc.close()

    def test_it(self):
        card = readers()[0].createConnection()
        card.connect()
        assert card.transmit(list(bytes.fromhex(SELECT)))[1] == 0x90
        card.disconnect()

class TestA(Base, unittest.TestCase): pass
class TestB(Base, unittest.TestCase): pass
""").assert_outcomes(passed=2)


def test_a_package_of_the_project_that_hides_ours_is_named(
    run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    (pytester.path / "readers").mkdir()
    (pytester.path / "readers" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", f"{pytester.path}:{Path(__file__).parents[3]}")
    pytester.makepyfile("def test_it(reader): pass")
    told = pytester.runpytest_subprocess("-p", "ifd_bridge.testing.pytest_plugin")
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines("*readers has the name of a package of vcard-emulator*")
    told.stdout.fnmatch_lines(f"*rename {pytester.path}/readers*")


def test_a_card_is_seen_at_once_by_ones_own_client(run) -> None:  # type: ignore[no-untyped-def]
    run("""
from smartcard.System import readers

def test_it(reader):
    for _ in range(50):
        reader.insert(Card(Hello()))
        card = readers()[0].createConnection()
        card.connect()
        card.disconnect()
        reader.eject()
""").assert_outcomes(passed=1)
