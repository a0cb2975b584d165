from dataclasses import replace

import pytest

from applets.sim.digits import imsi_bytes
from applets.uicc.ota.packet import make_command
from applets.uicc.ota.parameters import Check, CounterRule, KeyChoice, Receipt, Spi, Status
from applets.uicc.ota.short_messages import envelopes
from tests.kits.sim.ota import AES, DES3, PLAIN, RAM, Server
from tests.kits.sim.terminal import Terminal, sim, terminal
from vcard import Memory, tlv

READ_IMSI = "00A4000402" + "6F07" + "00B0000009"
IMSI = imsi_bytes("001010000000001").hex()


@pytest.fixture
def server():
    return Server(terminal())


@pytest.mark.parametrize("receipt_ciphered", [True, False])
@pytest.mark.parametrize("check", [Check.NONE, Check.CRYPTOGRAPHIC, Check.REDUNDANCY])
@pytest.mark.parametrize("kind", [KeyChoice(1, 1), KeyChoice(1, 0xD), DES3, AES, KeyChoice(2, 0)])
def test_every_cipher_and_checksum_carries_commands_and_receipts(kind, check, receipt_ciphered):
    kid = KeyChoice(0, 5) if check is Check.REDUNDANCY else kind
    if check is Check.CRYPTOGRAPHIC and kind.algorithm == 0xD:
        kid = DES3
    spi = Spi(check, receipt_check=check, receipt_ciphered=receipt_ciphered)
    server = Server(terminal(), kind, kid, spi)
    if kind.algorithm == 0:
        server = replace(server)
        server.Keys = implicit_aes(server)
    assert server.send(READ_IMSI) == (Status.OK, "029000" + IMSI)
    assert server.send("00A4000402" + "3F00")[1].startswith("0161")


def implicit_aes(server):
    """The card's keys as AES keys, for the implicit algorithm."""

    class Keys(server.Keys):
        def __init__(self, kic, kid):
            super().__init__(replace(kic, aes=True), replace(kid, aes=True))

    return Keys


def test_triple_des_may_have_three_keys():
    key = bytes(range(24))
    server = Server(terminal(ota_keys=key.hex()), KeyChoice(1, 9), KeyChoice(1, 9),
                    kic_value=key, kid_value=key)  # fmt: skip
    assert server.send(READ_IMSI)[0] is Status.OK


def test_a_short_redundancy_check_has_sixteen_bits():
    spi = Spi(Check.REDUNDANCY, receipt_check=Check.REDUNDANCY)
    assert Server(terminal(), AES, KeyChoice(0, 1), spi).send(READ_IMSI)[0] is Status.OK


def test_a_packet_in_clear_is_answered_in_clear():
    assert Server(terminal(), spi=PLAIN).send(READ_IMSI) == (Status.OK, "029000" + IMSI)


def test_a_replay_is_refused(server):
    packet = server.packet(READ_IMSI)
    assert server.deliver(packet)[0][:3].hex() == "027100"
    assert answered(server, packet) is Status.COUNTER_LOW
    assert server.send(READ_IMSI)[0] is Status.OK


def answered(server, packet):
    """Return the status of a receipt in clear."""
    answer, word = server.deliver(packet)
    assert word == 0x9000
    return Status(answer[15])


def test_a_counter_survives_a_reset_and_a_power_cut():
    memory = Memory()
    server = Server(Terminal(sim(memory)))
    packet = server.packet(READ_IMSI)
    server.deliver(packet)
    server.phone = Terminal(sim(memory))
    assert answered(server, packet) is Status.COUNTER_LOW


def test_a_counter_may_have_to_be_the_next(server):
    server.spi = replace(server.spi, counter=CounterRule.ONE_HIGHER)
    assert server.send(READ_IMSI)[0] is Status.OK
    server.counter += 1
    assert server.send(READ_IMSI)[0] is Status.COUNTER_HIGH
    server.counter = 1
    assert server.send(READ_IMSI)[0] is Status.OK
    server.counter = (1 << 40) - 2
    server.spi = Spi()
    assert server.send(READ_IMSI)[0] is Status.OK
    server.counter -= 1
    assert server.send(READ_IMSI)[0] is Status.COUNTER_BLOCKED


def test_a_counter_that_is_not_checked_does_not_count(server):
    server.spi = replace(server.spi, counter=CounterRule.NOT_CHECKED)
    packet = server.packet(READ_IMSI)
    assert server.deliver(packet) == server.deliver(packet)


def test_a_wrong_checksum_is_refused(server):
    server.kid_value = bytes(16)
    assert server.send(READ_IMSI)[0] is Status.CHECK_FAILED
    server.kid_value, server.kic_value = server.kic_value, bytes(16)
    assert answered(server, server.packet(READ_IMSI)) is Status.CHECK_FAILED


