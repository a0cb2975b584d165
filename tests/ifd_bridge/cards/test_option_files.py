import stat
from pathlib import Path

import pytest

from applets.piv import Issuer
from ifd_bridge.cards.file_store import FileStore
from ifd_bridge.cards.option_files import memory, read_files, relative_to
from ifd_bridge.spec import SpecError
from vcard import Memory


def test_without_a_state_there_is_no_memory():
    options = {"other": "x"}
    assert memory(options, "pin-dump") is None
    assert options == {"other": "x"}


def close(found):
    """A memory's file is free again once the memory is no longer referenced."""
    store = found.store
    getattr(store, "_inner", store).close()


def test_a_memory_is_kept_in_a_file(tmp_path):
    path = tmp_path / "alice.card"
    options = {"state": str(path), "other": "x"}
    found = memory(options, "pin-dump")
    found["a"] = b"kept"
    close(found)
    assert options == {"other": "x"}
    assert b"kept" in path.read_bytes()
    again = memory({"state": str(path)}, "pin-dump")
    assert again["a"] == b"kept"
    close(again)


def test_a_passphrase_from_a_file_or_the_environment_seals_it(tmp_path, monkeypatch):
    path, secret = tmp_path / "alice.card", tmp_path / "secret"
    secret.write_text("open sesame\nanother line\n")
    monkeypatch.setenv("ALICE", "open sesame")
    found = memory({"state": str(path), "passphrase-file": str(secret)}, "pin-dump")
    found["a"] = b"kept"
    close(found)
    assert b"kept" not in path.read_bytes()
    again = memory({"state": str(path), "passphrase-env": "ALICE"}, "pin-dump")
    assert again["a"] == b"kept"
    close(again)
    with pytest.raises(SpecError, match="encrypted"):
        memory({"state": str(path)}, "pin-dump")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"state": "x", "passphrase-env": "SURELY_NOT_SET"}, "no passphrase in SURELY_NOT_SET"),
        ({"state": "x", "passphrase-file": "/nowhere"}, "/nowhere: No such file"),
        ({"passphrase-env": "HOME"}, "name one, state=FILE"),
    ],
)
def test_a_passphrase_that_cannot_be_is_explained(options, message):
    with pytest.raises(SpecError, match=message):
        memory(options, "pin-dump")


def test_other_cards_have_no_files():
    options = {"ca": "somewhere"}
    assert read_files("hello", options) == options
    assert read_files("piv", {"demo": ""}) == {"demo": ""}


def test_a_ca_is_made_once_and_read_again(tmp_path):
    directory = tmp_path / "deep" / "ca"
    first = read_files("piv", {"ca": str(directory), "subject": "Bob"})
    assert first == read_files("piv", {"ca": str(directory), "subject": "Bob"})
    assert first.keys() == {"subject", "ca-certificate", "ca-key"}
    Issuer.load(first["ca-certificate"].encode(), first["ca-key"].encode())
    assert stat.S_IMODE((directory / "ca.key").stat().st_mode) == 0o600


def test_half_a_ca_is_not_overwritten(tmp_path):
    (tmp_path / "ca.pem").write_text("mine")
    with pytest.raises(ValueError, match=r"ca\.key: No such file"):
        read_files("piv", {"ca": str(tmp_path)})
    assert (tmp_path / "ca.pem").read_text() == "mine"


def test_a_ca_that_cannot_be_made_or_read_is_explained(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="file: File exists"):
        read_files("piv", {"ca": str(tmp_path / "file")})
    (tmp_path / "ca.pem").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="not text"):
        read_files("piv", {"ca": str(tmp_path)})


def test_an_esim_has_files_for_certificates_and_profiles(tmp_path):
    (tmp_path / "one.toml").write_text("x = 1")
    (tmp_path / "two.der").write_bytes(b"\x01\x02")
    names = f"{tmp_path / 'one.toml'},{tmp_path / 'two.der'}"
    assert read_files("esim", {"profile": names}) == {"profile": "x = 1\f0102"}
    with pytest.raises(ValueError, match="No such file"):
        read_files("esim", {"pki": str(tmp_path)})
    with pytest.raises(ValueError, match="No such file"):
        read_files("esim", {"profile": str(tmp_path / "none.der")})


def test_a_users_key_is_read_with_its_passphrase(tmp_path, monkeypatch):
    (tmp_path / "alice.key").write_bytes(b"a key")
    (tmp_path / "secret").write_text("open\n")
    monkeypatch.setenv("ALICE", "sesame")
    name = f"{tmp_path}/alice.key"
    given = {"key-9a": name, "key-passphrase-file": f"{tmp_path}/secret"}
    assert read_files("piv", given) == {
        "key-9a": f"{b'a key'.hex()}:{name}",
        "key-passphrase": "open",
    }
    assert read_files("piv", {"key-passphrase-env": "ALICE"}) == {"key-passphrase": "sesame"}
    with pytest.raises(ValueError, match="no passphrase in NOBODY"):
        read_files("piv", {"key-passphrase-env": "NOBODY"})
    with pytest.raises(ValueError, match=r"none\.key: No such file"):
        read_files("piv", {"key-9a": f"{tmp_path}/none.key"})


def test_paths_that_a_toml_file_names_start_where_it_is():
    given = {
        "state": "a,b.state",
        "key-9a": "alice.pem,/etc/cert.pem,~/chain.pem",
        "ca": "",
        "subject": "x",
        "key-passphrase-env": "ALICE",
    }
    assert relative_to(Path("cards"), "piv", given) == {
        "state": "cards/a,b.state",
        "key-9a": "cards/alice.pem,/etc/cert.pem,~/chain.pem",
        "ca": "",
        "subject": "x",
        "key-passphrase-env": "ALICE",
    }
    assert relative_to(Path("cards"), "esim", {"profile": "a.toml,b.der", "pki": "certs"}) == {
        "profile": "cards/a.toml,cards/b.der",
        "pki": "cards/certs",
    }
    assert relative_to(Path("cards"), "own.py:card", {"profile": "a"}) == {"profile": "a"}


def test_a_memory_belongs_to_one_kind_of_card(tmp_path):
    state = str(tmp_path / "s")
    close(memory({"state": state}, "purse.py:kept"))
    close(memory({"state": state}, "/elsewhere/purse.py:kept"))
    close(memory({"state": state}, "my.purse:kept"))
    for other in ("piv", "purse.py:other", "wallet.py:kept"):
        with pytest.raises(SpecError, match="is the memory of a card 'purse:kept', not of"):
            memory({"state": state}, other)
    close(memory({"state": state}, "purse.py:kept"))


def test_an_older_memory_that_names_no_card_is_taken_as_it_is(tmp_path):
    state = tmp_path / "s"
    store = FileStore(state)
    Memory(store)["a"] = 1
    store.close()
    found = memory({"state": str(state)}, "piv")
    assert list(found) == ["a"]
    close(found)


def test_a_memory_that_something_else_wrote_is_explained(tmp_path):
    state = tmp_path / "s"
    store = FileStore(state)
    Memory(store)["card"] = 7
    store.close()
    with pytest.raises(SpecError, match="card in the memory is a int, not a str"):
        memory({"state": str(state)}, "piv")
