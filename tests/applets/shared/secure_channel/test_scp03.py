"""SCP03, with vectors from two independent implementations that agree (pySim, yubikit)."""

from __future__ import annotations

import pytest

from applets.shared.secure_channel import scp03
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.shared.secure_channel.scp03 import Scp03Opening, Scp03Session, SessionKeys
from applets.shared.secure_channel.session import FULL, Level
from vcard import SW, Command

HOST, CARD = bytes(range(8)), bytes(range(8, 16))
FCI = bytes.fromhex("6F108408A000000151000000A5049F6501FF")

VECTORS = {
    16: (
        "EB845BBC703969A9B312A5F8E4834AA2",
        "94D9141C5E50A39EF3939B9A4616C910",
        "F034ED3222D3466EE1531F3FA3561DEF",
        "114F6BC5052C5228",
        "8482330010FAFA93C2EDE62463CB51E38EC18EB00B",
    ),
    24: (
        "4B517FA05159CE1005F289713299F61180DDFD46C3FF80AC",
        "FDE43DBFC99C9756E04A5FAE6F37DBDD7E17E557FB7C14F8",
        "491DD484BDE9FC77CFA11D5B5A90DDDC0BE6A507D27B5FF2",
        "C548C489AA2CF8A1",
        "84823300104210DF4721536B38C9CA46AA9B26EF1B",
    ),
    32: (
        "8D627A7D75D3B412078DA8A4C0F313434B741697AA7BFFEAA7BB4D4719142BF7",
        "191EAE43AA10D370EC9F0AAEFEA7E29BBA06D5B82C803B0DD294C399144225AF",
        "370AB81B2BD93842A4600DF534BC067AA603C78A0B2954DC121D5C2EB3EBD710",
        "F6F9AB0AAA1D830A",
        "84823300108EDC968E4D13E4ABFFBCEA59B7C5FEFC",
    ),
}


def key_set(size: int = 16) -> KeySet:
    return KeySet.same(0x30, KeyType.AES, bytes(range(0x40, 0x40 + size)))


def session(level: int = 0x33) -> Scp03Session:
    opening = Scp03Opening(key_set(), HOST, CARD)
    opened = opening.accept(Command.parse(bytes.fromhex(VECTORS[16][4])))
    opened.level = Level(level)
    return opened


@pytest.mark.parametrize("size", VECTORS)
def test_session_keys_and_cryptograms_follow_from_the_challenges(size: int) -> None:
    enc, mac, rmac, cryptogram, authenticate = VECTORS[size]
    keys = SessionKeys.derive(key_set(size), HOST + CARD)
    assert [key.hex().upper() for key in (keys.enc, keys.mac, keys.rmac)] == [enc, mac, rmac]
    opening = Scp03Opening(key_set(size), HOST, CARD)
    assert opening.card_cryptogram.hex().upper() == cryptogram
    opened = opening.accept(Command.parse(bytes.fromhex(authenticate)))
    assert opened.level == FULL
    assert opened.kvn == 0x30


@pytest.mark.parametrize("at", [5, 12, 13, 20])
def test_a_changed_byte_of_external_authenticate_is_refused(at: int) -> None:
    raw = bytearray.fromhex(VECTORS[16][4])
    raw[at] ^= 1
    with pytest.raises(SW, match="6982"):
        Scp03Opening(key_set(), HOST, CARD).accept(Command.parse(bytes(raw)))


def test_the_answer_to_initialize_update_names_keys_protocol_and_parameter() -> None:
    opening = Scp03Opening(key_set(), HOST, CARD)
    answer = scp03.answer(key_set(), 0x60, opening, CARD)
    assert answer.hex().upper() == "30036008090A0B0C0D0E0F" + VECTORS[16][3]


COMMANDS = [
    (
        "84F2800218C63BB560BD6757CD706C51D7DCBBF52FCEF5EDF3207A6FBE00",
        "4F00",
        "52722D4781EC030A7886FC695F7AEF84F03C549CD9E51B996EE702F7E01879FBB74F660763E553F8",
    ),
    (
        "84CA006608CD699943267EED4E00",
        "",
        "0720C6D3F7F7B17D41FBB299B7B2630D194CCF453D6F11E281FF8205B79BE44F59A2862FCB5F3AE7",
    ),
    (
        "84E2900018F9D0B70D4DF8A4972AFEBF7579420D1CEA2139266F23478E",
        "0102030405",
        "1DBF77557CA48191C2C5FE81F4D119B96307F93F8A1EF29AA47FEE9B6BFDE2CED9AE96415A51D8E5",
    ),
]


