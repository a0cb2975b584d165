import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.esim import saip
from applets.esim.profiles import Profile
from applets.esim.services import Service
from applets.sim.subscription import SubscriptionFiles
from applets.sim.usim import AlgorithmId, Sequence
from tests.kits.esim.package import COMMON, USIM, elements, encoded, package, with_elements
from tests.kits.esim.raw_package import element, file, managed, path
from vcard import Memory, Tlv, tlv


def test_a_package_becomes_a_profile():
    one = saip.decode(package())
    assert one.metadata.digits == "8949001111111111119"
    assert [adf.aid for adf in one.subscription.tree.adfs] == [USIM]
    assert one.subscription.aka.algorithm is AlgorithmId.MILENAGE
    assert [(pin.reference, pin.enabled, pin.puk) for pin in one.subscription.pins] == [
        (1, False, b"12345678"),
        (10, True, b""),
    ]


def test_tuak_comes_with_its_lengths():
    own = {"algorithm": 2, "options": b"\x01", "key": bytes(32), "opc": bytes(32), "iterations": 2}
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    one = saip.decode(b"".join([first, *without, raw, raw, end]))
    assert one.subscription.aka.make().f2345(bytes(16)).res != b""
    assert dict(one.subscription.aka.options)["iterations"] == 2


def test_the_test_algorithm_has_no_operators_value():
    own = {"algorithm": 3, "options": b"\x01", "key": bytes(16), "opc": b"", "iterations": 1}
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    assert saip.decode(b"".join([first, *without, raw, end])).subscription.aka.for_tests


def test_unusual_rotations_and_constants_are_kept():
    own = {
        "algorithm": 1, "options": b"\x01", "key": bytes(16), "opc": bytes(16),
        "rotations": bytes((1, 2, 3, 4, 5)), "constants": bytes(80), "iterations": 1,
    }  # fmt: skip
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    mapped = ("mapping", {"options": b"\0", "source": USIM})
    other = encoded("aka", {"common": COMMON, "configuration": mapped})
    one = saip.decode(b"".join([first, *without, other, raw, end]))
    assert one.subscription.aka.make().rotations == (1, 2, 3, 4, 5)


def with_aka(**more):
    """A package whose subscription has further parameters."""
    own = {"algorithm": 1, "options": b"\x01", "key": bytes(16), "opc": bytes(16), "iterations": 1}
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own), **more})
    return b"".join(raw if one[0] == 0xA4 else one for one in elements())


def test_sequence_numbers_begin_where_the_package_says():
    numbers = (7, *range(100, 131))
    codes = [("one", number.to_bytes(6, "big")) for number in numbers]
    one = saip.decode(with_aka(sqn=codes))
    assert one.subscription.aka.sequence == numbers
    assert Profile.from_value(one.to_value()) == one
    files = SubscriptionFiles(one.subscription, Memory().section("x"))
    assert files.sequence() == Sequence(numbers)
    assert files.sequence().accept(7 << 5) is None
    assert files.sequence().accept(8 << 5) is not None


def test_sequence_numbers_begin_at_zero_where_it_does_not():
    one = saip.decode(with_aka())
    assert SubscriptionFiles(one.subscription, Memory().section("x")).sequence() == Sequence()


@pytest.mark.parametrize("codes", [[bytes(6)] * 31, [bytes(5)] * 32, [b"\x08" + bytes(5)] * 32])
def test_other_than_32_sequence_numbers_of_43_bits_are_a_value_error(codes):
    with pytest.raises(ValueError, match=r"sequence number|6 bytes are needed"):
        saip.decode(with_aka(sqn=[("one", code) for code in codes]))


