import logging
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from yubikit.core.smartcard.scp import KeyRef, Scp11KeyParams, ScpState

from applets.esim.inventory import Inventory
from applets.esim.profile_applications import ProfileAram, ProfileDomain
from applets.globalplatform.codes import CardState
from applets.shared.secure_channel import curves
from applets.shared.secure_channel.domain import SecurityDomain
from tests.kits.esim.applications import (
    MNO_SD,
    PACKETS,
    RULE,
    SESSION_KEY,
    SESSIONS,
    SSD,
    SSD_TOOLKIT,
    Made,
    access_rules,
    card_with,
    domain,
    key_set,
    rule_data,
    terminal_with,
)
from tests.kits.esim.raw_package import element
from tests.kits.scp11 import certificate
from tests.kits.secure_channel import Host
from vcard import Memory, tlv

GET_STATUS = "80F2{:02X}02024F0000"
RECOGNITION = tlv(0x66, tlv(0x73, b"\6\1\1"))
ARAM = "A00000015141434C00"
ALL_RULES = "80CAFF4000"


def joined(phone, raw: bytes) -> bytes:
    data, word = phone.send(raw)
    return data + word.to_bytes(2, "big")


def opened(phone, kvn: int = 0x30, level: int = 0x33, name: bytes = MNO_SD):
    """Sends commands in hexadecimal through a session with a domain."""
    assert phone.select(name.hex()) == "9000"
    made = Host(partial(joined, phone), SESSION_KEY, kvn=kvn)
    assert made.open(level) == b"\x90\0"
    return made.send


def test_the_operators_domain_is_selected_by_its_name_the_old_one_and_none():
    phone = terminal_with(domain())
    for name in (MNO_SD.hex(), "A000000003000000"):
        assert MNO_SD.hex() in phone.data(f"00A40400{len(name) // 2:02X}{name}")
    assert MNO_SD.hex() in phone.data("00A4040000")
    assert phone.select("A0000000871002") == "9000"


def test_it_tells_its_keys_and_what_the_package_stores_in_it():
    stored = (b"\0\x70" + bytes((len(RECOGNITION),)) + RECOGNITION, tlv(0x45, b"image"))
    phone = terminal_with(domain([Made(2, 1), Made(0x40, 1, b"k", 0x85)], stored=stored))
    phone.select(MNO_SD.hex())
    assert phone.data("80CA006600") == RECOGNITION.hex()
    assert phone.data("80CA004500") == tlv(0x45, b"image").hex()
    assert phone.data("80CA00E000") == "e00cc00401028810c00401408501"


@pytest.mark.parametrize(("kvn", "level"), [(0x20, 3), (0x30, 0x33)])
@pytest.mark.parametrize("protocols", ["", "025503708000", "8000025503700360"])
def test_hosts_open_sessions_with_the_keys_of_the_package(kvn, level, protocols):
    phone = terminal_with(domain(SESSIONS, protocols=protocols))
    assert opened(phone, kvn, level)("80CA006600").endswith("9000")


def test_a_session_may_have_long_challenges():
    phone = terminal_with(domain(SESSIONS, protocols="0371"))
    assert phone.select(MNO_SD.hex()) == "9000"
    made = Host(partial(joined, phone), SESSION_KEY, challenge=bytes(range(16)))
    assert made.open(0x33) == b"\x90\0"
    assert made.send("80CA006600").endswith("9000")


@pytest.mark.parametrize("kid", [0x11, 0x15])
def test_hosts_with_certificates_agree_on_keys(kid):
    """The host is yubikit's, an independent implementation."""
    ca, own, card = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    parameters = tlv(0x30, tlv(0x80, b"\xf0"), tlv(0x86, b"\0"))
    secret = card.private_numbers().private_value.to_bytes(32, "big")
    phone = terminal_with(domain([
        Made(1, kid, secret, 0xB1, more=parameters),
        Made(3, 0x10, curves.point_of(ca.public_key()), 0xB0, more=parameters),
    ]))  # fmt: skip
    assert phone.select(MNO_SD.hex()) == "9000"
    chain = [x509.load_der_x509_certificate(certificate(own.public_key(), ca, serial=7))]

    def send(cla, ins, p1, p2, data):
        raw = bytes((cla, ins, p1, p2, 0)) + len(data).to_bytes(2, "big") + data + b"\0\0"
        answer, word = phone.send(raw)
        assert word == 0x9000, f"{word:04X}"
        return answer

    wanted = Scp11KeyParams(KeyRef(kid, 1), card.public_key(), certificates=chain,
                            oce_ref=KeyRef(0x10, 3), sk_oce_ecka=own)  # fmt: skip
    assert ScpState.scp11_init(send, wanted).encrypt(b"agreed")


def test_a_domain_with_packets_alone_opens_no_session():
    phone = terminal_with(domain(protocols="8000"))
    phone.select(MNO_SD.hex())
    assert phone.word("80500000", "0001020304050607") == "6A88"
    phone = terminal_with(domain(SESSIONS, protocols="0277"))
    phone.select(MNO_SD.hex())
    assert phone.word("80502000", "0001020304050607") == "6A88"


def test_status_tells_the_privileges_and_the_other_applications_of_the_profile():
    phone = terminal_with(
        domain(SESSIONS), domain([], aid=SSD, toolkit=SSD_TOOLKIT), access_rules(rule_data())
    )
    send, own = opened(phone), MNO_SD.hex().upper()
    assert send(GET_STATUS.format(0x80)) == f"E3134F08{own}9F70010FC50382DC009000"
    listed = send(GET_STATUS.format(0x40))
    assert SSD.hex().upper() in listed
    assert ARAM in listed
    assert "A0000005591010FF" not in listed


