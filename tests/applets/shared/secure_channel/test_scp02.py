"""SCP02, with vectors from two independent implementations that agree (pySim is one)."""

from __future__ import annotations

import pytest

from applets.shared.secure_channel import scp02
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.shared.secure_channel.scp02 import Scp02Opening, Scp02Session
from applets.shared.secure_channel.session import Level
from tests.kits.secure_channel import des_mac
from vcard import SW, Command

KEY = bytes(range(0x40, 0x50))
KEYS = KeySet.same(0x20, KeyType.DES, KEY)
HOST, CARD = bytes(range(8)), bytes.fromhex("101112131415")
AUTHENTICATE = "8482030010E918BA043097930084A56804533953F0"


def session(level: int = 0x03) -> Scp02Session:
    opened = Scp02Opening(KEYS, 5, HOST, CARD, 0x75).accept(
        Command.parse(bytes.fromhex(AUTHENTICATE))
    )
    opened.level = Level(level)
    return opened


@pytest.mark.parametrize(
    ("constant", "key"),
    [
        (scp02.CONSTANT_C_MAC, "9BC7F172011D9C5D5758BBA497E7B9E6"),
        (scp02.CONSTANT_R_MAC, "F71D1EDB05931C7C007AA23F7E44F4DE"),
        (scp02.CONSTANT_ENC, "114E70DD9FDAB543CE3BFCFD4C8531B8"),
        (scp02.CONSTANT_DEK, "6A69ED15FB7C010631B1FF9B02868E3B"),
    ],
)
def test_session_keys_follow_from_the_sequence_counter(constant: bytes, key: str) -> None:
    assert scp02.session_key(KEY, constant, 5).key.hex().upper() == key


def test_the_answer_to_initialize_update_has_counter_challenge_and_cryptogram() -> None:
    opening = Scp02Opening(KEYS, 5, HOST, CARD, 0x55)
    answer = scp02.answer(KEYS, 5, opening, CARD)
    assert answer.hex().upper() == "20020005101112131415946D26027AACD534"


@pytest.mark.parametrize("at", [2, 5, 12, 13, 20])
def test_a_changed_byte_of_external_authenticate_is_refused(at: int) -> None:
    raw = bytearray.fromhex(AUTHENTICATE)
    raw[at] ^= 1
    with pytest.raises(SW, match="6982"):
        Scp02Opening(KEYS, 5, HOST, CARD, 0x55).accept(Command.parse(bytes(raw)))


@pytest.mark.parametrize(
    "empty", ["84CA0066089996197A2B45E098", "84CA00661059A6F6F8C8633BB49996197A2B45E09800"]
)
def test_commands_are_opened_in_order(empty: str) -> None:
    """An empty data field may be encrypted (as pySim does) or not (as the standard says)."""
    opened = session()
    commands = (
        ("84F280021082E63A0FE0BFAD7CE2B6CD2DB8B3A9F400", "4F00"),
        (empty, ""),
        ("84E2900010A71521AF32098792A39B42C8F01356A1", "0102030405"),
    )
    for sent, data in commands:
        assert opened.open(Command.parse(bytes.fromhex(sent))).data.hex().upper() == data


@pytest.mark.parametrize("at", [1, 2, 3, 5, 12, 13, 20])
def test_a_changed_byte_of_a_command_is_refused(at: int) -> None:
    raw = bytearray.fromhex("84F280021082E63A0FE0BFAD7CE2B6CD2DB8B3A9F400")
    raw[at] ^= 1
    with pytest.raises(SW, match="6982"):
        session().open(Command.parse(bytes(raw)))


def test_data_that_are_no_blocks_are_refused() -> None:
    for size in (0, 4, 9, 15):
        with pytest.raises(SW, match="6982"):
            session().open(Command(0x84, 0xE2, 0x90, 0, bytes(size)))


def test_data_longer_than_a_short_command_are_refused() -> None:
    with pytest.raises(SW, match="6700"):
        session(0x01).open(Command(0x84, 0xE2, 0x90, 0, bytes(300), extended=True))


def test_an_r_mac_covers_command_and_response_and_chains() -> None:
    opened = session(0x11)
    r_mac_key = bytes.fromhex("F71D1EDB05931C7C007AA23F7E44F4DE")
    chain = bytes.fromhex("84A56804533953F0")
    c_mac_key = bytes.fromhex("9BC7F172011D9C5D5758BBA497E7B9E6")
    from tests.kits.secure_channel import TripleDES, ecb

    covered = bytes.fromhex("84F280020A4F00")
    mac = des_mac(c_mac_key, covered, ecb(TripleDES(c_mac_key[:8] * 3), chain))
    opened.open(Command.parse(covered + mac + b"\0"))
    said = bytes.fromhex("80F28002024F00" + "03414243" + "9000")
    assert opened.close(b"ABC", SW.OK) == b"ABC" + des_mac(r_mac_key, said, chain)
    assert opened.close(b"", SW.WRONG_DATA) == b""
    assert session(0x03).close(b"ABC", SW.OK) == b"ABC"


def test_without_icv_encryption_the_mac_itself_is_the_next_icv() -> None:
    opening = Scp02Opening(KEYS, 5, HOST, CARD, 0x05)
    opened = opening.accept(Command.parse(bytes.fromhex(AUTHENTICATE)))
    opened.level = Level.C_MAC
    key = bytes.fromhex("9BC7F172011D9C5D5758BBA497E7B9E6")
    covered = bytes.fromhex("84F280020A4F00")
    mac = des_mac(key, covered, bytes.fromhex("84A56804533953F0"))
    assert opened.open(Command.parse(covered + mac)).data == b"O\0"


def test_keys_inside_commands_are_under_the_sessions_dek() -> None:
    wrapped = bytes.fromhex("363D4D6F53424DFC96E992FD2B9EF9A3")
    assert session().decrypt_key(wrapped) == KEY
    assert session().key_cipher.key.hex().upper() == "6A69ED15FB7C010631B1FF9B02868E3B"


def test_the_pseudo_random_challenge_follows_from_counter_and_aid() -> None:
    aid = bytes.fromhex("A000000151000000")
    mac_key = scp02.session_key(KEY, scp02.CONSTANT_C_MAC, 5).key
    assert scp02.pseudo_random_challenge(KEYS, 5, aid) == des_mac(mac_key, aid, bytes(8))[:6]
