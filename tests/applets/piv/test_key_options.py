import pytest

from applets.piv.codes import PinPolicy, Slot, TouchPolicy
from applets.piv.key_options import (
    KEY_OPTIONS,
    KEYS,
    PASSPHRASE_ENV,
    PASSPHRASE_FILE,
    PIN_POLICY,
    TOUCH_POLICY,
    NamedFile,
)

SECRET = b"\1\2secret"


class Disk:
    """Every file and every variable says its name, except those that are empty."""

    def content(self, path):
        return SECRET + path.encode()

    def text(self, path):
        return "" if path == "empty" else f"{path} it is\nand more"

    def variable(self, name):
        return "" if name == "EMPTY" else f"{name} it is"


def test_every_slot_has_an_option():
    assert set(KEYS) == set(Slot)
    assert [option.name for option in KEYS.values()][:6] == [
        "key-9a", "key-9c", "key-9d", "key-9e", "key-f9", "key-82",
    ]  # fmt: skip
    assert all(option.path and option.several for option in KEYS.values())


def test_files_are_read_and_keep_their_names():
    option = KEYS[Slot.SIGNATURE]
    read = option.read("a:b.pem,c.p12", Disk())
    assert option.of(read) == (
        NamedFile("a:b.pem", SECRET + b"a:b.pem"),
        NamedFile("c.p12", SECRET + b"c.p12"),
    )
    assert "secret" not in repr(option.of(read))


def test_a_passphrase_is_the_first_line_of_a_file_or_a_variable():
    assert PASSPHRASE_FILE.read("my file", Disk()) == {"key-passphrase": "my file it is"}
    assert PASSPHRASE_ENV.read("ALICE", Disk()) == {"key-passphrase": "ALICE it is"}
    for option, source in ((PASSPHRASE_FILE, "empty"), (PASSPHRASE_ENV, "EMPTY")):
        with pytest.raises(ValueError, match=f"no passphrase in {source}"):
            option.read(source, Disk())
    assert (PASSPHRASE_FILE.path, PASSPHRASE_ENV.path) == (True, False)


def test_policies_are_named_slot_by_slot():
    assert PIN_POLICY.of({"pin-policy": "9a:always, 82:NEVER"}) == {
        Slot.AUTHENTICATION: PinPolicy.ALWAYS,
        Slot.RETIRED_1: PinPolicy.NEVER,
    }
    assert TOUCH_POLICY.of({"touch-policy": "9C:cached"}) == {Slot.SIGNATURE: TouchPolicy.CACHED}
    for wrong in ("", "9a", "9a:default", "9a:cached", "9b:always", "x:always"):
        with pytest.raises(ValueError, match=r"pin-policy is SLOT:POLICY.*never, once, always"):
            PIN_POLICY.of({"pin-policy": wrong})


def test_each_is_in_the_card_once():
    names = [option.name for option in KEY_OPTIONS]
    assert len(names) == len(set(names))
