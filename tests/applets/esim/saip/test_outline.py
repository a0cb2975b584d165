import json

from applets.esim import saip
from tests.kits.esim.applications import (
    Made,
    access_rules,
    domain,
    remote_files,
    rule_data,
)
from tests.kits.esim.package import elements, package, with_elements
from tests.kits.esim.raw_package import element
from vcard import Tlv, tlv

WHOLE = with_elements(
    domain([Made(2, 1)]), remote_files(), access_rules(rule_data()),
    element(5, tlv(0x81, bytes(8))),
    element(40, mandated=False),
)  # fmt: skip


def shown(raw: bytes = WHOLE):
    return saip.outline(saip.read_package(raw))


def test_a_package_is_shown_whole():
    values = shown()
    assert values["header"]["iccid"] == "8949001111111111119"
    names = [one["name"] for one in values["elements"]]
    assert (names[0], names[-1]) == ("header", "end")
    assert values["elements"][1]["template"] == "2.23.143.1.2.1"
    (imsi,) = [one for one in values["files"] if one["name"] == "EF.IMSI"]
    assert (imsi["path"], imsi["content"]) == ("3F00/7FD0/6F07", "080910101032547698")
    assert (imsi["access"], imsi["sfi"], imsi["life cycle"]) == ("6F06:2", 7, "05")
    (application,) = values["applications"]
    assert application["authentication"]["algorithm"] == "milenage"
    assert values["security domains"][0]["keys"][0]["type"] == "88"
    assert values["security domains"][0]["targets"] == ["B20100"]
    assert values["remote management"][0]["targets"] == ["B00120"]
    assert values["card applications"][0]["aid"] == "A00000015141434C00"
    assert values["left out"][0]["status"] == "pe-not-supported"
    assert values["memory"] > 0
    assert json.dumps(values)


def test_no_secret_is_shown():
    values = json.dumps(shown())
    for secret in (b"1234\xff\xff\xff\xff", b"12345678", b"55555555", bytes(range(16))):
        assert secret.hex().upper() not in values
        assert secret.hex() not in values
    assert values.count('"**"') == 7  # two PINs, a PUK, K and OPc, a domain's key, CDMA


def test_what_the_header_demands_is_told():
    first, *rest = elements()
    wanted = Tlv.parse(first).value.replace(b"\xa5\0", b"\xa5\4\x81\0\x89\0")
    values = saip.outline(saip.read_package(tlv(0xA0, wanted) + b"".join(rest), lenient=True))
    assert values["header"]["services"] == [
        {"name": "usim", "there": True}, {"name": "mbms", "there": False},
    ]  # fmt: skip


def test_records_and_links_are_told_as_such():
    records = [one for one in shown(package())["files"] if "record" in one]
    assert all(one["record"] * one["records"] == one["size"] for one in records)
    link = tlv(0x62, tlv(0x82, b"\x41\x21"), tlv(0x83, b"\x2f\x50"), tlv(0xC7, b"\x2f\xe2"))
    values = shown(with_elements(element(1, tlv(0xA1, tlv(0x30, link)))))
    (found,) = [one for one in values["files"] if one["path"] == "3F00/2F50"]
    assert found["link"] == "3F00/2FE2"
    assert "content" not in found
