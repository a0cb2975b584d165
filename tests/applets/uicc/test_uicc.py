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
