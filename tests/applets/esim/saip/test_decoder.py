import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.esim import saip
from applets.esim.profiles import Profile
from applets.sim.subscription import SubscriptionFiles
from applets.sim.usim import AlgorithmId, Sequence
from tests.kits.esim.package import COMMON, USIM, elements, encoded, package, with_elements
from vcard import Memory


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
    mapped = ("mapping", {"options": b"\0", "source": b"12345"})
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
    with pytest.raises(ValueError, match="sequence number"):
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


def test_what_is_no_file_is_passed_over():
    assert saip.decode(with_elements(bytes.fromhex("A603800101")))


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
