import pytest

from applets.esim.saip.element import elements
from applets.esim.saip.status import PackageError, Status
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv


def test_an_element_says_what_it_is():
    one = read_one(element(32, tlv(0x81, b"x"), identification=9))
    assert (one.number, one.name, one.identification, one.mandated) == (32, "iot", 9, True)
    assert [part.tag for part in one.components()] == [0x81]
    assert not read_one(element(1, mandated=False)).mandated
    assert read_one(element(40)).name == "element 40"


def test_offsets_count_from_the_element():
    first, second = element(1), element(2, tlv(0x81, b"x"))
    _, two = elements(first + second)
    assert (two.node.start, two.components()[0].start) == (0, 2 + 7)
    assert two.raw == second


@pytest.mark.parametrize("raw", ["3000", "A1", "A100", "A1028000", "A10430028100", "A102A000"])
def test_what_is_no_element_is_a_wrong_format(raw):
    with pytest.raises(PackageError) as caught:
        list(elements(bytes.fromhex(raw)))
    expected = Status.INVALID_REQUEST_FORMAT
    assert caught.value.finding.status is expected


def test_an_identification_has_15_bits():
    with pytest.raises(PackageError, match="genericFileManagement, offset 4"):
        list(elements(tlv(0xA1, tlv(0xA0, tlv(0x81, b"\x00\x80\x00")))))
