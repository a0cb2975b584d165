from __future__ import annotations

import pytest

from applets.hello import Hello
from tests.applets.globalplatform.conftest import INSTANCE, MODULE, PACKAGE, Desk, Personal
from vcard.tlv import parse_all

ISD = "4F08A000000151000000"


def test_the_domain_has_an_entry(desk: Desk) -> None:
    entry = f"{ISD}9F70010FC5039EFE80"
    assert desk.send("80F28002", "4F00") == f"E313{entry}9000"
    assert desk.send("80F28002", "4F00 5C054F9F70C5CC") == f"E313{entry}9000"
    assert desk.send("80F28002", "4F00 5C014F") == f"E30A{ISD}9000"
    assert desk.send("80F28000", "4F00") == "08A0000001510000000F9E9000"


def test_applications_are_those_of_the_card(desk: Desk) -> None:
    desk.load()
    desk.install()
    raw = bytes.fromhex(desk.send("80F24002", "4F00"))
    entries = {item.children[0].value: item for item in parse_all(raw[:-2])}
    assert set(entries) == {Hello.aid, Personal.aid, INSTANCE}
    made = {child.tag: child.value for child in entries[INSTANCE].children}
    assert made[0xC4] == PACKAGE
    assert made[0x9F70] == b"\7"
    legacy = desk.send("80F24000", b"\x4f" + bytes((len(INSTANCE),)) + INSTANCE)
    assert legacy == f"{len(INSTANCE):02X}{INSTANCE.hex().upper()}07009000"


def test_load_files_are_listed_with_and_without_modules(desk: Desk) -> None:
    assert desk.send("80F22002", "4F00") == "6A88"
    desk.load()
    without = f"4F07{PACKAGE.hex().upper()}9F700101CE020102"
    domain = "CC08A000000151000000"
    assert desk.send("80F22002", "4F00") == f"E31B{without}{domain}9000"
    module = f"8408{MODULE.hex().upper()}"
    assert desk.send("80F21002", "4F00") == f"E325{without}{module}{domain}9000"
    package = f"07{PACKAGE.hex().upper()}0100"
    assert desk.send("80F22000", "4F00") == f"{package}9000"
    assert desk.send("80F21000", "4F00") == f"{package}0108{MODULE.hex().upper()}9000"


def test_a_search_finds_what_begins_with_the_name(desk: Desk) -> None:
    assert desk.send("80F24002", "4F02F076").count("E3") == 1
    assert desk.send("80F24002", "4F02FFFF") == "6A88"


def test_a_long_list_comes_in_pages(desk: Desk) -> None:
    desk.load()
    for number in range(12):
        assert desk.install(INSTANCE + bytes((number,))) == "009000"
    first = desk.send("80F24002", "4F00")
    assert first.endswith("6310")
    pages = [first]
    while pages[-1].endswith("6310"):
        pages.append(desk.send("80F24003", "4F00"))
    entries = [item for page in pages for item in parse_all(bytes.fromhex(page)[:-2])]
    assert len(entries) == 14
    assert desk.send("80F24003", "4F00") == "6985"
    assert desk.send("80F28003", "4F00") == "6985"


@pytest.mark.parametrize(
    ("header", "data", "word"),
    [("80F20002", "4F00", "6A86"), ("80F28004", "4F00", "6A86"), ("80F28002", "", "6A80"),
     ("80F28002", "5C00", "6A80"), ("80F28002", "4F", "6A80")],
)  # fmt: skip
def test_a_wrong_question_is_refused(desk: Desk, header: str, data: str, word: str) -> None:
    assert desk.send(header, data) == word


def test_status_needs_a_session(desk: Desk) -> None:
    desk.select()
    assert desk.plain("80F28002024F0000") == "6982"
    assert desk.plain("80F0807F") == "6982"


def test_an_application_is_locked_and_unlocked(desk: Desk) -> None:
    aid = Hello.aid
    assert desk.send("80F04080", aid) == "9000"
    assert desk.select(aid) == "6A82"
    desk.open()
    assert desk.send("80F24002", b"\x4f\x0a" + aid).find("9F700187") > 0
    assert desk.send("80F04000", aid) == "9000"
    assert desk.send("80F0400F", aid) == "9000"
    assert desk.send("80F04007", aid) == "6985"
    assert desk.send("80F04003", aid) == "6985"
    assert desk.select(aid) == "9000"


@pytest.mark.parametrize(
    ("header", "data", "word"),
    [("80F04080", "F0766361726499", "6A88"), ("80F02080", "F0", "6A86"), ("80F08001", "", "6985"),
     ("80F08055", "", "6A80"), ("80F0800F", "", "6985")],
)  # fmt: skip
def test_a_wrong_state_is_refused(desk: Desk, header: str, data: str, word: str) -> None:
    assert desk.send(header, data) == word
