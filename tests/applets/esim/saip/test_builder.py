import pytest

from applets.esim import saip
from applets.shared.file_system.tree import MF
from applets.sim.subscription import SubscriptionFiles
from tests.kits.esim.elements import (
    ISIM_PATH,
    aka,
    isim,
    refused,
)
from tests.kits.esim.package import (
    COMMON,
    elements,
    encoded,
    with_elements,
)
from tests.kits.esim.raw_package import directory, file, managed, path
from vcard import Memory, Tlv, tlv


def test_directories_tell_the_pins_that_the_package_names():
    one = saip.decode(with_elements(isim(pins=b"\x01\x0a")))
    files = SubscriptionFiles(one.subscription, Memory().section("x"))
    told = Tlv.parse(files.template(one.subscription.tree.by_path[ISIM_PATH])).find(0xC6)
    assert [part.value for part in told.children if part.tag == 0x83] == [b"\x01", b"\x0a"]


def pin2(value: bytes) -> bytes:
    pin = {"reference": 129, "value": value, "attributes": 7, "tries": 0x33}
    return encoded("pins", {"common": COMMON, "codes": ("own", [("one", pin)])})


def test_each_application_has_a_pin_2_of_its_own():
    first, *rest = elements()
    usim = next(i for i, one in enumerate(rest) if one[0] == 0xB3)
    rest.insert(usim + 1, pin2(b"11111111"))
    raw = [first, *rest[:-1], isim(), pin2(b"22222222"), rest[-1]]
    pins = SubscriptionFiles(saip.decode(b"".join(raw)).subscription, Memory().section("x")).pins
    pins.find(0x81, (MF, 0x7FD0)).pin.verify(b"11111111")
    assert pins.satisfied((MF, 0x7FD0, 0x6F41)) >= {0x81}
    assert 0x81 not in pins.satisfied((*ISIM_PATH, 0x6F09))


def test_a_directory_may_share_its_pins():
    shared = encoded("pins", {"common": COMMON, "codes": ("shared", b"\x7f\xd1")})
    telecom = managed(directory(0x7F10, tlv(0x8B, b"\1"), tlv(0xC6, b"\x81")))
    one = saip.decode(with_elements(isim(), pin2(b"22222222"), telecom, shared))
    assert {pin.adf for pin in one.subscription.pins if pin.reference == 0x81} == {
        ISIM_PATH, (MF, 0x7F10),
    }  # fmt: skip


def test_a_puk_that_a_pin_names_is_there():
    pin = {"reference": 129, "value": bytes(8), "puk": 5, "attributes": 7, "tries": 0x33}
    raw = encoded("pins", {"common": COMMON, "codes": ("own", [("one", pin)])})
    found = refused(isim(), raw)
    assert (found.status, found.name) == (saip.Status.PIN_CODE_MISSING, "pinCodes")


def test_each_application_may_have_keys_of_its_own():
    one = saip.decode(with_elements(isim(), aka(b"\x11" * 16))).subscription
    assert one.aka.k == bytes(range(16))
    assert [(path, found.k) for path, found in one.others] == [(ISIM_PATH, b"\x11" * 16)]


def test_an_application_may_have_the_keys_of_another():
    one = saip.decode(with_elements(isim(), aka())).subscription
    assert (one.aka.k, one.others) == (bytes(range(16)), ())


def test_keys_of_an_application_that_is_missing_are_refused():
    mapped = ("mapping", {"options": b"\0", "source": b"12345"})
    found = refused(encoded("aka", {"common": COMMON, "configuration": mapped}))
    assert (found.status, found.name) == (saip.Status.INVALID_PARAMETER, "akaParameter")


def test_an_application_that_shares_with_one_without_keys_has_those_of_all():
    csim = managed(
        path(), file(0x7FC0, tlv(0x8B, b"\1"), tlv(0x84, b"12345"), kind="7821", size=None)
    )
    mapped = ("mapping", {"options": b"\0", "source": b"12345"})
    shared = encoded("aka", {"common": COMMON, "configuration": mapped})
    one = saip.decode(with_elements(csim, isim(), shared)).subscription
    assert (one.aka.k, one.others) == (bytes(range(16)), ())


def test_keys_belong_to_an_application():
    first, mf, *_, end = elements()
    with pytest.raises(saip.PackageError, match="before their application"):
        saip.decode(first + mf + aka(bytes(16)) + end)


def test_a_pin_is_defined_once():
    found = refused(isim(), pin2(b"11111111"), pin2(b"22222222"))
    assert (found.status, found.text) == (saip.Status.BAD_VALUES, "PIN 81 is defined twice")
