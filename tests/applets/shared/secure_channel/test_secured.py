from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests.applets.shared.secure_channel.conftest import AID, Made, exchange
from tests.kits.secure_channel import KEY, ChannelError, Host
from vcard import Memory

OK = b"\x90\0"
Vault = Callable[..., Made]
SCP03_FULL, SCP02_FULL = (3, 0x70), (2, 0x75)
MODES = [
    *((3, i, level) for i in (0x00, 0x10) for level in (0x00, 0x01, 0x03)),
    *((3, i, level) for i in (0x20, 0x30) for level in (0x11, 0x13)),
    *((3, i, level) for i in (0x60, 0x70) for level in (0x01, 0x03, 0x11, 0x13, 0x33)),
    *((3, i, level) for i in (0x01, 0x61, 0x71) for level in (0x01, 0x03)),
    *((2, i, level) for i in (0x15, 0x55) for level in (0x00, 0x01, 0x03)),
    *((2, i, level) for i in (0x35, 0x75) for level in (0x01, 0x03, 0x11, 0x13)),
]


@pytest.mark.parametrize(("scp", "i", "level"), MODES)
def test_commands_pass_at_every_level_of_every_protocol(
    vault: Vault, scp: int, i: int, level: int
) -> None:
    _, host = vault((scp, i))
    size = 16 if scp == 3 and i & 1 else 8
    one = host(challenge=bytes(range(size)))
    assert one.open(level) == OK
    assert one.send("80CA000003AABBCC00") == "AABBCC9000"
    assert one.send("80CA000000") == "9000"
    assert one.send("80CC002000") == "00" * 32 + "9000"
    assert one.send("80DA000001EE") == "9000"
    assert one.send("80DB0010") == "6310"
    assert one.send("80DC0000") == "6985"
    assert one.send("80DD000002AABB00") == "AABB6310"
    assert one.send("80CA000001DD00") == "DD9000"


@pytest.mark.parametrize("channel", [1, 3])
def test_a_session_belongs_to_its_channel(vault: Vault, channel: int) -> None:
    card, host = vault(SCP03_FULL)
    basic = host()
    assert basic.open() == OK
    card.exchange(bytes((0, 0x70, 0, channel)))
    other = host(cla=channel)
    card.exchange(bytes((channel, 0xA4, 4, 0, 8)) + AID)
    assert other.open(0x33) == OK
    assert other.send("80CA000001AA00") == "AA9000"
    assert basic.send("80CA000001BB00") == "BB9000"


@pytest.mark.parametrize(
    ("protocol", "level"),
    [((3, 0x00), 0x11), ((3, 0x20), 0x33), ((3, 0x70), 0x02), ((2, 0x55), 0x11), ((2, 0x75), 0x33)],
)
def test_a_level_that_the_parameter_does_not_have_is_refused(
    vault: Vault, protocol: tuple[int, int], level: int
) -> None:
    _, host = vault(protocol)
    assert host().open(level).hex() == "6a86"


def test_wrong_keys_are_noticed_on_both_sides(vault: Vault) -> None:
    for protocol in (SCP03_FULL, SCP02_FULL):
        card, host = vault(protocol)
        with pytest.raises(ChannelError):
            host(key=bytes(16)).open()
        answer = exchange(card, bytes.fromhex("8482330010" + "00" * 16))
        assert answer.hex() == ("6300" if protocol is SCP03_FULL else "6a86")
        assert exchange(card, bytes.fromhex("8482010010" + "00" * 16)).hex() == "6985"


def test_external_authenticate_needs_initialize_update(vault: Vault) -> None:
    card, _ = vault(SCP03_FULL)
    assert exchange(card, bytes.fromhex("8482330010" + "00" * 16)).hex() == "6985"


def test_external_authenticate_cannot_be_repeated_in_a_session(vault: Vault) -> None:
    card, host = vault(SCP03_FULL)
    one = host()
    assert one.open() == OK
    assert exchange(card, bytes.fromhex("8482330010" + "00" * 16)).hex() == "6982"
    assert one.send("80CA000000") == "6982"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("8050310008000102030405060700", "6a88"),
        ("8050200008000102030405060700", "6a88"),
        ("80500000070001020304050600", "6700"),
        ("805000001000010203040506070001020304050607", "6700"),
        ("8050000108000102030405060700", "6a86"),
    ],
)
def test_a_wrong_initialize_update_is_refused(vault: Vault, command: str, word: str) -> None:
    card, _ = vault(SCP03_FULL)
    assert exchange(card, bytes.fromhex(command)).hex() == word


def test_version_0_takes_the_first_keys_that_fit_a_protocol(vault: Vault) -> None:
    for protocols, kvn in ((((2, 0x55), (3, 0x70)), 0x20), (((3, 0x70),), 0x30)):
        _, host = vault(*protocols)
        one = host()
        assert one.open(1) == OK
        assert one.answer[10] == kvn
    _, host = vault((2, 0x55), (3, 0x70))
    one = host(kvn=0x30)
    assert one.open(1) == OK
    assert one.scp == 3


def test_a_wrong_mac_ends_the_session(vault: Vault) -> None:
    for protocol in (SCP03_FULL, SCP02_FULL):
        card, host = vault(protocol)
        one = host()
        assert one.open(0x13) == OK
        assert one.send("80DA000001AA") == "9000"
        assert exchange(card, bytes.fromhex("84DA000008" + "00" * 8)).hex() == "6982"
        assert one.send("80DA000001AA") == "6982"


