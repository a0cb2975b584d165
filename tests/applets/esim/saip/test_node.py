import pytest

from applets.esim.saip.node import (
    DEEPEST,
    Node,
    automatic,
    component,
    fields,
    identifier,
    integer,
    items,
    octets,
    read,
    utf8,
)
from applets.esim.saip.status import PackageError, Status
from vcard import tlv


def node(raw: str) -> Node:
    return read(bytes.fromhex(raw), 0)


def refused(call, *arguments):
    with pytest.raises(PackageError) as caught:
        call(*arguments)
    return caught.value.finding.status, caught.value.finding.offset


def test_data_objects_know_where_they_stand():
    outer = node("A007800101810200FF")
    assert [(one.tag, one.start, one.body) for one in outer.children] == [
        (0x80, 2, 4),
        (0x81, 5, 7),
    ]


@pytest.mark.parametrize("raw", ["A0", "A005", "A00280", "A0028005", "A0041F8080"])
def test_what_is_no_data_object_is_a_wrong_format(raw):
    def walk():
        return list(node(raw).children)

    assert refused(walk)[0] is Status.INVALID_REQUEST_FORMAT


def test_data_objects_lie_only_so_deep():
    raw = b""
    for _ in range(DEEPEST + 3):
        raw = tlv(0xA0, raw)
    one = read(raw, 0)
    with pytest.raises(PackageError, match="too deep"):
        while True:
            (one,) = one.children


def test_tags_give_the_number_of_a_component():
    assert [component(tag) for tag in (0x80, 0xA3, 0xBF21, 0x9F1F, 0x30, 0x62, 0xBF8101)] == [
        0, 3, 0x21, 0x1F, None, None, None,
    ]  # fmt: skip


def test_components_have_names_and_others_are_told():
    known = automatic("one", "two", constructed=("two",))
    found, others = fields(node("3008800105A103020101"), known)
    assert (sorted(found), others) == (["one", "two"], [])
    found, others = fields(node("3006800105850100"), known, ["one"])
    assert [other.tag for other in others] == [0x85]
    assert refused(fields, node("3006800105800100"), known)[1] == 5
    assert refused(fields, node("3003850100"), known, ["one"]) == (Status.INVALID_REQUEST_FORMAT, 0)


def test_a_component_after_the_thirtieth_has_a_longer_tag():
    known = automatic(*map(str, range(33)), constructed=("32",))
    assert known[0x9F1F] == "31"
    assert known[0xBF20] == "32"


def test_values_have_their_range():
    assert octets(node("800101"), 1, 1) == b"\1"
    assert refused(octets, node("80020101"), 1, 1) == (Status.BAD_VALUES, 0)
    assert refused(octets, node("8000"), 1, 2)[0] is Status.BAD_VALUES
    assert integer(node("80020100"), 256) == 256
    assert refused(integer, node("80020101"), 256)[0] is Status.BAD_VALUES
    assert refused(integer, node("8001FF"), 256)[0] is Status.BAD_VALUES
    assert refused(integer, node("8000"), 256)[0] is Status.INVALID_REQUEST_FORMAT


def test_object_identifiers_are_read():
    assert identifier(node("060767810F01020402")) == "2.23.143.1.2.4.2"
    assert identifier(node("06022A03")) == "1.2.3"
    assert refused(identifier, node("0600"))[0] is Status.INVALID_REQUEST_FORMAT
    assert refused(identifier, node("0602678F"))[1] == 0


def test_text_that_is_none_is_replaced():
    assert utf8(node("820341C342")) == "A\ufffdB"


def test_a_list_holds_one_type():
    assert [one.value for one in items(node("3006040101040102"), 0x04)] == [b"\1", b"\2"]
    assert refused(list, items(node("3003020101"), 0x04)) == (Status.INVALID_REQUEST_FORMAT, 2)
