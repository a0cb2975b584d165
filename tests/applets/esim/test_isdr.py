import pytest

from applets.esim.euicc import Euicc
from applets.esim.isdr import Isdr
from tests.kits.esim.lpa import Lpa


@pytest.fixture
def lpa():
    return Lpa(Euicc(), channel=0).start()


def test_select_tells_the_version(lpa):
    fci, _ = lpa.select(Isdr.aid)
    assert fci.hex().endswith("a5049f6501ffe0058203020202")


def test_a_command_may_come_in_blocks_of_one_byte(lpa):
    lpa.size = 1
    assert bytes(lpa.ask("BF3E035C015A"))[:5].hex() == "bf3e125a10"


@pytest.mark.parametrize(
    ("command", "word"),
    [("80E29100", 0x6700), ("80E2110003BF3E03", 0x9000), ("80E2000003BF2000", 0x6A86),
     ("80E2910103BF2000", 0x6A86), ("80E2910003BF5600", 0x6A88), ("80E2910003BF2001", 0x6A80),
     ("80E29100025A00", 0x6A88), ("80E2910003BF20", None), ("00E2910003BF2000", 0x6E00),
     ("8012000000", 0x6985), ("80F1000000", 0x6D00)],
)  # fmt: skip
def test_a_wrong_block_has_its_status_word(lpa, command, word):
    answer = lpa.card.exchange(bytes.fromhex(command))
    assert int.from_bytes(answer, "big") == (0x6700 if word is None else word)


def test_block_zero_begins_again_and_a_gap_ends_it(lpa):
    assert lpa.send("80E2110003BF3E03")[1] == 0x9000
    assert lpa.send("80E2110003BF3E03")[1] == 0x9000
    assert lpa.send("80E29102035C015A")[1] == 0x6A86
    assert lpa.send("80E29101035C015A")[1] == 0x6A86


def test_the_block_after_the_last_number_begins_anew(lpa):
    words = {lpa.send(bytes((0x80, 0xE2, 0x11, n & 255, 255)) + bytes(255))[1] for n in range(256)}
    assert words == {0x9000}
    words = [lpa.send(bytes((0x80, 0xE2, 0x11, 1, 255)) + bytes(255))[1]]
    assert words == [0x6A86]


def test_blocks_belong_to_their_channel(lpa):
    lpa.send("0070000001")
    lpa.send("01A4040010A0000005591010FFFFFFFF8900000100")
    assert lpa.send("80E2110003BF3E03")[1] == 0x9000
    assert lpa.send("81E29101035C015A")[1] == 0x6A86
    assert lpa.send("80E29101035C015A")[1] == 0x9000


def test_the_isdr_is_on_interface_0_only_where_the_mode_says_so():
    for mode, elsewhere in (("A1", 0x6A82), ("A2", 0x6A82), ("B", 0x9000)):
        card = Euicc(ports=2, mep=mode)
        card.power_up()
        assert Lpa(card, port=0, channel=0).select(Isdr.aid)[1] == 0x9000
        assert Lpa(card, port=1, channel=0).select(Isdr.aid)[1] == elsewhere
