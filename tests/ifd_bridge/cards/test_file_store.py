import hashlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.cards.file_store import APPLICATION_ID, FORMAT, FileStore, StoreError, pack, unpack
from vcard.memory import DELETED, Memory

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "card.vcard"


@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    back = unpack(pack(value))
    assert (back, type(back)) == (value, type(value))


@given(st.binary(max_size=30))
def test_any_bytes_are_a_value_or_a_value_error(raw):
    try:
        unpack(raw)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("value", [2**64, {1, 2}])
def test_what_cannot_be_kept_is_refused(value):
    with pytest.raises(ValueError, match="cannot be kept"):
        pack(value)


def test_a_new_file_is_empty_and_private(path):
    with FileStore(path) as store:
        assert store.load() == {}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_committed_is_there_the_next_time(path):
    with FileStore(path) as store:
        store.commit({"a": 1, "b": (b"x", None), "c": "gone"})
        store.commit({"a": 2, "c": DELETED})
    with FileStore(path) as store:
        assert store.load() == {"a": 2, "b": (b"x", None)}


def test_a_cards_memory_can_live_in_it(path):
    with FileStore(path) as store:
        Memory(store)["pin/tries"] = 2
    with FileStore(path) as store:
        assert Memory(store)["pin/tries"] == 2


def test_a_second_opener_is_told_and_the_first_goes_on(path):
    with FileStore(path) as first:
        first.commit({"a": 1})
        with pytest.raises(StoreError, match="open in another process"):
            FileStore(path)
        first.commit({"a": 2})
    with FileStore(path) as store:
        assert store.load() == {"a": 2}


def test_closing_twice_does_no_harm_and_use_after_it_is_an_error(path):
    store = FileStore(path)
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.load()


def refused(path, words):
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(StoreError, match=words):
        FileStore(path)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"hello", b"x" * 5000, b"SQLite format 3\0", bytes(100)])
def test_a_foreign_file_is_refused_and_untouched(path, content):
    path.write_bytes(content)
    refused(path, "is not a card's memory")


def test_a_foreign_database_is_refused_and_untouched(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.close()
    refused(path, "is not a card's memory")


def test_a_newer_format_is_refused_and_untouched(path):
    FileStore(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    db.close()
    refused(path, "upgrade")


def test_a_file_without_the_table_is_refused_and_untouched(path):
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("CREATE TABLE other (x)")
    db.close()
    refused(path, "damaged")


@pytest.mark.parametrize("packed", [b"\xc1", b"", b"\x93\x01", None])
def test_a_value_that_is_none_is_refused_and_the_file_untouched(path, packed):
    with FileStore(path) as store:
        store.commit({"a": 1})
    db = sqlite3.connect(path)
    db.execute("UPDATE memory SET value = ?", (packed,))
    db.commit()
    db.close()
    refused(path, "damaged")


def test_damage_in_the_middle_is_refused_and_the_file_untouched(path):
    with FileStore(path) as store:
        store.commit({f"name{n}": bytes(500) for n in range(100)})
    raw = bytearray(path.read_bytes())
    for page in range(1, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(raw)
    refused(path, "damaged")


def test_a_cut_file_is_refused_and_untouched(path):
    with FileStore(path) as store:
        store.commit({f"name{n}": bytes(500) for n in range(100)})
    path.write_bytes(path.read_bytes()[:6000])
    refused(path, "damaged")


def test_a_place_that_cannot_be_read_is_explained(tmp_path):
    with pytest.raises(StoreError, match="cannot be read"):
        FileStore(tmp_path)


def test_a_full_disk_is_an_os_error_and_the_old_state_stays(path):
    with FileStore(path) as store:
        store.commit({"a": 1})
        store._db.execute("PRAGMA max_page_count = 3")
        with pytest.raises(OSError, match="cannot write"):
            store.commit({"a": 2, "big": bytes(100000)})
        assert store.load() == {"a": 1}


WRITER = """
import sys
from pathlib import Path
from ifd_bridge.cards.file_store import FileStore
store = FileStore(Path(sys.argv[1]))
n = store.load().get("first", 0)
while True:
    n += 1
    print("go", flush=True)
    store.commit({"first": n, "bulk": bytes([n % 256]) * 20000, "last": n})
"""


@pytest.mark.slow
def test_after_a_kill_the_state_is_that_before_or_after_a_commit(path):
    for commits in (1, 3, 4):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            for _ in range(commits):
                assert writer.stdout.readline() == b"go\n"
            os.kill(writer.pid, signal.SIGKILL)
        with FileStore(path) as store:
            state = store.load()
        assert state.get("first") == state.get("last")
        assert state.get("bulk", b"")[:1] == bytes([state.get("first", 0) % 256])[: len(state)]


def test_msgpack_is_what_lies_in_the_file(path):
    with FileStore(path) as store:
        store.commit({"a": (1, b"x")})
    db = sqlite3.connect(path)
    [(raw,)] = db.execute("SELECT value FROM memory").fetchall()
    db.close()
    assert msgpack.unpackb(raw) == [1, b"x"]


VALUES_KEPT = {"app/number": 7, "app/text": "a" * 300, "app/parts": (b"x" * 40, None, True)}


@pytest.mark.slow
def test_a_byte_that_changes_is_seen_or_changes_nothing(path):
    with FileStore(path) as store:
        store.commit(VALUES_KEPT)
    raw = path.read_bytes()
    refusals = 0
    for place in range(0, len(raw), 5):
        changed = bytearray(raw)
        changed[place] ^= 0x01 << place % 8
        path.write_bytes(changed)
        try:
            with FileStore(path) as store:
                assert store.load() == VALUES_KEPT, place
        except StoreError:
            refusals += 1
    assert refusals > 20


@pytest.mark.parametrize(
    "change", ["value = x'02'", "name = 'app/other'", "sum = sum + 1", "sum = NULL"]
)
def test_a_value_that_is_not_the_one_committed_is_refused(path, change):
    with FileStore(path) as store:
        store.commit({"app/tries": 3})
    db = sqlite3.connect(path)
    db.execute(f"UPDATE memory SET {change}")
    db.commit()
    db.close()
    refused(path, "app/.* has a wrong checksum")


def first_format(path, value=b"\x03"):
    """A file as the first format had it."""
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.execute("CREATE TABLE memory (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
    db.execute("INSERT INTO memory VALUES ('app/tries', ?)", (value,))
    db.commit()
    db.close()


def test_a_file_of_the_first_format_gets_its_checksums(path):
    first_format(path)
    with FileStore(path) as store:
        assert store.load() == {"app/tries": 3}
        store.commit({"app/tries": 2})
    with FileStore(path) as store:
        assert store.load() == {"app/tries": 2}
    assert int.from_bytes(path.read_bytes()[60:64], "big") == FORMAT == 2


@pytest.mark.parametrize("value", [None, "text", b"\xc1"])
def test_a_damaged_file_of_the_first_format_is_refused_and_untouched(path, value):
    first_format(path, value)
    refused(path, "damaged")


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(StoreError, match="is not a file that can be a card's memory"):
            FileStore(place)
