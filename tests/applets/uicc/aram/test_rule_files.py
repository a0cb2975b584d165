from applets.uicc.aram.rule_files import PKCS15_AID, rule_files
from applets.uicc.aram.rules import Rule
from vcard import tlv

HASH = bytes(range(20))


def rule(*ref):
    return Rule(b"".join(ref), tlv(0xD0, b"\1"))


def test_rules_stand_in_files_that_point_at_each_other():
    some = (
        rule(tlv(0x4F, bytes(5)), tlv(0xC1, HASH)),
        rule(tlv(0x4F), tlv(0xC1, HASH)),
        rule(tlv(0x4F)),
        rule(),
    )
    files = {file.fid: file for file in rule_files((0x3F00, 0x7F50), some, tag=b"12345678")}
    assert files[0x7F50].aid == PKCS15_AID
    bodies = {fid: file.content.hex() for fid, file in files.items()}
    assert bodies[0x5031] == "a706300404025207"
    assert bodies[0x5207] == (
        "a1293000300f0c0d4750205345204163632043746ca1143012060a2a864886fc6b81480101300404024200"
    )
    assert bodies[0x4200] == "3010" + "0408" + b"12345678".hex() + "300404024300"
    assert bodies[0x4300] == (
        "300fa007" + "0405" + "00" * 5 + "300404024310"
        "30088200300404024311" + "30088100300404024312"
    )  # fmt: skip
    assert bodies[0x4310] == "30160414" + HASH.hex()
    assert bodies[0x4311] == "30160414" + HASH.hex() + "3000"
