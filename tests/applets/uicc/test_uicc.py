import pytest

from tests.kits.esim.uicc import PIN, USIM, made, words


@pytest.fixture
def lpa():
    lpa = made(pin_enabled=True)
    lpa.send(USIM)
    lpa.send("00A40004026F39")
    return lpa


def test_increase_adds_to_the_newest_record(lpa):
    lpa.send("0020000108" + PIN)
    assert lpa.send("8032000003000005") == (bytes.fromhex("000005000005"), 0x9000)
    assert lpa.send("0032000003000002") == (bytes.fromhex("000007000002"), 0x9000)
    assert [lpa.send(f"00B20{n}0403")[0].hex() for n in (1, 2, 3)] == ["000007", "000005", "000000"]


def test_increase_stops_at_the_top(lpa):
    lpa.send("0020000108" + PIN)
    assert words(lpa, "8032000003FFFFFF", "8032000003000001") == [0x9000, 0x9850]
    assert lpa.send("00B2010403")[0].hex() == "ffffff"


def test_a_challenge_is_random_and_as_long_as_asked_for():
    lpa = made()
    assert len(lpa.send("0084000008")[0]) == 8
    assert lpa.send("0084000008")[0] != lpa.send("0084000008")[0]
    assert len(lpa.send("0084000000")[0]) == 255
    assert words(lpa, "00840000", "008400000101", "0084010008") == [0x6700, 0x6700, 0x6A86]
