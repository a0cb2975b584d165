from applets.piv import AID
from applets.piv.issued_objects import ccc, chuid, discovery, fasc_n, issued, key_history
from vcard.tlv import parse_all


def test_the_key_history_counts_retired_keys_whose_certificates_are_on_the_card():
    items = parse_all(key_history(3))
    assert [(item.tag, item.value) for item in items] == [
        (0xC1, b"\3"),
        (0xC2, b"\0"),
        (0xF3, b""),
        (0xFE, b""),
    ]


def test_the_non_federal_number_is_the_one_that_all_cards_carry():
    # Agency and system 9999, credential 999999: the value in the CHUID of non-federal cards.
    assert fasc_n("9999", "9999", "999999", person="0000000000").hex() == (
        "d4e739da739ced39ce739d836858210842108421c84210c3eb"
    )


def test_the_chuid_has_the_mandatory_fields():
    items = parse_all(chuid(bytes(range(16))))
    assert [item.tag for item in items] == [0x30, 0x34, 0x35, 0x3E, 0xFE]
    assert items[1].value == bytes(range(16))
    assert items[2].value == b"20491231"


def test_the_capability_container_names_the_card():
    items = parse_all(ccc(bytes(range(14))))
    assert items[0].value == bytes.fromhex("A000000116FF02") + bytes(range(14))
    assert [i.tag for i in items] == [*range(0xF0, 0xF8), *range(0xFA, 0xFF)]


def test_the_discovery_object_tells_which_pins_count():
    for has_global, policy in [(False, "4000"), (True, "6010")]:
        items = parse_all(discovery(global_pin=has_global))
        assert items[0].value == AID
        assert (items[1].tag, items[1].value.hex()) == (0x5F2F, policy)


def test_each_card_is_issued_with_its_own_number():
    assert issued()[0x5FC102] != issued()[0x5FC102]
    assert 0x5FC123 not in issued()
    assert issued(pairing_code="87654321")[0x5FC123] == b"\x99\x0887654321\xfe\0"
