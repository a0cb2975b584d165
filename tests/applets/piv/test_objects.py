import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.piv.objects import CERTIFICATES, OBJECTS, Access, find, requested, written


def test_all_containers_of_the_standard_are_there():
    assert len(OBJECTS) == 36
    assert {tag for tag, entry in OBJECTS.items() if entry.read is Access.PIN} == {
        0x5FC103,
        0x5FC108,
        0x5FC109,
        0x5FC121,
        0x5FC123,
    }


def test_each_slot_has_its_own_certificate_object():
    assert len(set(CERTIFICATES.values())) == len(CERTIFICATES) == 25


def test_vendors_objects_are_found_only_where_they_are_allowed():
    assert find(0x5FFF00) is None
    assert find(0x5FFF00, any_tag=True).tag == 0x5FFF00
    assert find(0x600000, any_tag=True) is None


@pytest.mark.parametrize(
    ("raw", "tag"), [("5C035FC105", 0x5FC105), ("5C017E", 0x7E), ("5C027F61", 0x7F61)]
)
def test_a_tag_list_names_one_object(raw, tag):
    assert requested(bytes.fromhex(raw)) == tag


def test_anything_else_is_no_tag_list():
    for raw in ["", "5C", "5C00", "5C045FC10500", "53035FC105", "5C017E00"]:
        with pytest.raises(ValueError, match=r"tag|offset"):
            requested(bytes.fromhex(raw))


def test_what_is_written_comes_with_its_tag():
    tag, item = written(bytes.fromhex("5C035FC1055302ABCD"))
    assert (tag, item.tag, item.value.hex()) == (0x5FC105, 0x53, "abcd")
    tag, item = written(bytes.fromhex("7E034F01A0"))
    assert (tag, item.value.hex()) == (0x7E, "4f01a0")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw):
    for read in (requested, written):
        with contextlib.suppress(ValueError):
            read(raw)