def test_another_domain_knows_itself_alone_and_has_no_further_name():
    other = domain(SESSIONS, aid=SSD)
    phone = terminal_with(domain(), other)
    assert opened(phone, name=SSD)(GET_STATUS.format(0x40)) == "6A88"
    assert MNO_SD.hex() in phone.data("00A4040008A000000003000000")


def test_the_card_stays_as_it_is_without_the_privilege_to_change_it():
    phone = terminal_with(domain(SESSIONS, life=7))
    send = opened(phone)
    for state, word in (("7F", "6985"), ("FF", "6985"), ("0F", "9000")):
        assert send("80F080" + state) == word
    assert phone.select("A0000005591010FFFFFFFF8900000100") == "9000"


def test_a_locked_application_of_the_profile_cannot_be_selected_and_others_can():
    phone = terminal_with(domain(SESSIONS), access_rules(rule_data()))
    assert opened(phone)("80F0408309" + ARAM) == "9000"
    assert phone.select(ARAM) == "6A82"
    assert phone.select("A0000000871002") == "9000"


def test_rules_come_from_what_is_sent_and_from_parameters():
    other = RULE.replace(b"\xd0\1\1", b"\xd0\1\0")
    command = bytes.fromhex("80E29000") + bytes((len(rule_data()),)) + rule_data()
    phone = terminal_with(access_rules(command, parameters=rule_data(other) + tlv(0x81, b"\0")))
    assert phone.select(ARAM) == "9000"
    assert phone.data(ALL_RULES) == tlv(0xFF40, RULE, other).hex()
    assert terminal_with(access_rules(parameters=other)).select(ARAM) == "9000"


def test_a_rule_that_is_none_is_told_in_the_log(caplog):
    with caplog.at_level(logging.WARNING, "applets.esim"):
        phone = terminal_with(access_rules(b"\xf0\1\0", b"\xf0", b"\xa1", rule_data()))
    assert caplog.text.count("a rule of a profile is not taken") == 2
    assert phone.select(ARAM) == "9000"
    assert phone.data(ALL_RULES) == tlv(0xFF40, RULE).hex()
    assert phone.word("80E29000", rule_data()) == "6982"  # locked


def test_what_the_domain_has_no_use_for_is_told_in_the_log(caplog):
    with caplog.at_level(logging.WARNING, "applets.esim"):
        card_with(domain([Made(0x70, 1, b"\1\0\1", 0xA1)], stored=(b"\x5f", tlv(0x99, b"x"))))
    assert "type A1" in caplog.text
    assert caplog.text.count("not stored") == 2


def test_keys_of_curves_have_their_parameter():
    pair = Made(1, 0x10, b"\4" + bytes(64), 0xB0, more=tlv(0x30, tlv(0x80, b"\xf0"),
                                                           tlv(0x86, b"\3")))  # fmt: skip
    inventory = card_with(domain([pair])).inventory
    found = inventory.applications(next(iter(inventory)).iccid)
    assert found.domains[0].domain.keys.get(1, 0x10).curve == 3


def test_everything_is_in_the_memory_at_installation_and_stays_as_it_is_changed():
    memory = Memory()
    phone = terminal_with(
        domain([*SESSIONS, *key_set(1, counter=7)]), access_rules(rule_data()), memory=memory
    )
    before = memory.snapshot()
    assert phone.select(ARAM) == "9000"
    assert memory.snapshot() == before
    assert phone.word("80E29000", "F100") == "9000"
    again = terminal_with(memory=memory)
    again.select(ARAM)
    assert again.data(ALL_RULES) == "ff4000"
    assert len(list(again.card.inventory)) == 1


def test_counters_begin_where_the_package_says():
    keys = [*key_set(1, counter=7), *key_set(0x30, counter=9)]
    found = card_with(domain(keys)).inventory
    (made,) = found.applications(next(iter(found)).iccid).domains
    assert isinstance(made.domain, SecurityDomain)
    assert (made.domain.packets(1), made.domain.count(0x30)) == (7, 9)


def test_a_memory_of_old_gets_what_it_lacks():
    memory = Memory()
    card_with(domain(PACKETS), access_rules(rule_data()), memory=memory)
    for name in [name for name in memory if "Profile" in name]:
        del memory[name]
    phone = terminal_with(memory=memory)
    phone.select(MNO_SD.hex())
    assert phone.data("80CA00E000").count("c004") == 6


def test_what_is_no_application_stays_out_of_it():
    cdma = element(5, tlv(0x81, bytes(8)))
    inventory = card_with(cdma, domain(life=3)).inventory
    found = inventory.applications(next(iter(inventory)).iccid)
    assert [type(one) for one in found.applets] == [ProfileDomain]
    assert found.domains[0].registry.card_state is CardState.SECURED


def test_a_removed_profile_takes_its_applications_with_it():
    memory = Memory()
    card = card_with(domain(), access_rules(rule_data()), memory=memory)
    inventory = Inventory(memory.section("euicc"))
    assert {type(one) for one in card.inventory.applications(next(iter(inventory)).iccid).applets}
    inventory.remove(next(iter(inventory)).iccid)
    assert not [name for name in memory if ProfileDomain.section in name]
    assert not [name for name in memory if ProfileAram.section in name]
