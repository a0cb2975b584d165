from __future__ import annotations

import pytest

from applets.shared.secure_channel import curves
from applets.shared.secure_channel.keys import Key, KeyType
from tests.applets.globalplatform.conftest import Desk, make_desk
from tests.kits.secure_channel import Host

NEW = bytes(range(0x10, 0x20))


def key_data(host: Host, key: Key, *, prefixed: bool = False, check: bytes | None = None) -> bytes:
    wrapped = host.wrap_key(key.value)
    if prefixed:
        wrapped = bytes((len(key.value),)) + wrapped
    check = key.check_value if check is None else check
    return bytes((key.kind, len(wrapped))) + wrapped + bytes((len(check),)) + check


def put_set(desk: Desk, header: str, kvn: int, kind: KeyType = KeyType.AES, **how: bool) -> str:
    key = Key(kind, NEW)
    return desk.send(header, bytes((kvn,)) + key_data(desk.host, key, **how) * 3)  # type: ignore[arg-type] # by name


@pytest.mark.parametrize("prefixed", [False, True])
def test_a_new_set_opens_sessions(desk: Desk, prefixed: bool) -> None:
    check = Key(KeyType.AES, NEW).check_value.hex().upper()
    assert put_set(desk, "80D80081", 0x31, prefixed=prefixed) == "31" + check * 3 + "9000"
    desk.host = Host(desk.exchange, key=NEW, kvn=0x31)
    desk.open()
    assert desk.send("80CA00CF").endswith("9000")


def test_a_set_of_scp02_is_put_under_the_sessions_dek() -> None:
    desk = make_desk((2, 0x55))
    desk.open(0x03)
    check = Key(KeyType.DES, NEW).check_value.hex().upper()
    assert put_set(desk, "80D80081", 0x21, KeyType.DES) == "21" + check * 3 + "9000"
    desk.host = Host(desk.exchange, key=NEW, kvn=0x21)
    desk.open(0x03)


def test_replaced_keys_are_gone(desk: Desk) -> None:
    assert put_set(desk, "80D83081", 0x31).endswith("9000")
    assert desk.isd.domain.keys.find(kvn=0x30) == []
    assert put_set(desk, "80D83181", 0x31).endswith("9000")
    assert desk.isd.domain.count(0x31) == 0
    assert put_set(desk, "80D84081", 0x31) == "6A88"
    assert put_set(desk, "80D80081", 0x31) == "6A80"


def test_the_factorys_keys_end_with_the_first_set() -> None:
    desk = make_desk(kvn=0xFF)
    desk.isd.domain.keys.put(0xFF, 5, Key(KeyType.TLS_PSK, NEW))
    desk.open()
    assert put_set(desk, "80D80081", 0x30).endswith("9000")
    assert desk.isd.domain.keys.find(kvn=0xFF) == [(0xFF, 5)]


def test_a_single_key_is_put_by_identifier(desk: Desk) -> None:
    psk = Key(KeyType.TLS_PSK, NEW)
    assert desk.send("80D80005", b"\x40" + key_data(desk.host, psk)) == "409000"
    assert desk.isd.domain.keys.get(0x40, 5) == psk
    two = b"\x41" + key_data(desk.host, psk) * 2
    assert desk.send("80D80005", two) == "6A80"


def test_keys_for_scp11_are_put_and_made(desk: Desk) -> None:
    private, point = curves.generate(0)
    wrapped = desk.host.wrap_key(private.value)
    assert desk.send("80D80013", b"\x01\xb1\x20" + wrapped + b"\xf0\x01\0\0") == "019000"
    assert desk.isd.domain.keys.get(1, 0x13) == private
    assert desk.send("80D80010", b"\x01\xb0\x41" + point + b"\xf0\x01\0\0") == "019000"
    made = desk.send("80F10111", "02F0010000")
    assert made == "6A88"
    made = desk.send("80F10011", "02F0010000")
    assert (made[:6], made[-4:], len(made)) == ("B04104", "9000", 138)
    key = desk.isd.domain.keys.get(2, 0x11)
    assert key is not None
    public = curves.point_of(curves.private_key(key).public_key())
    assert made[4:-4] == public.hex().upper()


@pytest.mark.parametrize("data", ["", "02F001", "00F00100", "02F00104", "02F10100"])
def test_a_wrong_request_makes_no_key(desk: Desk, data: str) -> None:
    assert desk.send("80F10011", data) == "6A80"


def wrong_keys(host: Host) -> list[bytes]:
    aes = Key(KeyType.AES, NEW)
    right = key_data(host, aes)
    return [
        b"",
        b"\x31",
        b"\0" + right,
        b"\x80" + right,
        b"\x31" + right[:-1],
        b"\x31" + right[:10],
        b"\x31\x99" + right[1:],
        b"\x31" + key_data(host, aes, check=b"\0\0\0"),
        b"\x31\x88\x08" + bytes(8) + b"\0",
        b"\x31\x88\x00\0",
        b"\x31\xb0\x41\4" + bytes(64) + b"\xf0\x01\0\0",
        b"\x31\xb1\x20" + bytes(32) + b"\xf0\x01\x04\0",
        b"\x31\xf0\x01\0\0",
        b"\x31\x88\x11\x10" + bytes(15) + b"\0",
    ]


@pytest.mark.parametrize("case", range(14))
def test_a_broken_key_is_refused(desk: Desk, case: int) -> None:
    before = list(desk.isd.domain.keys)
    assert desk.send("80D80081", wrong_keys(desk.host)[case]) == "6A80"
    assert list(desk.isd.domain.keys) == before


def test_keys_need_a_session(desk: Desk) -> None:
    desk.select()
    for command in ("80D80081013100", "80F1001104 02F00100", "80E4000003D20130"):
        assert desk.plain(command) == "6982"


def test_keys_are_deleted_by_version_identifier_or_both(desk: Desk) -> None:
    put_set(desk, "80D80081", 0x31)
    desk.send("80D80005", b"\x40" + key_data(desk.host, Key(KeyType.TLS_PSK, NEW)))
    assert desk.send("80E40000", "D00105") == "009000"
    assert desk.send("80E40000", "D00105") == "6A88"
    assert desk.send("80E40000", "D20131") == "009000"
    assert desk.send("80E40000", "D00101D20130") == "6985"
    assert desk.send("80E40001", "D00101D20130") == "009000"
    assert desk.isd.domain.keys.find(kid=1) == []


@pytest.mark.parametrize("data", ["", "D000", "D0020101", "D30101", "D2"])
def test_a_deletion_must_name_something(desk: Desk, data: str) -> None:
    assert desk.send("80E40000", data) == "6A80"
