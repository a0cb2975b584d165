import pytest

from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.sim import Sim
from applets.sim.small_usim import ADF_USIM, READ_ALWAYS, small_subscription
from tests.kits.sim.terminal import PIN, USIM, Terminal
from tests.kits.vectors import rows
from vcard.tlv import tlv

USIM_PATH = (MF, ADF_USIM)
SERVICES = bytes(15) + bytes((0b0001_1000,))
KEY = bytes.fromhex(rows("suci.txt")[0][1])
INFO = tlv(0xA0, b"\x01\x01") + tlv(0xA1, tlv(0x80, b"\x1b"), tlv(0x81, KEY))


def file(content, *path):
    return File((*USIM_PATH, *path), Kind.TRANSPARENT, content, rule=READ_ALWAYS)


def phone(*files, services=SERVICES, **options):
    directories = [File((*USIM_PATH, fid), Kind.DF) for fid in (0x5FC0, 0x5FD0)]
    made = small_subscription(
        "8949000000000000018", "262420123456789",
        file=(*directories, file(services, 0x6F38), *files), **options,
    )  # fmt: skip
    one = Terminal(Sim(made))
    one.select(USIM)
    return one


def test_the_card_conceals_the_identity_with_the_key_of_its_home():
    one = phone(file(INFO, 0x5FD0, 0x4F01), file(b"\x17\xff\xff\xff", 0x5FC0, 0x4F0A))
    made = one.data("8078000100")
    assert made[:20] == "a135" + "01" + "62f224" + "17ff" + "011b"[:4]
    assert len(bytes.fromhex(made)) == 2 + 8 + 32 + 5 + 8
    assert one.data("8078000200") != made


def test_the_file_for_the_phone_will_do_as_well():
    assert phone(file(INFO, 0x5FC0, 0x4F07)).data("8078000100")[16:20] == "011b"


def test_without_a_key_the_null_scheme_is_used():
    assert phone().data("8078000100") == "a10d0162f224f0ff00001032547698"


@pytest.mark.parametrize("services", [bytes(16), bytes(15) + b"\x08", b""])
def test_the_service_table_says_who_computes_it(services):
    assert phone(services=services or b"\0").words("8078000100") == ["6985"]


def test_other_contexts_and_places_are_refused():
    one = phone()
    assert one.words("8078000300", "8078010100") == ["6A81", "6A86"]
    assert one.on().words("00A40004022FE2") == ["9000"]
    assert Terminal(one.card).words("8078000100") == ["6985"]


def test_the_pin_is_needed():
    one = phone(pin_enabled=True)
    assert one.words("8078000100") == ["6982"]
    one.word("00200001", PIN)
    assert one.words("8078000100") == ["9000"]


def test_a_broken_file_is_no_key():
    info = tlv(0xA0, b"\x02\x01") + tlv(0xA1, tlv(0x80, b"\1"), tlv(0x81, b"?"))
    assert phone(file(info, 0x5FC0, 0x4F07)).words("8078000100") == ["6985"]


@pytest.mark.parametrize("told", ["000000", "00000001", "0000000F", "00000004"])
def test_without_a_sensible_count_of_digits_the_networks_code_has_two(told):
    one = phone(file(bytes.fromhex(told), 0x6FAD))
    assert one.data("8078000100") == "a10d0162f224f0ff00001032547698"
