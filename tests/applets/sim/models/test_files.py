import pytest

from applets.sim.models.key_files import key_content
from applets.sim.usim import Aka, AlgorithmId, challenge
from tests.kits.sim.terminal import ISIM, USIM, terminal

RAND = bytes(range(16))
NEW = Aka(AlgorithmId.MILENAGE, b"\x77" * 16, b"\x88" * 16)


@pytest.fixture
def phone():
    return terminal(model="sja5", isim="")


def authenticated(phone, aka, sqn=64):
    autn = challenge(aka.make(), sqn, RAND)
    return phone.send(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn)


def write(phone, fid, content):
    """Update a file from the first byte on, in pieces."""
    assert phone.words("00A4000402" + fid) == ["9000"]
    for at in range(0, len(content), 200):
        head = b"\0\xd6" + at.to_bytes(2, "big")
        piece = content[at : at + 200]
        assert phone.words(head + bytes((len(piece),)) + piece) == ["9000"]


def test_whoever_writes_the_key_file_programs_the_card(phone):
    first = phone.card.subscription.aka
    phone.select(USIM)
    assert authenticated(phone, first)[0][:1] == b"\xdb"
    phone.administer()
    write(phone, "AF20", key_content(NEW, 67))
    assert authenticated(phone, first)[1] == 0x9862
    data, word = authenticated(phone, NEW, 96)
    assert (data[2:10], word) == (NEW.make().f2345(RAND).res, 0x9000)
    phone.select(ISIM)
    assert authenticated(phone, first, 128)[0][:1] == b"\xdb"  # it has a file of its own


def test_sequence_numbers_are_in_a_file_that_can_be_set_back(phone):
    aka = phone.card.subscription.aka
    phone.select(USIM)
    authenticated(phone, aka)
    assert authenticated(phone, aka)[0][:1] == b"\xdc"
    phone.administer()
    phone.words("00A4000402AF30")
    numbers = phone.data("00B0000014")
    write(phone, "AF30", bytes.fromhex(numbers[:28] + "00" * 192))
    assert authenticated(phone, aka)[0][:1] == b"\xdb"


def test_keys_are_for_the_administrator_alone(phone):
    phone.select(USIM)
    assert phone.words("00A4000402AF20", "00B0000010") == ["9000", "6982"]


def test_2g_has_a_key_file_of_its_own(phone):
    before = phone.data("A088000010" + RAND.hex())
    phone.on("A515").administer()
    write(phone, "6F20", key_content(NEW, 33))
    assert phone.data("A088000010" + RAND.hex()) != before
    write(phone, "6F20", b"\x11" + bytes(32))  # COMP128, which is not there
    assert phone.words("A088000010" + RAND.hex()) == ["9404"]


def test_without_the_files_the_card_has_its_own_keys(phone):
    aka = phone.card.subscription.aka
    phone.select(USIM)
    phone.administer()
    for fid in ("AF20", "AF30"):
        assert phone.word("00E40000", fid) == "9000"
    assert authenticated(phone, aka)[0][:1] == b"\xdb"
    assert authenticated(phone, aka)[0][:1] == b"\xdc"


def test_broken_sequence_numbers_count_as_none(phone):
    aka = phone.card.subscription.aka
    phone.select(USIM)
    phone.administer()
    assert phone.word("80D40000", "620883 02AF30 8002000A".replace(" ", "")) == "6982"
    files = phone.card.files(0)
    file = files.tree.child((0x3F00, 0x7FD0), 0xAF30)
    files.write(file, b"\x55")
    assert authenticated(phone, aka)[0][:1] == b"\xdb"
