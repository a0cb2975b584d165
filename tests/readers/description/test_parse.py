from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.description import parse
from readers.description.fields import DescriptionError
from readers.models import PLAIN
from tests.kits.descriptions import OURS
from tests.readers.description.test_enumeration import captured
from tests.readers.description.test_lsusb import CCID, ENDPOINTS, head

LIST = (OURS / "two-interfaces.txt").read_bytes()
LSUSB = (head() + CCID + ENDPOINTS + head(2, "08e6", "3437") + CCID).encode()
CAPTURE = captured(PLAIN)


def test_the_format_is_known_by_its_beginning() -> None:
    assert [device.usb_id for device in parse.devices(LIST)] == ["ffff:0006"]
    assert [device.usb_id for device in parse.devices(LSUSB)] == ["04e6:5116", "08e6:3437"]
    assert [device.usb_id for device in parse.devices(CAPTURE)] == ["1209:0001"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_text_is_read_as_other_systems_write_it(encoding: str, line_end: str) -> None:
    for raw in (LIST, LSUSB):
        text = raw.decode().replace("\n", line_end)
        mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
        written = mark + text.encode(encoding)
        assert parse.devices(written) == parse.devices(raw)


def test_one_device_of_several_is_chosen() -> None:
    assert parse.device(LIST).usb_id == "ffff:0006"
    assert parse.device(LSUSB, "08E6:3437").usb_id == "08e6:3437"
    assert parse.device(LSUSB, nth=2).usb_id == "08e6:3437"
    for arguments, says in (
        ({}, r"2 devices are described \(04e6:5116, 08e6:3437\): choose by \?id=04e6:5116"),
        ({"usb_id": "1:2"}, "an id is vendor:product"),
        ({"usb_id": "0000:0001"}, "there are 04e6:5116, 08e6:3437"),
        ({"nth": 3}, r"nth is 1\.\.2 here, not 3"),
    ):
        with pytest.raises(DescriptionError, match=says):
            parse.device(LSUSB, **arguments)  # type: ignore[arg-type] # by name


def test_a_description_is_bounded() -> None:
    with pytest.raises(DescriptionError, match="at most 16 MiB"):
        parse.devices(bytes(parse.LONGEST + 1))


@settings(max_examples=2 * settings.default.max_examples)
@given(st.sampled_from([LIST, LSUSB, CAPTURE]), st.integers(0, 1 << 32))
def test_broken_descriptions_are_refused_or_read_but_never_crash(raw: bytes, seed: int) -> None:
    dice = random.Random(seed)
    broken = bytearray(raw)
    for _ in range(dice.randrange(1, 9)):
        at = dice.randrange(len(broken))
        broken[at : at + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
    try:
        found = parse.devices(bytes(broken))
    except DescriptionError:
        return
    for device in found:
        device.models()
