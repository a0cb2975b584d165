import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.esim import saip
from applets.esim.files import MF, Kind
from applets.esim.saip_schema import codec
from applets.esim.usim import AlgorithmId
from tests.esim.package import COMMON, USIM, elements, package


def encoded(name, value):
    return bytes(codec().encode("Element", (name, value)))


def with_elements(*more):
    first, *rest, end = elements()
    return b"".join([first, *rest, *more, end])


def test_a_package_becomes_a_profile():
    one = saip.decode(package())
    assert one.metadata.digits == "8949001111111111119"
    assert [adf.aid for adf in one.tree.adfs] == [USIM]
    assert one.aka.algorithm is AlgorithmId.MILENAGE
    assert [(pin.reference, pin.enabled, pin.puk) for pin in one.pins] == [
        (1, False, b"12345678"),
        (10, True, b""),
    ]


def test_files_that_a_template_creates_have_its_contents():
    files = saip.decode(package()).tree.by_path
    assert files[(MF, 0x7FD0, 0x6F31)].content == b"\x0a"
    assert files[(MF, 0x7FD0, 0x6F08)].content == b"\x07" + b"\xff" * 32
    assert files[(MF, 0x7FD0, 0x6F42)].record == 38
    assert (MF, 0x7FD0, 0x6F38) in files
    assert (MF, 0x2F08) not in files


def test_access_rules_lie_in_the_nearest_rule_file():
    files = saip.decode(package()).tree.by_path
    assert files[(MF, 0x2FE2)].arr == 0x2F06
    assert files[(MF, 0x7FD0, 0x6F07)].arr == 0x6F06
    assert files[(MF, 0x7FD0, 0x6F07)].rule == 2


def test_files_are_made_where_generic_management_says():
    steps = [
        ("path", b"\x7f\x10"), ("fcp", {"descriptor": b"\x78\x21", "fid": b"\x5f\x50"}),
        ("fcp", {"descriptor": b"\x41\x21", "fid": b"\x4f\x01", "size": b"\x06", "sfi": b"\x20",
                 "rule": b"\x6f\x06\x03", "proprietary": {"repeat": b"\xab\xcd"}}),
        ("offset", 2), ("content", b"12"),
        ("path", b"\x3f\x00"),
        ("fcp", {"descriptor": b"\x39\x21", "fid": b"\x2f\x40", "size": b"\x10", "sfi": b"",
                 "proprietary": {"limit": b"\x40"}}), ("content", b"\x80\x01\x01"),
        ("fcp", {"descriptor": b"\x46\x21\x00\x03", "fid": b"\x2f\x41", "size": b"\x06",
                 "proprietary": {"fill": b"\x01\x02"}}),
    ]  # fmt: skip
    raw = encoded("files", {"common": COMMON, "commands": [("one", steps)]})
    files = saip.decode(with_elements(raw)).tree.by_path
    plain = files[(MF, 0x7F10, 0x5F50, 0x4F01)]
    assert (plain.content.hex(), plain.sfi, plain.arr, plain.rule) == ("abcd3132abcd", 4, 0x6F06, 3)
    assert (files[(MF, 0x2F40)].kind, files[(MF, 0x2F40)].limit) == (Kind.BER_TLV, 0x40)
    assert files[(MF, 0x2F41)].content.hex() == "010202020202"


def test_a_file_that_is_not_to_be_created_is_absent():
    raw = encoded("t19", {
        "common": COMMON, "template": "1.2.3",
        "f0": [("fcp", {"fid": b"\x7f\xd5", "aid": b"12345"})], "f3": [("absent", None)],
    })  # fmt: skip
    files = saip.decode(with_elements(raw)).tree.by_path
    assert (MF, 0x7FD5, 0x6F08) not in files
    assert (MF, 0x7FD5, 0x6F09) in files


def test_tuak_comes_with_its_lengths():
    own = {"algorithm": 2, "options": b"\x01", "key": bytes(32), "opc": bytes(32), "iterations": 2}
    first, *rest, end = elements()
    without = [one for one in rest if one[0] != 0xA4]
    raw = encoded("aka", {"common": COMMON, "configuration": ("own", own)})
    one = saip.decode(b"".join([first, *without, raw, raw, end]))
    assert one.aka.make().f2345(bytes(16)).res != b""
    assert dict(one.aka.options)["iterations"] == 2


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
