import json

import pytest

from applets.shared.file_system.tree import MF, Kind, Life
from applets.sim.cards import create
from applets.sim.dumps import read_dump
from tests.kits.sim.terminal import Terminal
from vcard import tlv
from vcard.tlv import Tlv

ATR = "3b9f96801f878031e073fe211b674a357530350265f8"
AID = "a0000000871002ffffffff8907090000"


def fcp(*objects):
    return tlv(0x62, *(bytes.fromhex(one) for one in objects)).hex()


PINS = "c60f90017083010183018183010a83010b"
FILES = {
    "MF": {"fcp_raw": fcp("82027821", "83023f00", "8a0105", "8c04261a0000", PINS)},
    "MF/EF.ARR": {
        "fcp_raw": fcp("82054221001001", "83022f06", "8a0105", "8b032f0601", "80020010"),
        "body": ["800101900080015aa40683010a950108"],
    },
    "MF/EF.ICCID": {
        "fcp_raw": fcp("82024121", "83022fe2", "a503d00120", "8a0105", "8b032f0601", "8002000a",
                       "880110"),
        "body": "98940000000000000010",
    },
    "MF/EF.PHASE": {"error": {"sw_actual": "6a82"}},
    "MF/ADF.USIM": {"fcp_raw": fcp("82027821", "8410" + AID, "8a0105", "8c04261a0000", PINS)},
    "MF/ADF.USIM/EF.IMSI": {
        "fcp_raw": fcp("82024121", "83026f07", "8a0104", "8b036f0602", "80020009", "8800"),
        "error": {"sw_actual": "6982"},
    },
    "MF/ADF.USIM/EF.AD": {
        "fcp_raw": fcp("82024121", "83026fad", "8a0105", "8b036f0602", "80020004", "8800"),
        "body": "00000002",
    },
    "MF/ADF.USIM/EF.SMS": {
        "fcp_raw": fcp("8205422100030a", "83026f3c", "8a0105", "8c0103", "80020006"),
        "body": ["010203"],
    },
    "MF/ADF.USIM/EF.DATA": {
        "fcp_raw": fcp("82027921", "83026ff8", "a5048602012c", "8a0105", "8c03030000", "80020000"),
        "body": {"129": "aabb"},
    },
    "MF/ADF.ISD": {"fcp_raw": "6f108408a000000003000000a5049f6501ff"},
}  # fmt: skip
DUMP = {
    "atr": ATR,
    "files": {name: {"path": name.split("/"), **facts} for name, facts in FILES.items()},
}
SCRIPT = f"""
# directory: MF (3f00)
# RAW FCP Template: {FILES["MF"]["fcp_raw"]}
select MF
# directory: MF/EF.ICCID (3f00/2fe2)
# RAW FCP Template: {FILES["MF/EF.ICCID"]["fcp_raw"]}
select MF/EF.ICCID
update_binary 98940000000000000010
# directory: MF/ADF.USIM (3f00/a0000000871002)
# RAW FCP Template: {FILES["MF/ADF.USIM"]["fcp_raw"]}
# directory: MF/ADF.USIM/EF.SMS (3f00/a0000000871002/6f3c)
# RAW FCP Template: {FILES["MF/ADF.USIM/EF.SMS"]["fcp_raw"]}
update_record 1 010203
# directory: MF/ADF.USIM/EF.DATA (3f00/a0000000871002/6ff8)
# RAW FCP Template: {FILES["MF/ADF.USIM/EF.DATA"]["fcp_raw"]}
set_data 0x81 aabb
# directory: MF/ADF.ARA-M (3f00/a00000015141434c00)
# RAW FCP Template: None
aram_delete_all
"""
USIM = (MF, 0x7FF0)


@pytest.mark.parametrize("text", [json.dumps(DUMP), SCRIPT])
def test_both_kinds_of_dumps_have_files(text):
    files = {file.path: file for file in read_dump(text).files}
    assert files[USIM].aid.hex() == AID
    assert files[(MF, 0x2FE2)].content.hex() == "98940000000000000010"
    assert files[(MF, 0x2FE2)].sfi == 2
    sms = files[(*USIM, 0x6F3C)]
    assert (sms.kind, sms.record, sms.content) == (
        Kind.LINEAR, 3, b"\1\2\3\xff\xff\xff",
    )  # fmt: skip
    objects = files[(*USIM, 0x6FF8)]
    assert (objects.limit, objects.content.hex()) == (300, "8102aabb")


def test_only_the_json_has_the_answer_to_reset():
    assert read_dump(json.dumps(DUMP)).atr.hex() == ATR
    assert read_dump(SCRIPT).atr == b""


def test_rules_that_were_not_found_are_those_of_the_administrator():
    files = {file.path: file for file in read_dump(json.dumps(DUMP)).files}
    assert files[(MF, 0x2FE2)].compact == b""  # its rule is in the dump
    assert files[(*USIM, 0x6F07)].compact.hex() == "5b1a1a1a1a1a"  # unreadable for pySim
    assert files[(*USIM, 0x6FAD)].compact.hex() == "5b1a1a1a1a00"
    assert files[(*USIM, 0x6F07)].life is Life.DEACTIVATED


def test_what_is_no_dump_is_an_error():
    for text in ("", "{}", "select MF"):
        with pytest.raises(ValueError, match="neither"):
            read_dump(text)


def test_a_card_is_made_from_a_dump():
    card = create(None, {"from": json.dumps(DUMP), "pin": "4321", "adm": "11111111"})
    phone = Terminal(card)
    assert card.atr.hex() == ATR
    assert phone.data("00A40004023F00") == FILES["MF"]["fcp_raw"]
    assert phone.data("00A40004022FE2") == FILES["MF/EF.ICCID"]["fcp_raw"]
    assert phone.data("00B000000A") == "98940000000000000010"
    assert phone.word("0020000A", b"11111111") == "9000"
    assert phone.word("00260001", b"4321\xff\xff\xff\xff") == "6984"  # it is off already
    assert phone.word("00280001", b"4321\xff\xff\xff\xff") == "9000"
    enabled = Tlv.parse(bytes.fromhex(phone.data("00A40004023F00"))).find(0xC6, 0x90)
    assert enabled.value == b"\xf0"
    assert [pin.reference for pin in card.subscription.pins] == [0x01, 0x81, 0x0A, 0x0B]


def test_a_script_may_end_with_a_file():
    text = SCRIPT.replace(
        "# RAW FCP Template: None", "# RAW FCP Template: " + FILES["MF"]["fcp_raw"]
    )
    assert len(read_dump(text).files) == len(read_dump(SCRIPT).files) + 1
