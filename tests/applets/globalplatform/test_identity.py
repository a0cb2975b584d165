from __future__ import annotations

import pytest

from applets.globalplatform.identity import Identity, capability, recognition_data
from applets.shared.secure_channel.domain import Protocol
from vcard.tlv import Tlv, parse_all

PROTOCOLS = [Protocol(3, 0x70), Protocol(2, 0x55)]


def test_recognition_data_have_one_scheme_for_each_protocol() -> None:
    raw = recognition_data(PROTOCOLS, with_scp11=True)
    children = Tlv.parse(raw).children
    assert [child.tag for child in children] == [0x06, 0x60, 0x63, 0x64, 0x64, 0x64]
    assert [child.value[-2:].hex() for child in children[3:]] == ["0370", "0255", "1102"]
    assert len(Tlv.parse(recognition_data(PROTOCOLS, with_scp11=False)).children) == 5


def test_capabilities_name_key_sizes_of_aes() -> None:
    first, second, privileges = parse_all(capability(PROTOCOLS))
    assert first.value.hex() == "800103810170820107"
    assert second.value.hex() == "800102810155" + "8200"[4:]
    assert privileges.tag == 0x81


def test_production_data_have_42_bytes() -> None:
    assert len(Identity().cplc) == 42
    with pytest.raises(ValueError, match="42 bytes, not 3"):
        Identity(cplc=b"123")