@pytest.mark.parametrize(
    ("kic", "kid", "status"),
    [
        (KeyChoice(3, 2), AES, Status.CIPHERING_ERROR),  # no such keys
        (AES, KeyChoice(3, 2), Status.SECURITY_ERROR),
        (KeyChoice(1, 2), AES, Status.CIPHERING_ERROR),  # keys for something else
        (AES, KeyChoice(2, 5), Status.SECURITY_ERROR),
        (KeyChoice(2, 3), AES, Status.CIPHERING_ERROR),  # no such algorithm
    ],
)
def test_keys_that_the_card_has_not_are_told(server, kic, kid, status):
    packet = bytearray(server.packet(READ_IMSI))
    packet[5], packet[6] = int(kic), int(kid)
    assert answered(server, bytes(packet)) is status


def test_a_signature_is_not_supported(server):
    packet = bytearray(server.packet(READ_IMSI))
    packet[3] |= 3
    assert answered(server, bytes(packet)) is Status.SECURITY_ERROR


def test_an_unknown_application_is_told(server):
    server.tar = b"abc"
    assert server.send(READ_IMSI)[0] is Status.TAR_UNKNOWN


def test_an_application_wants_a_least_protection():
    server = Server(terminal(msl="12"))
    assert server.send(READ_IMSI)[0] is Status.OK
    server.spi = PLAIN
    assert server.send(READ_IMSI)[0] is Status.INSUFFICIENT_SECURITY
    server.spi = replace(Spi(), counter=CounterRule.NOT_CHECKED)
    assert server.send(READ_IMSI)[0] is Status.INSUFFICIENT_SECURITY


def test_a_receipt_comes_when_it_is_wanted(server):
    server.spi = replace(server.spi, receipt=Receipt.NEVER)
    assert server.deliver(server.packet(READ_IMSI)) == (b"", 0x9000)
    server.spi = replace(server.spi, receipt=Receipt.ON_ERROR)
    packet = server.packet(READ_IMSI)
    assert server.deliver(packet) == (b"", 0x9000)
    assert answered(server, packet) is Status.COUNTER_LOW


def test_a_receipt_may_go_as_a_short_message(server):
    server.spi = replace(server.spi, receipt_by_submit=True)
    server.phone.send("8010000001FF")
    _, word = server.deliver(server.packet(READ_IMSI))
    assert word >> 8 == 0x91
    fetched = server.phone.data(f"80120000{word & 0xFF:02X}")
    assert fetched[:2] == "d0"
    assert "027100" in fetched
    assert server.phone.words("801400000C" + "810301130082028281830100") == ["9000"]


def test_a_long_packet_comes_in_parts(server):
    commands = ("00A4000402" + "3F00") * 3 + ("00A4000402" + "7FD0") * 30 + READ_IMSI
    assert len(envelopes(server.packet(commands))) > 1
    server.counter = 0
    assert server.send(commands) == (Status.OK, "239000" + IMSI)


def test_parts_of_two_messages_are_not_mixed(server):
    first = envelopes(server.packet("00A4000402" + "3F00" + "00B000000A" * 30))
    assert server.phone.word("80C20000", first[0]) == "9000"
    assert server.send(READ_IMSI)[0] is Status.OK
    assert server.phone.word("80C20000", first[1]) == "9000"


HEAD = "048112347FF622705200000000"
"""An SMS-DELIVER after its first byte: address, identifiers, time."""


@pytest.mark.parametrize(
    ("first", "user", "word"),
    [
        ("00", "03414243", "9000"),  # without a header
        ("40", "03020500", "9000"),  # with one that is no packet's
        ("40", "037F7000", "6A80"),
        ("40", "03027000", "6A80"),  # no packet behind it
        ("40", "", "6A80"),
    ],
)
def test_what_is_no_packet_is_refused_or_dropped(first, user, word):
    message = tlv(0xD1, tlv(0x8B, bytes.fromhex(first + HEAD + user)))
    assert terminal().word("80C20000", message) == word


@pytest.mark.parametrize("data", ["", "D100", "D1048B020000", "D10482028381"])
def test_what_is_no_message_is_refused(data):
    assert terminal().word("80C20000", data) == "6A80"


def test_a_packet_cut_short_is_told(server):
    server.spi = replace(PLAIN, check=Check.NONE)
    packet = make_command(server.header, 1, b"", server.keys)
    short = (len(packet) - 4).to_bytes(2, "big") + packet[2:-2]
    assert answered(server, short) is Status.CIPHERING_ERROR


def test_the_security_domain_is_managed_by_packets(server):
    server.tar = RAM
    assert server.send("80CA9F7F2D")[1].startswith("0190009f7f2a")
    listed = server.send("80F28002024F00" + "00C0000000")
    assert listed[1].startswith("029000e3134f08a000000151000000")
    assert server.send("80CA0043" + "00") == (Status.OK, "016a88")


def test_keys_are_put_by_packets(server):
    server.tar = RAM
    wrapped = "20" * 16
    keys = "05" + ("8810" + wrapped + "00") * 3
    put = "80D80081" + f"{len(keys) // 2:02X}" + keys
    assert server.send(put + "00C0000000")[1].startswith("02900005")
    assert server.phone.select("A000000151000000") == "9000"
    assert b"\x05\x88" in server.phone.send("80CA00E000")[0]


def test_a_script_cut_short_is_told(server):
    assert server.send("00A400") == (Status.OK, "006700")
