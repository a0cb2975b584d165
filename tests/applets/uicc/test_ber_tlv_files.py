import pytest

from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.small_usim import ALWAYS_PIN
from tests.kits.esim.lpa import Lpa
from vcard import tlv

PATH = (MF, 0x2F40)


@pytest.fixture
def lpa():
    file = File(PATH, Kind.BER_TLV, tlv(0x80, b"one"), sfi=9, rule=ALWAYS_PIN, limit=600)
    one = profile("8949000000000000018", "001010000000001", file=(file,))
    lpa = Lpa(Euicc((one,), enable=1), channel=0).start()
    lpa.send("00A40004022F40")
    return lpa


def test_an_object_is_read_by_its_tag(lpa):
    assert lpa.send("80CB008001" + "80" + "00") == (tlv(0x80, b"one"), 0x9000)
    assert lpa.send("80CB008901" + "80" + "00") == (tlv(0x80, b"one"), 0x9000)
    assert lpa.send("80CB008001" + "81" + "00")[1] == 0x6A88


def test_the_tags_that_are_there_are_told_by_a_tag_of_their_own(lpa):
    lpa.send(b"\x80\xdb\0\x80\x05" + tlv(0x9F70, b"12"))
    assert lpa.send("80CB0080015C00") == (tlv(0x5C, bytes.fromhex("809F70")), 0x9000)
    for tag in ("80", "9F70"):
        lpa.send(f"80DB0080{len(tag) // 2 + 1:02X}{tag}00")
    assert lpa.send("80CB0080015C00") == (tlv(0x5C), 0x9000)


def test_an_object_is_written_replaced_and_removed(lpa):
    for value in (b"two", b"three"):
        raw = tlv(0x81, value)
        assert lpa.send(b"\x80\xdb\0\x80" + bytes((len(raw),)) + raw)[1] == 0x9000
        assert lpa.send("80CB00800181" + "00") == (raw, 0x9000)
    assert lpa.send("80DB0080028100")[1] == 0x9000
    assert lpa.send("80CB00800181" + "00")[1] == 0x6A88
    assert lpa.send("80CB00800180" + "00")[1] == 0x9000


def test_a_tag_alone_removes_its_object(lpa):
    assert lpa.send("80DB00800180")[1] == 0x9000
    assert lpa.send("80CB00800180" + "00")[1] == 0x6A88
    assert lpa.send("80DB0000028100")[1] == 0x6985


def test_long_objects_come_and_go_in_blocks(lpa):
    raw = tlv(0x82, bytes(range(256)) + bytes(144))
    assert lpa.send(b"\x80\xdb\0\x80\xff" + raw[:255])[1] == 0x63F1
    assert lpa.send(b"\x80\xdb\0\0" + bytes((len(raw) - 255,)) + raw[255:])[1] == 0x9000
    first, word = lpa.send("80CB00800182" + "00")
    assert (len(first), word) == (256, 0x62F1)
    second, word = lpa.send("80CB000000")
    assert (first + second, word) == (raw, 0x9000)
    assert lpa.send("80CB000000")[1] == 0x6985


def test_a_full_file_stays_as_it_was(lpa):
    raw = tlv(0x82, bytes(597))
    for start, p2 in ((0, 0x80), (250, 0), (500, 0)):
        part = raw[start : start + 250]
        word = lpa.send(bytes((0x80, 0xDB, 0, p2, len(part))) + part)[1]
    assert word == 0x6A84
    assert lpa.send("80CB00800180" + "00") == (tlv(0x80, b"one"), 0x9000)


@pytest.mark.parametrize(
    ("command", "word"),
    [("80CB0180018000", 0x6A86), ("80DB0160018000", 0x6A86), ("80CB0080028080" + "00", 0x6A80),
     ("80CB0080011F00", 0x6A80), ("80DB0000028100", 0x6985), ("80DB0080011F", 0x6A80),
     ("80DB008003810011", 0x6A80), ("00B0000001", 0x6981)],
)  # fmt: skip
def test_a_wrong_command_has_its_status_word(lpa, command, word):
    assert lpa.send(command)[1] == word
