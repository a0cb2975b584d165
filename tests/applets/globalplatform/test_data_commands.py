from __future__ import annotations

import pytest

from applets.globalplatform.identity import Identity
from tests.applets.globalplatform.conftest import Desk, Personal, make_desk
from vcard.tlv import parse_all


def test_recognition_data_name_the_protocol(desk: Desk) -> None:
    assert desk.plain("80CA006600") == (
        "6631732F06072A864886FC6B01" + "600C060A2A864886FC6B02020301"
        "630906072A864886FC6B03" + "640B06092A864886FC6B040370" + "9000"
    )


def test_key_information_lists_every_key(desk: Desk) -> None:
    listed = "".join(f"C004{kid:02X}308810" for kid in (1, 2, 3))
    assert desk.plain("80CA00E000") == f"E012{listed}9000"
    assert desk.plain("00CA00E000") == f"E012{listed}9000"


def test_a_card_may_answer_bare_objects() -> None:
    desk = make_desk(identity=Identity(bare=True))
    assert desk.plain("00CA00E000").startswith("C0040130")
    assert desk.plain("00CA006600").startswith("73")
    assert desk.plain("00CA9F7F00").startswith("9F7F2A")


@pytest.mark.parametrize(
    ("tag", "answer"),
    [
        ("00CF", "CF0A00000000000000000000"),
        ("00C1", "C103000001"),
        ("2F00", "610A4F08A000000151000000610C"),
        ("FF21", "FF21"),
        ("0067", "67"),
        ("0042", "6A88"),
        ("00EE", "6A88"),
        ("FF33", "6A88"),
    ],
)
def test_the_objects_of_a_card(desk: Desk, tag: str, answer: str) -> None:
    assert desk.send(f"80CA{tag}").startswith(answer)


def test_the_list_of_applications_has_all_of_them(desk: Desk) -> None:
    answer = bytes.fromhex(desk.send("80CA2F00"))[:-2]
    assert len(parse_all(answer)) == 3


def test_a_domain_without_sets_has_no_counter(desk: Desk) -> None:
    for kid in (1, 2, 3):
        desk.isd.domain.keys.delete(0x30, kid)
    assert desk.plain("80CA00C100") == "6A88"


@pytest.mark.parametrize(
    ("data", "word"),
    [("A60483021303", "6A88"), ("A703830213", "6A80"), ("A60483021303A6", "6A80"), ("A600", "6A80"),
     ("A70483021303", "6A80")],
)  # fmt: skip
def test_certificates_are_those_of_a_key_that_is_named(desk: Desk, data: str, word: str) -> None:
    raw = bytes.fromhex(data)
    assert desk.plain(f"00CABF21{len(raw):02X}{data}00") == word


def test_certificates_and_authorities_are_stored_by_key(desk: Desk) -> None:
    assert desk.send("00E29000", "A60483021303BF21053003020107") == "9000"
    assert desk.plain("00CABF2106A6048302130300") == "BF210530030201079000"
    desk.open()
    assert desk.send("00E29000", "A60B8001004202AABB83021003") == "9000"
    assert desk.plain("00CAFF3300") == "FF33084202AABB830210039000"


@pytest.mark.parametrize("header", ["80E29000", "80E28000"])
def test_objects_are_stored_and_read_by_anybody(desk: Desk, header: str) -> None:
    assert desk.send(header, "4203112233" + "4502AABB" + "5F500161") == "9000"
    assert desk.plain("80CA004200") == "42031122339000"
    assert desk.plain("80CA004500") == "4502AABB9000"
    assert desk.plain("80CA5F5000") == "5F5001619000"


def test_data_groups_have_objects_inside(desk: Desk) -> None:
    assert desk.send("80E28800", "0070044202AABB") == "9000"
    assert desk.plain("80CA004200") == "4202AABB9000"
    desk.open()
    for wrong in ("0071044202AABB", "00700542", "0070"):
        assert desk.send("80E28800", wrong) == "6A80"


def test_blocks_are_joined(desk: Desk) -> None:
    assert desk.send("80E21000", "4204AA") == "9000"
    assert desk.send("80E29001", "BBCCDD") == "9000"
    assert desk.plain("80CA004200") == "4204AABBCCDD9000"


def test_blocks_come_in_order(desk: Desk) -> None:
    assert desk.send("80E29001", "4201AA") == "6A86"
    assert desk.send("80E21000", "4202AA") == "9000"
    assert desk.send("80E29000", "BB") == "6A86"
    assert desk.send("80E29000", "4201AA") == "9000"


def test_encrypted_data_are_under_the_dek(desk: Desk) -> None:
    data = desk.host.wrap_key(bytes.fromhex("4203112233") + b"\x80" + bytes(10))
    assert desk.send("80E2F000", data) == "9000"
    assert desk.plain("80CA004200") == "42031122339000"
    desk.open()
    assert desk.send("80E2F000", bytes(16)) == "6A80"
    assert desk.send("80E2F000", bytes(15)) == "6A80"


def test_the_domain_can_be_renamed(desk: Desk) -> None:
    assert desk.send("80E29000", "4F07F0766361726401") == "9000"
    assert desk.select(bytes.fromhex("F0766361726401")).startswith("6F0F8407F0766361726401")
    assert desk.select() == "6A82"


@pytest.mark.parametrize("data", ["4F04AABBCCDD", "4F07F07663617264FF", "4101AA", "42"])
def test_what_the_domain_does_not_store_is_refused(desk: Desk, data: str) -> None:
    assert desk.send("80E29000", data) == "6A80"


def test_store_data_needs_a_session(desk: Desk) -> None:
    desk.select()
    assert desk.plain("80E290000342 01AA") == "6982"


def for_personalization(aid: bytes) -> bytes:
    return b"\0\0" + bytes((len(aid),)) + aid + bytes(3)


def test_data_go_to_the_application_that_is_personalised(desk: Desk) -> None:
    applet = desk.card.applets[2]
    assert isinstance(applet, Personal)
    assert desk.send("80E62000", for_personalization(Personal.aid)) == "009000"
    assert desk.send("80E20000", "AA") == "9000"
    assert desk.send("80E28001", "BB") == "9000"
    assert applet.got == [(b"\xaa", False), (b"\xbb", True)]
    assert desk.send("80E29000", "4201AA") == "9000"
    desk.send("80E62000", for_personalization(Personal.aid))
    desk.card.uninstall(applet)
    assert desk.send("80E28000", "BB") == "6985"


def test_only_applications_that_can_be_personalised_are(desk: Desk) -> None:
    hello = desk.card.applets[1].aid
    assert desk.send("80E62000", for_personalization(hello)) == "6985"
    assert desk.send("80E62000", for_personalization(b"12345")) == "6A88"
