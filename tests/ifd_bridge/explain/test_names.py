"""Numbers with one standard name get it; others stay numbers."""

from ifd_bridge.explain.names import (
    AIDS,
    FEATURES,
    TAGS,
    aid_name,
    command_name,
    control_name,
    tag_name,
)
from tests.kits import golden


def test_commands_are_named_by_their_class():
    cases = [(0x00, 0xA4, "SELECT"), (0x0C, 0x20, "VERIFY"), (0x80, 0xE2, "STORE DATA"),
    (0x84, 0x50, "INITIALIZE UPDATE"), (0xA0, 0xA4, "SELECT"), (0x00, 0x00, "INS 00")]  # fmt: skip
    for cla, ins, name in cases:
        assert command_name(cla, ins) == name


def test_an_instruction_of_two_standards_has_both_names():
    assert command_name(0x80, 0x10) == "TERMINAL PROFILE or NFCCTAP MSG"
    assert command_name(0x80, 0x11) == "NFCCTAP GET RESPONSE"
    assert command_name(0x80, 0x12) == "FETCH"


def test_applications_are_named_by_the_longest_aid_that_fits():
    cases = [("A0000003080000100001", "PIV"), ("A000000018FF", "PIN dump"), ("A0000000", None),
    ("A00000052721", "YubiKey"), ("A000000018", "PIN dump"), ("F0", None)]  # fmt: skip
    for aid, name in cases:
        assert aid_name(bytes.fromhex(aid)) == name


def test_tags_and_control_codes_are_named():
    assert tag_name(0x6F) == "6F FCI"
    assert tag_name(0x5F20) == "5F20"
    assert tag_name(0xBF3E) == "BF3E EID"
    assert control_name(0x42000000 + 3400) == "GET_FEATURE_REQUEST"
    assert control_name(0x42330006) == "VERIFY_PIN_DIRECT"
    assert control_name(0x42330015) == "42330015"
    assert control_name(0x42000017) == "42000017"


def test_tables_of_names_have_the_numbers_of_their_standards():
    known = {
        0x42: "issuer", 0x7A: "security support", 0x7C: "dynamic authentication",
        0x79: "allocation authority", 0x7F49: "public key", 0x9F7F: "CPLC",
        0xA5: "proprietary", 0x66: "card data", 0x5C: "tag list", 0x5F24: "expiry date",
    }  # fmt: skip
    assert {tag: TAGS[tag] for tag in known} == known
    assert len(TAGS) == len(set(TAGS.values()))


def test_a_command_to_the_reader_has_no_interindustry_name() -> None:
    assert command_name(0x00, 0x70) == "MANAGE CHANNEL"
    assert "MANAGE CHANNEL" not in command_name(0xFF, 0x70)
    assert command_name(0xFF, 0x82) == "LOAD KEYS"
    assert command_name(0x00, 0xC2) == "ENVELOPE"
    assert "ENVELOPE" not in command_name(0xFF, 0xC2)


def test_every_number_has_the_name_of_its_standard():
    """ISO/IEC 7816-4, 5.6; ETSI TS 102 221, 10.1.2; GlobalPlatform 2.3, 11; PC/SC Parts 3, 10."""
    commands = (
        f"{cla:02X} {ins:02X} {command_name(cla, ins)}"
        for cla in (0x00, 0x80, 0xFF)
        for ins in range(0x100)
        if not command_name(cla, ins).startswith("INS ")
    )
    tags = (f"tag {tag_name(tag)}" for tag in sorted(TAGS))
    controls = [*range(1, 5), *range(3398, 3403), *range(3498, 3503), *range(3598, 3603)]
    features = range(0x330000, 0x330022)
    golden.check("names", [
        *commands, *tags,
        *(f"control {number} {control_name(0x42000000 + number)}" for number in controls),
        *(f"feature {n & 0xFF:02X} {control_name(0x42000000 + n)}" for n in features),
        *(f"AID {aid} {name}" for aid, name in sorted(AIDS.items())), str(len(FEATURES)),
    ], more=True)  # fmt: skip
