import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.esim import saip
from applets.esim.usim import AlgorithmId
from tests.esim.package import COMMON, USIM, elements, encoded, package, with_elements


def test_a_package_becomes_a_profile():
    one = saip.decode(package())
    assert one.metadata.digits == "8949001111111111119"
    assert [adf.aid for adf in one.tree.adfs] == [USIM]
    assert one.aka.algorithm is AlgorithmId.MILENAGE
    assert [(pin.reference, pin.enabled, pin.puk) for pin in one.pins] == [
        (1, False, b"12345678"),
        (10, True, b""),
    ]


def test_tuak_comes_with_its_lengths():
    own = {"algorithm": 2, "options": b"\x01", "key": bytes(32), "opc": bytes(32), "iterations": 2}
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    one = saip.decode(b"".join([first, *without, raw, raw, end]))
    assert one.aka.make().f2345(bytes(16)).res != b""
    assert dict(one.aka.options)["iterations"] == 2


def test_the_test_algorithm_has_no_operators_value():
    own = {"algorithm": 3, "options": b"\x01", "key": bytes(16), "opc": b"", "iterations": 1}
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    assert saip.decode(b"".join([first, *without, raw, end])).aka.for_tests


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
    assert one.aka.make().rotations == (1, 2, 3, 4, 5)


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