def test_a_plain_command_ends_a_session_with_a_mac_and_no_other(vault: Vault) -> None:
    card, host = vault(SCP03_FULL)
    one = host()
    assert one.open(0x01) == OK
    assert exchange(card, bytes.fromhex("80CA000000")).hex() == "9000"
    assert one.send("80CA000000") == "6982"
    assert one.open(0x00) == OK
    assert one.send("80DA000001AA") == "9000"
    assert one.send("80DA000001AA") == "9000"
    assert exchange(card, bytes.fromhex("84DA000009AA" + "00" * 8)).hex() == "6982"
    assert one.send("80DA000001AA") == "6982"


@pytest.mark.parametrize("how", ["select", "reset", "update"])
def test_a_session_ends_with_a_selection_a_reset_or_a_new_one(vault: Vault, how: str) -> None:
    card, host = vault(SCP03_FULL)
    one = host()
    assert one.open() == OK
    if how == "reset":
        card.power_up()
    if how == "update":
        exchange(card, bytes.fromhex("8050000008000102030405060700"))
    else:
        card.exchange(b"\0\xa4\x04\0\x08" + AID)
    assert one.send("80CA000000") == "6982"


def test_a_command_for_authenticated_hosts_is_refused_to_others(vault: Vault) -> None:
    card, _ = vault(SCP03_FULL)
    assert exchange(card, bytes.fromhex("80DA000001AA")).hex() == "6982"
    assert exchange(card, bytes.fromhex("84DA000009AA" + "00" * 8)).hex() == "6982"


def test_a_raised_warning_is_protected_and_undoes_what_was_written(vault: Vault) -> None:
    card, host = vault(SCP03_FULL)
    one = host()
    assert one.open() == OK
    assert one.send("80DB0010 01AA") == "6310"
    assert "Vault/kept" not in card.memory


def test_the_sequence_counter_counts_sessions_that_were_opened(vault: Vault) -> None:
    card, host = vault(SCP03_FULL)
    one = host()
    counts = []
    for _ in range(2):
        one.open()
        counts.append(one.answer[-3:].hex())
        exchange(card, bytes.fromhex("8050000008000102030405060700"))
    assert counts == ["000000", "000001"]


def test_pseudo_random_challenges_follow_from_the_counter(vault: Vault) -> None:
    for protocol, at in ((SCP03_FULL, slice(13, 21)), (SCP02_FULL, slice(14, 20))):
        card, host = vault(protocol)
        one = host()
        update = bytes.fromhex("8050000008000102030405060700")
        first = exchange(card, update)[at]
        assert exchange(card, update)[at] == first
        assert one.open(0x01) == OK
        assert exchange(card, update)[at] != first


def test_random_challenges_are_what_the_source_gives(vault: Vault) -> None:
    for protocol, at in (((3, 0x60), slice(13, 21)), ((2, 0x15), slice(14, 20))):
        card, _ = vault(protocol, random=lambda size: b"\xa5" * size)
        answer = exchange(card, bytes.fromhex("8050000008000102030405060700"))
        assert set(answer[at]) == {0xA5}


def test_a_counter_at_its_end_opens_no_more_sessions(vault: Vault) -> None:
    for protocol, kvn, last in ((SCP03_FULL, "30", 0xFFFFFF), (SCP02_FULL, "20", 0xFFFF)):
        card, host = vault(protocol)
        card.memory[f"Vault/domain/count-{kvn}"] = last - 1
        one = host()
        assert one.open(0x01) == OK
        assert one.open(0x01).hex() == "6985"


def test_keys_are_blocked_after_too_many_failures(vault: Vault) -> None:
    memory = Memory()
    card, host = vault(SCP03_FULL, tries=3, memory=memory)
    update = bytes.fromhex("8050000008000102030405060700")
    words = [exchange(card, update)[-2:].hex() for _ in range(4)]
    assert words == ["9000", "9000", "6983", "6983"]
    assert host().open().hex() == "6983"


def test_a_session_gives_all_tries_back(vault: Vault) -> None:
    _, host = vault(SCP03_FULL, tries=2)
    one = host()
    assert [one.open() for _ in range(5)] == [OK] * 5


def test_the_factory_keys_come_back_when_all_are_blocked(vault: Vault) -> None:
    card, host = vault((2, 0x55), SCP03_FULL, tries=2, restores=True)
    one, two = host(kvn=0x20), host(kvn=0x30)
    update = "8050{}0008000102030405060700"
    for kvn in ("20", "30"):
        for _ in range(2):
            exchange(card, bytes.fromhex(update.format(kvn)))
    assert one.open(0x01) == OK
    assert two.open(0x01) == OK


def test_commands_joined_from_a_chain_have_one_mac(vault: Vault) -> None:
    card, _ = vault((3, 0x00))

    def chained(raw: bytes) -> bytes:
        head, data = raw[:4], raw[5:]
        if len(data) < 20 or raw[1] in (0x50, 0x82):
            return exchange(card, raw)
        first = bytes((head[0] | 0x10,)) + head[1:] + b"\x0a" + data[:10]
        assert exchange(card, first) == OK
        return exchange(card, head + bytes((len(data) - 10,)) + data[10:])

    one = Host(chained)
    assert one.open(0x03) == OK
    assert one.send("80CA000014" + "AB" * 20) == "AB" * 20 + "9000"


def test_no_key_is_in_a_log(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _, host = vault(SCP03_FULL)
        host().open()
    assert KEY.hex() not in caplog.text.replace(" ", "")
