"""Unmodified programs use our readers and cards."""

import subprocess
from pathlib import Path

import pytest

from applets.catalogue import CARDS
from readers.models import PINPAD_DISPLAY, PLAIN
from tests.external.bench import PROGRAMS, Bench, need
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc

READER = "Virtual Reader 00 00"
ATR = "3B 87 80 01 80 65 76 63 61 72 64 81"
SELECT, HELLO = "00A404000AA00000006203010C0601", "00000000"


def test_scriptor_says_hello(hello):
    need("scriptor", "pcsc-tools")
    said = hello.run("scriptor", "-r", READER, typed=f"reset\n{SELECT}\n{HELLO}\n")
    assert f"< OK: {ATR}" in said
    assert "< 90 00 : Normal processing." in said
    assert "< 48 65 6C 6C 6F 20 77 6F 72 6C 64 21 90 00 : Normal processing." in said


def test_scriptor_runs_the_verify_script_of_the_test_applet(hello):
    need("scriptor", "pcsc-tools")
    script = [
        "reset",
        "00 A4 04 00 07 A0 00 00 00 18 FF 01",
        "00 20 00 00 00",
        "00 20 00 00 04 31 32 31 31",
        "00 20 00 00 00",
        "00 20 00 00 04 31 32 33 34",
        "00 40 00 00 09",
        "00 20 00 00 00",
    ]
    said = hello.run("scriptor", "-r", READER, typed="\n".join(script) + "\n")
    answers = [line[2:].split(" : ")[0].strip() for line in said.splitlines() if line[0:1] == "<"]
    assert answers[1:] == [
        "90 00",
        "63 C3",
        "6A 02",
        "63 C2",
        "90 00",
        "00 20 00 00 04 31 32 33 34 90 00",
        "63 C3",
    ]


def test_pcsc_scan_lists_the_reader(hello):
    need("pcsc_scan", "pcsc-tools")
    assert f"0: {READER}" in hello.run("pcsc_scan", "-n", "-r")


def test_pcsc_scan_sees_the_card_come_and_go():
    need("pcsc_scan", "pcsc-tools")
    with desk(PLAIN, CARDS["hello"](None, {})) as place:
        scan = Bench(place).start("pcsc_scan", "-n", "-q")
        try:
            wait_for(scan, "Card inserted")
            wait_for(scan, f"ATR: {ATR}")
            place.reader.eject()
            wait_for(scan, "Card removed")
        finally:
            scan.kill()
            scan.communicate()


def wait_for(process, words):
    """Read until a line has `words`; the test's own time-out is the end."""
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"it ended without saying {words!r}")


def test_opensc_tool_sees_and_says_hello(hello):
    need("opensc-tool", "opensc")
    assert READER in hello.run("opensc-tool", "-l")
    assert ATR.replace(" ", ":").lower() in hello.run("opensc-tool", "-a")
    said = hello.run("opensc-tool", "-s", SELECT, "-s", HELLO + "00")
    assert said.count("Received (SW1=0x90, SW2=0x00)") == 2
    assert "Hello world!" in said


def test_opensc_sees_the_keypad():
    need("opensc-tool", "opensc")
    with desk(PINPAD_DISPLAY) as place:
        assert "PIN pad" in Bench(place).run("opensc-tool", "-l")


def test_pyscard_says_hello(hello):
    said = hello.python("hello.py").splitlines()
    assert said == [READER, ATR, " 9000", "Hello world! 9000"]


def test_c_says_hello_by_both_protocols(hello, compiled):
    said = hello.run(compiled("hello")).splitlines()
    assert said == [
        READER,
        "T=0  9000",
        "T=0 Hello world! 9000",
        "T=1  9000",
        "T=1 Hello world! 9000",
    ]


def test_c_is_told_how_long_an_answer_is_that_has_no_room(compiled):
    with desk(PLAIN, CARDS["random"](None, {})) as place:
        said = Bench(place).run(compiled("short_buffer")).splitlines()
    assert said == [
        "2: 80100008 34 intact",
        "33: 80100008 34 intact",
        "34: 00000000 34 intact",
        "200: 00000000 34 intact",
    ]


def test_perl_says_hello(hello):
    perl = need("perl", "perl")
    probe = subprocess.run([perl, "-MChipcard::PCSC", "-e", "1"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("Chipcard::PCSC is missing: apt install libpcsc-perl")
    said = hello.run(perl, PROGRAMS / "hello.pl").splitlines()
    assert said == [READER, " 9000", "Hello world! 9000"]


def test_java_says_hello():
    java = need("java", "default-jdk-headless")
    need("javac", "default-jdk-headless")
    library = next(Path("/usr/lib").glob("*/libpcsclite.so.1"), None)
    assert library, "libpcsclite.so.1 is missing: apt install libpcsclite1"
    with desk(PLAIN, CARDS["hello"](None, {})) as place:
        said = Bench(place).run(
            java, f"-Dsun.security.smartcardio.library={library}", PROGRAMS / "Hello.java"
        )
    atr = ATR.replace(" ", "").lower()
    assert said.splitlines() == [
        READER,
        f"T=0 {atr}",
        "9000 9000 Hello world!",
        "channel 1 9000",
        f"T=1 {atr}",
        "9000 9000 Hello world!",
        "channel 1 9000",
        "still there",
    ]
