from applets.piv import AID
from applets.piv.card_numbers import CardNumbers
from applets.piv.issued_objects import ccc, chuid, discovery, issued, key_history
from vcard.tlv import parse_all


def test_the_key_history_counts_retired_keys_whose_certificates_are_on_the_card():
    items = parse_all(key_history(3))
    assert [(item.tag, item.value) for item in items] == [
        (0xC1, b"\3"),
        (0xC2, b"\0"),
        (0xF3, b""),
        (0xFE, b""),
    ]


def test_the_chuid_has_the_mandatory_fields():
    items = parse_all(chuid(bytes(range(16)), bytes(25)))
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


def test_the_chuid_has_the_numbers_that_were_chosen():
    numbers = CardNumbers(bytes(range(16)), bytes(25))
    items = parse_all(issued(numbers=numbers)[0x5FC102])
    assert [item.value for item in items[:2]] == [bytes(25), bytes(range(16))]