def test_commands_are_opened_and_responses_closed_in_order() -> None:
    opened = session()
    for sent, data, answer in COMMANDS:
        command = opened.open(Command.parse(bytes.fromhex(sent)))
        assert command.cla == 0x80
        assert command.data.hex().upper() == data
        assert opened.close(FCI, SW.OK).hex().upper() == answer


@pytest.mark.parametrize("at", [1, 2, 3, 5, 20, 21, 28])
def test_a_changed_byte_of_a_command_is_refused(at: int) -> None:
    raw = bytearray.fromhex(COMMANDS[0][0])
    raw[at] ^= 1
    with pytest.raises(SW, match="6982"):
        session().open(Command.parse(bytes(raw)))


def test_a_command_cannot_be_sent_again() -> None:
    opened = session()
    command = Command.parse(bytes.fromhex(COMMANDS[0][0]))
    opened.open(command)
    with pytest.raises(SW, match="6982"):
        opened.open(command)


def test_a_command_shorter_than_a_mac_is_refused() -> None:
    for text in ("84F28002", "84F2800200", "84F280020401020304"):
        with pytest.raises(SW, match="6982"):
            session().open(Command.parse(bytes.fromhex(text)))


def resealed(data: bytes, *, extended: bool = False) -> Command:
    """A command with a right MAC over any data, the first of a session."""
    keys = SessionKeys.derive(key_set(), HOST + CARD)
    from tests.kits.secure_channel import cmac

    chain = cmac(keys.mac, bytes(16) + bytes.fromhex("8482330010FAFA93C2EDE62463"))
    size = len(data) + 8
    length = b"\0" + size.to_bytes(2, "big") if extended else bytes((size,))
    mac = cmac(keys.mac, chain + bytes.fromhex("84E29000") + length + data)[:8]
    return Command(0x84, 0xE2, 0x90, 0, data + mac, None, extended)


def test_data_that_are_no_blocks_or_not_padded_are_refused() -> None:
    with pytest.raises(SW, match="6700"):
        session().open(resealed(bytes(15)))
    with pytest.raises(SW, match="6A80"):
        session().open(resealed(bytes(16)))


def test_the_mac_covers_the_length_as_it_is_sent() -> None:
    assert session(0x01).open(resealed(b"AB", extended=True)).data == b"AB"
    assert session(0x01).open(resealed(b"AB")).data == b"AB"


def test_a_level_without_encryption_takes_plain_data() -> None:
    opened = session(0x11)
    assert opened.open(resealed(b"AB")).data == b"AB"
    assert opened.close(b"CD", SW.OK)[:2] == b"CD"
    assert len(opened.close(b"CD", SW.OK)) == 10


def test_a_level_without_r_mac_leaves_answers_alone() -> None:
    assert session(0x03).close(FCI, SW.OK) == FCI


def test_an_empty_answer_is_a_mac_alone_and_an_error_has_none() -> None:
    opened = session()
    assert len(opened.close(b"", SW.OK)) == 8
    assert len(opened.close(b"", SW(0x6310))) == 8
    assert opened.close(b"", SW.WRONG_DATA) == b""


def test_a_session_without_a_mac_expects_no_secure_messaging() -> None:
    with pytest.raises(SW, match="6982"):
        session(0x00).open(resealed(b"AB"))


def test_keys_inside_commands_are_under_the_dek() -> None:
    wrapped = bytes.fromhex("80D2A5B08FA0EE51143B459E638106DF")
    assert session().decrypt_key(wrapped) == bytes(range(0x40, 0x50))


def test_the_pseudo_random_challenge_follows_from_counter_and_aid() -> None:
    aid = bytes.fromhex("A000000151000000")
    first = scp03.pseudo_random_challenge(key_set(), 1, aid, 8)
    assert len(first) == 8
    assert first != scp03.pseudo_random_challenge(key_set(), 2, aid, 8)
    assert first == scp03.pseudo_random_challenge(key_set(), 1, aid, 8)
