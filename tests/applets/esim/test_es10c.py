import pytest

from applets.esim.euicc import Config, Euicc
from applets.esim.small_profile import profile
from tests.kits.esim.lpa import Lpa
from vcard import tlv

A = profile("8949000000000000018", "001010000000001", name="A")
B = profile("8949000000000000026", "001010000000002", name="B")


@pytest.fixture
def lpa():
    return Lpa(Euicc((A, B), enable=1)).start()


def test_the_eid_is_told_to_who_asks_for_it(lpa):
    assert bytes(lpa.ask("BF3E035C015A")) == bytes.fromhex("BF3E125A10" + lpa.card.eid)
    assert lpa.store(bytes.fromhex("BF3E035C015B"))[1] == 0x6A80
    assert lpa.store(bytes.fromhex("BF3E00"))[1] == 0x6A80


def test_addresses_are_told_set_and_cleared(lpa):
    assert lpa.ask("BF3C00").find(0x80) is None
    assert lpa.result("BF3F058003612E62") == 0
    assert lpa.ask("BF3C00").find(0x80).value == b"a.b"
    assert lpa.ask("BF3C00").find(0x81).value == Config().root_ds.encode()
    assert lpa.result("BF3F028000") == 0
    assert lpa.ask("BF3C00").find(0x80) is None
    assert lpa.result("BF3F038001FF") == 127
    assert lpa.store(bytes.fromhex("BF3F00"))[1] == 0x6A80


def test_a_nickname_is_set_and_removed(lpa):
    iccid = A.iccid.hex()
    assert lpa.result(f"BF29105A0A{iccid}9002C3A9") == 0
    assert lpa.profiles()[A.iccid][0x90] == "é".encode()
    assert lpa.result(f"BF290E5A0A{iccid}9000") == 0
    assert 0x90 not in lpa.profiles()[A.iccid]
    assert lpa.result("BF290E5A0A000000000000000000009000") == 1


@pytest.mark.parametrize("name", [b"\xff", b"n" * 65, "ü".encode() * 65])
def test_a_nickname_that_is_no_text_or_too_long_is_an_undefined_error(lpa, name):
    assert lpa.result(tlv(0xBF29, tlv(0x5A, A.iccid), tlv(0x90, name))) == 127
    assert 0x90 not in lpa.profiles()[A.iccid]


def test_a_nickname_has_64_characters_of_any_size(lpa):
    assert lpa.result(tlv(0xBF29, tlv(0x5A, A.iccid), tlv(0x90, "€".encode() * 64))) == 0


@pytest.mark.parametrize(
    "request_",
    ["BF29135A0A00000000000000000000900541", "BF290D5A090000000000000000009000", "BF29029000",
     "BF3108A0035A0A00810100", "BF34028200"],
)  # fmt: skip
def test_malformed_requests_are_wrong_data(lpa, request_):
    before = lpa.card.memory.snapshot()
    assert lpa.store(bytes.fromhex(request_))[1] == 0x6A80
    assert lpa.card.memory.snapshot() == before


def test_a_memory_reset_takes_options_without_the_number_of_unused_bits(lpa):
    assert lpa.result("BF3403820140") == 1
    assert lpa.result("BF3403820180") == 0
    assert lpa.profiles() == {}
    assert lpa.store(bytes.fromhex("BF3403820107"))[1] == 0x6A80


def test_a_memory_reset_may_clear_the_address_alone(lpa):
    lpa.result("BF3F058003612E62")
    assert lpa.result("BF340482020520") == 0
    assert lpa.ask("BF3C00").find(0x80) is None
    assert list(lpa.profiles()) == [A.iccid, B.iccid]


def test_a_profile_may_be_named_by_its_aid(lpa):
    aid = lpa.card.inventory.find(iccid=B.iccid).aid
    assert lpa.result(b"\xbf\x33\x12\x4f\x10" + aid) == 0
    assert list(lpa.profiles()) == [A.iccid]
