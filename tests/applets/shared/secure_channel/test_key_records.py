from __future__ import annotations

import pytest

from applets.shared.secure_channel.key_records import CARD_CAS, HOST_CAS, KeyRecords
from vcard import Memory
from vcard.tlv import parse_all

KEY = (0x03, 0x10)
CONTROL = "A6 04 8302 1003 "


@pytest.fixture
def records() -> KeyRecords:
    return KeyRecords(Memory().section("records"))


def store(records: KeyRecords, text: str) -> None:
    records.store(parse_all(bytes.fromhex(text)))


def test_certificates_are_kept_by_key(records: KeyRecords) -> None:
    assert records.certificates(KEY) is None
    store(records, CONTROL + "BF21 05 3003020107")
    assert records.certificates(KEY) == bytes.fromhex("3003020107")
    assert records.certificates((0x03, 0x11)) is None
    records.forget(KEY)
    assert records.certificates(KEY) is None


def test_allowed_serial_numbers_are_kept_by_key(records: KeyRecords) -> None:
    assert records.serials(KEY) == frozenset()
    store(records, CONTROL + "70 07 930101 93020081")
    assert records.serials(KEY) == {1, 0x81}
    store(records, CONTROL + "70 00")
    assert records.serials(KEY) == frozenset()


def test_names_of_authorities_are_listed_by_what_they_certify(records: KeyRecords) -> None:
    assert records.authorities(HOST_CAS) == b""
    store(records, "A6 0B 800100 4202AABB 83021003")
    store(records, "A6 0B 800101 4202CCDD 83021303")
    store(records, "A6 08 4202EEFF 83022001")
    assert records.authorities(HOST_CAS).hex().upper() == "4202EEFF83022001" + "4202AABB83021003"
    assert records.authorities(CARD_CAS).hex().upper() == "4202CCDD83021303"
    records.clear()
    assert records.authorities(CARD_CAS) == b""


@pytest.mark.parametrize(
    "text",
    ["", "70 00", "A6 00 70 00", "A6 03 830110", CONTROL, CONTROL + "71 00", CONTROL + "70 01 93"],
)
def test_what_is_no_record_of_a_key_is_refused(records: KeyRecords, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        store(records, text)