@pytest.mark.parametrize(
    ("coded", "left", "limit"), [(0x32, 2, 3), (0xA0, 0, 10), (0x37, 3, 3), (0x00, 0, 1)]
)
def test_pins_and_puks_have_the_tries_that_a_package_left_them(coded, left, limit):
    pin = {"reference": 1, "value": b"1234\xff\xff\xff\xff", "puk": 1, "attributes": 7,
           "tries": coded}  # fmt: skip
    puk = {"reference": 1, "value": b"12345678", "tries": coded}
    pins = encoded("pins", {"common": COMMON, "codes": ("own", [("one", pin)])})
    puks = encoded("puks", {"common": COMMON, "codes": [("one", puk)]})
    changed = {0xA2: pins, 0xA3: puks}
    one = saip.decode(b"".join(changed.get(raw[0], raw) for raw in elements()))
    assert Profile.from_value(one.to_value()) == one
    found = SubscriptionFiles(one.subscription, Memory().section("x")).pins[1]
    for secret in (found.pin, found.puk):
        assert (secret.tries_left, secret.limit) == (left, limit)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xaa\0", b"".join(elements()[:-1]), b"".join(elements()[1:]), bytes.fromhex("3000"),
     elements()[0] + elements()[-1], with_elements(bytes.fromhex("B002FFFF")),
     with_elements(encoded("files", {"common": COMMON, "commands": [("one", [
         ("fcp", {"descriptor": b"\x42\x21\0\5", "fid": b"\x2f\x40", "size": b"\x06"})])]})),
     with_elements(encoded("files", {"common": COMMON, "commands": [("one", [
         ("fcp", {"descriptor": b"\x41\x21", "fid": b"\x2f\x40", "size": b"\x01"}),
         ("content", b"12")])]})),
     with_elements(encoded("files", {"common": COMMON, "commands": [("one", [
         ("fcp", {"descriptor": b"\x41\x21", "size": b"\x01"})])]})),
     with_elements(encoded("files", {"common": COMMON, "commands": [("one", [
         ("fcp", {"fid": b"\x2f\x40", "size": b"\x01"})])]}))],
)  # fmt: skip
def test_what_is_no_package_is_a_value_error(raw):
    with pytest.raises(ValueError, match=r".+"):
        saip.decode(raw)


@given(st.integers(0, 2**32))
def test_a_damaged_package_is_a_profile_or_a_value_error(seed):
    chance = random.Random(seed)
    raw = bytearray(package())
    for _ in range(chance.randrange(1, 6)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    with contextlib.suppress(ValueError):
        assert saip.decode(bytes(raw)).iccid


def refused(*more, **options):
    with pytest.raises(saip.PackageError) as caught:
        saip.read_package(with_elements(*more), **options)
    found = caught.value.finding
    return found.status, found.name, found.element


def test_an_element_that_is_not_known_is_left_out_unless_it_is_mandatory():
    optional = element(40, mandated=False, identification=3)
    package = saip.read_package(with_elements(optional))
    assert [(one.status, one.element) for one in package.warnings] == [
        (saip.Status.PE_NOT_SUPPORTED, 3)
    ]
    assert refused(element(40)) == (saip.Status.PE_NOT_SUPPORTED, "element 40", 7)
    lenient = saip.read_package(with_elements(element(40)), lenient=True)
    assert len(lenient.warnings) == 1


def test_what_an_element_that_is_left_out_has_made_goes_with_it():
    unknown = tlv(0x81, bytes.fromhex("67810F01020463"))
    raw = element(23, unknown, mandated=False)
    package = saip.read_package(with_elements(raw))
    assert package.warnings[0].status is saip.Status.TEMPLATE_NOT_SUPPORTED
    assert package.profile.subscription.files == saip.decode(with_elements()).subscription.files


def test_a_wrong_value_is_refused_even_where_the_element_is_not_mandatory():
    raw = managed(path(0x7F77), mandated=False)
    assert refused(raw) == (saip.Status.INVALID_PARAMETER, "genericFileManagement", 7)


def test_a_memory_that_is_full_is_told_with_the_file():
    raw = managed(file(0x2F40, size=50000))
    assert refused(raw, room=30000)[0] is saip.Status.NOT_ENOUGH_MEMORY
    assert saip.decode(with_elements(raw), room=60000).size > 50000


def test_services_of_the_header_are_demanded_unless_the_card_is_lenient():
    first, *rest = elements()
    mbms = tlv(0xA0, Tlv.parse(first).value.replace(b"\xa5\0", b"\xa5\2\x89\0"))
    with pytest.raises(saip.PackageError, match=r"header, offset 2.: service mbms"):
        saip.decode(mbms + b"".join(rest))
    assert saip.read_package(mbms + b"".join(rest), lenient=True).warnings
    assert saip.decode(mbms + b"".join(rest), provided=frozenset(Service))


def test_components_that_are_not_known_are_passed_over_with_a_warning():
    first, *rest = elements()
    more = tlv(0xA0, Tlv.parse(first).value, tlv(0x8A, b"later"))
    (one,) = saip.read_package(more + b"".join(rest)).warnings
    assert (one.status, one.name) == (saip.Status.INVALID_PARAMETER, "header")


def test_a_package_is_closed_by_its_end():
    with pytest.raises(saip.PackageError, match="ends with an end element"):
        saip.decode(package() + elements()[-1])
    with pytest.raises(saip.PackageError, match="ends with an end element"):
        saip.decode(b"".join(elements()[:-1]))


def test_what_is_kept_beside_the_files_survives():
    domain = element(5, tlv(0x81, bytes(8)))
    one = saip.decode(with_elements(domain))
    assert one.kept == (domain,)
    assert Profile.from_value(one.to_value()) == one
