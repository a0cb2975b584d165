from __future__ import annotations

import pytest

from applets.globalplatform.packages import write_load_file
from applets.globalplatform.registry import LoadFile
from applets.hello import Hello
from tests.applets.globalplatform.conftest import (
    FILE,
    INSTANCE,
    MODULE,
    PACKAGE,
    Desk,
    make_desk,
)


def named(aid: bytes, *rest: bytes) -> bytes:
    return b"".join(bytes((len(field),)) + field for field in (aid, *rest))


def test_a_package_is_loaded_an_application_made_and_both_deleted(desk: Desk) -> None:
    assert desk.load() == "009000"
    assert desk.install() == "009000"
    assert desk.select(INSTANCE) == "9000"
    desk.open()
    assert desk.send("80E40000", b"\x4f\x07" + PACKAGE) == "6985"
    assert desk.send("80E40000", b"\x4f\x09" + INSTANCE) == "009000"
    assert desk.send("80E40000", b"\x4f\x09" + INSTANCE) == "6A88"
    desk.install()
    assert desk.send("80E40080", b"\x4f\x07" + PACKAGE) == "009000"
    assert desk.select(INSTANCE) == "6A82"
    assert len(desk.card.applets) == 3
    assert not [name for name in desk.card.memory if INSTANCE.hex() in name.lower()]


def test_a_load_may_come_in_blocks(desk: Desk) -> None:
    raw = write_load_file(FILE)
    assert desk.send("80E60200", named(PACKAGE, desk.isd.own_aid, b"", b"", b"")) == "009000"
    for at in range(0, len(raw), 8):
        last = 0x80 if at + 8 >= len(raw) else 0
        answer = desk.send(f"80E8{last:02X}{at // 8:02X}", raw[at : at + 8])
        assert answer == ("009000" if last else "9000")
    assert desk.isd.registry.load_file(PACKAGE) == FILE


def test_an_application_may_be_made_selectable_later(desk: Desk) -> None:
    desk.load()
    assert desk.install(p1=0x04) == "009000"
    assert desk.select(INSTANCE) == "6A82"
    desk.open()
    data = named(b"", b"", INSTANCE, b"\0", b"", b"")
    assert desk.send("80E60800", data) == "009000"
    assert desk.send("80E60800", data) == "6985"
    assert desk.send("80E60800", named(b"", b"", b"12345", b"\0", b"", b"")) == "6A88"
    assert desk.select(INSTANCE) == "9000"


def test_an_application_without_a_name_has_that_of_its_module(desk: Desk) -> None:
    desk.load()
    assert desk.install(b"") == "009000"
    assert desk.select(MODULE) == "9000"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ((b"12345", MODULE, INSTANCE, b"\0", b"", b""), "6A88"),
        ((PACKAGE, b"12345", INSTANCE, b"\0", b"", b""), "6A88"),
        ((PACKAGE, MODULE, b"1234", b"\0", b"", b""), "6A80"),
        ((PACKAGE, MODULE, Hello.aid, b"\0", b"", b""), "6A80"),
        ((PACKAGE, MODULE, INSTANCE, b"\0\0", b"", b""), "6A80"),
        ((PACKAGE, MODULE, INSTANCE, b"\0"), "6A80"),
    ],
)
def test_a_wrong_installation_is_refused(desk: Desk, fields: tuple[bytes, ...], word: str) -> None:
    desk.load()
    assert desk.send("80E60C00", named(*fields)) == word
    assert len(desk.card.applets) == 3


@pytest.mark.parametrize(
    ("header", "word"), [("80E60100", "6A86"), ("80E60C01", "6A86"), ("80E64000", "6A86")]
)
def test_an_installation_for_something_else_is_refused(desk: Desk, header: str, word: str) -> None:
    assert desk.send(header, bytes(6)) == word


def test_an_application_stays_in_this_domain(desk: Desk) -> None:
    data = (desk.isd.own_aid, b"", Hello.aid, b"", b"", b"")
    assert desk.send("80E61000", named(*data)) == "009000"
    assert desk.send("80E61000", named(b"12345", *data[1:])) == "6A88"


def test_a_load_needs_leave_a_free_name_and_our_domain(desk: Desk) -> None:
    assert desk.send("80E60200", named(Hello.aid, b"", b"", b"", b"")) == "6A80"
    assert desk.send("80E60200", named(b"1234", b"", b"", b"", b"")) == "6A80"
    assert desk.send("80E60200", named(PACKAGE, b"12345", b"", b"", b"")) == "6A88"
    assert desk.load() == "009000"
    assert desk.send("80E60200", named(PACKAGE, b"", b"", b"", b"")) == "6A80"
    plain = make_desk(loadable={})
    plain.open()
    assert plain.send("80E60200", named(PACKAGE, b"", b"", b"", b"")) == "6A81"


def test_a_load_follows_its_installation_in_order(desk: Desk) -> None:
    assert desk.send("80E88000", "C400") == "6985"
    for header in ("80E80001", "80E84000"):
        desk.send("80E60200", named(PACKAGE, b"", b"", b"", b""))
        assert desk.send(header, "C400") == "6A86"
        assert desk.send("80E88000", "C400") == "6985"


def test_foreign_code_is_refused(desk: Desk) -> None:
    for raw in (
        "C4 0A DECAFFED010204000107",
        "C4 00",
        "FF",
        write_load_file(LoadFile(PACKAGE, b"\1\0", {MODULE: "os"})).hex(),
        write_load_file(LoadFile(b"12345", b"\1\0", {MODULE: "hello"})).hex(),
    ):
        desk.send("80E60200", named(PACKAGE, b"", b"", b"", b""))
        assert desk.send("80E88000", raw) == "6A80"
    assert list(desk.isd.registry.load_files()) == []


def test_a_load_has_an_end(desk: Desk) -> None:
    desk.send("80E60200", named(PACKAGE, b"", b"", b"", b""))
    words = [desk.send(f"80E800{n & 0xFF:02X}", bytes(220)) for n in range(298)]
    assert words[-1] == "6A84"
    assert set(words[:-1]) == {"9000"}


def test_what_was_on_the_card_from_the_start_cannot_be_deleted(desk: Desk) -> None:
    for aid in (Hello.aid, desk.isd.own_aid):
        assert desk.send("80E40000", b"\x4f" + bytes((len(aid),)) + aid) == "6985"


def test_a_locked_card_has_no_content_management(desk: Desk) -> None:
    desk.send("80F0807F")
    for header in ("80E60200", "80E88000", "80E40000"):
        assert desk.send(header, "4F00") == "6A81"


def test_content_needs_a_session(desk: Desk) -> None:
    desk.select()
    for command in ("80E60200014F", "80E88000014F", "80E40000014F"):
        assert desk.plain(command) == "6982"


def test_an_applet_whose_other_names_are_taken_is_refused(desk: Desk) -> None:
    assert desk.load(LoadFile(PACKAGE, b"\1\0", {MODULE: "pin-dump"})) == "009000"
    assert desk.install() == "009000"
    assert desk.install(INSTANCE + b"\2") == "6A80"
    assert desk.isd.registry.instance(INSTANCE + b"\2") is None
