import pytest

from applets.esim.saip.secrets import Puk, read_pins, read_puks
from applets.esim.saip.status import PackageError, Status
from applets.shared.file_system.tree import MF
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv

USIM = (MF, 0x7FD0)
VALUE = b"1234\xff\xff\xff\xff"


def pin(reference: int, *more: bytes, value: bytes = VALUE) -> bytes:
    coded = b"\0" + bytes((reference,)) if reference > 0x7F else bytes((reference,))
    return tlv(0x30, tlv(0x80, coded), tlv(0x81, value), *more)


def pins(*rows: bytes, df=(MF,)):
    return read_pins(read_one(element(2, tlv(0xA1, tlv(0xA0, *rows)))), df)


def test_a_pin_has_its_value_tries_and_puk():
    (one,) = pins(pin(1, tlv(0x82, b"\1"), tlv(0x83, b"\6"), tlv(0x84, b"\x32")))
    assert (one.spec.reference, one.spec.value, one.spec.adf) == (1, VALUE, ())
    assert (one.spec.tries, one.spec.left, one.spec.enabled, one.puk) == (3, 2, False, 1)
    assert one.where == (7, "pinCodes")


def test_what_a_pin_does_not_say_is_usual():
    (one,) = pins(pin(10))
    assert (one.spec.tries, one.spec.left, one.spec.enabled, one.puk) == (3, 3, True, 0)


def test_a_local_pin_belongs_to_its_directory():
    (one,) = pins(pin(0x81), df=USIM)
    assert one.spec.adf == USIM


def test_a_directory_may_share_the_pins_of_another():
    raw = element(2, tlv(0xA1, tlv(0x81, bytes.fromhex("7FD0"))))
    assert read_pins(read_one(raw), (MF, 0x7F10)) == USIM


@pytest.mark.parametrize(
    ("rows", "df", "status"),
    [
        ([pin(0x81)], (MF,), Status.BAD_VALUES),
        ([pin(0x01)], USIM, Status.BAD_VALUES),
        ([pin(0x09)], (MF,), Status.BAD_VALUES),
        ([pin(1), pin(1)], (MF,), Status.BAD_VALUES),
        ([pin(1, value=b"1234")], (MF,), Status.BAD_VALUES),
        ([tlv(0x30, tlv(0x80, b"\1"))], (MF,), Status.INVALID_REQUEST_FORMAT),
    ],
)
def test_pins_that_cannot_be_are_refused(rows, df, status):
    with pytest.raises(PackageError) as caught:
        pins(*rows, df=df)
    assert caught.value.finding.status is status


@pytest.mark.parametrize("part", [b"", tlv(0xA1), tlv(0xA1, tlv(0x82)), tlv(0x82)])
def test_codes_that_are_missing_are_a_wrong_format(part):
    with pytest.raises(PackageError) as caught:
        read_pins(read_one(element(2, part)), (MF,))
    assert caught.value.finding.status is Status.INVALID_REQUEST_FORMAT


def test_puks_that_are_missing_are_a_wrong_format():
    for part in (b"", tlv(0x82)):
        with pytest.raises(PackageError) as caught:
            read_puks(read_one(element(3, part)))
        assert caught.value.finding.status is Status.INVALID_REQUEST_FORMAT


def puks(*rows: bytes):
    return read_puks(read_one(element(3, tlv(0xA1, *rows))))


def test_puks_are_found_by_reference():
    assert puks(pin(1, value=b"12345678"), pin(0x81, tlv(0x82, b"\x53"), value=b"8" * 8)) == {
        1: Puk(b"12345678", 10, 10),
        0x81: Puk(b"8" * 8, 5, 3),
    }


@pytest.mark.parametrize("rows", [[pin(1), pin(1)], [pin(10)], [pin(1, value=b"1")]])
def test_puks_that_cannot_be_are_refused(rows):
    with pytest.raises(PackageError) as caught:
        puks(*rows)
    assert caught.value.finding.status is Status.BAD_VALUES
