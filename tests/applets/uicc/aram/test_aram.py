import pytest

from applets.sim.sim import Sim
from applets.sim.small_usim import small_subscription
from applets.uicc.aram.aram import ARAM_AID, Aram
from applets.uicc.aram.rules import Rule
from tests.applets.sim.test_issuer_domain import opened
from tests.kits.sim.terminal import Terminal, sim, terminal
from vcard import Memory
from vcard.tlv import Tlv, tlv

ONE = small_subscription("8949000000000000018", "001010000000001")
HASH, OTHER = bytes(range(20)), bytes(range(20, 40))


def reference(aid=b"", application=HASH):
    return tlv(0xE1, tlv(0x4F, aid), tlv(0xC1, application))


def access(*objects):
    return tlv(0xE3, *(objects or (tlv(0xD0, b"\1"), tlv(0xDB, bytes(7) + b"\1"))))


def rule(ref=None, ar=None):
    return tlv(0xE2, ref or reference(), ar or access())


@pytest.fixture
def phone():
    one = terminal()
    assert one.select(ARAM_AID.hex()) == "9000"
    return one


def store(phone, tag, *parts):
    return phone.word("80E29000", tlv(tag, *parts))


def test_rules_are_stored_and_read_the_newest_first(phone):
    assert phone.data("80CAFF4000") == "ff4000"
    one, two = rule(), rule(reference(bytes(5)))
    assert store(phone, 0xF0, one) == store(phone, 0xF0, two) == "9000"
    assert phone.data("80CAFF4000") == tlv(0xFF40, two, one).hex()
    assert phone.words("80CAFF6000") == ["6985"]


def test_many_rules_come_in_one_answer(phone):
    for number in range(20):
        assert store(phone, 0xF0, rule(reference(application=bytes((number,)) * 20))) == "9000"
    assert len(Tlv.parse(bytes.fromhex(phone.data("80CAFF4000"))).children) == 20


def test_the_rules_of_a_reference_are_asked_for_alone(phone):
    store(phone, 0xF0, rule())
    store(phone, 0xF0, rule(reference(bytes(5))))
    ref = reference(bytes(5))
    assert (
        phone.data(b"\x80\xca\xff\x50" + bytes((len(ref),)) + ref + b"\0")
        == tlv(0xFF50, access()).hex()
    )
    assert phone.word("80CAFF50", reference(bytes(6))) == "6A88"
    assert phone.word("80CAFF50", b"\xe1") == "6A80"
    assert phone.word("80CAFF50", access()) == "6A88"


def test_the_refresh_tag_changes_with_the_rules(phone):
    before = phone.data("80CADF2000")
    store(phone, 0xF0, rule())
    after = phone.data("80CADF2000")
    assert before[:6] == after[:6] == "df2008"
    assert store(phone, 0xF2) == "9000"
    assert len({before, after, phone.data("80CADF2000")}) == 3


def test_versions_are_exchanged(phone):
    asked = "80CADF2107" + "E405E603010000" + "00"
    assert phone.data(asked) == "df2107e505e603010100"
    assert phone.words("80CADF2200") == ["6A88"]


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ((), 0),
        ((tlv(0x4F, bytes(5)),), 2),
        ((tlv(0xC0),), 2),
        ((reference(bytes(5)),), 2),
        ((rule(reference(bytes(5))),), 2),
    ],
)
def test_rules_are_deleted_by_name(phone, named, left):
    default = rule(tlv(0xE1, tlv(0xC0), tlv(0xC1, HASH)))
    for one in (rule(), rule(reference(bytes(5))), default):
        store(phone, 0xF0, one)
    assert store(phone, 0xF1, *named) == "9000"
    assert len(Tlv.parse(bytes.fromhex(phone.data("80CAFF4000"))).children) == left
    assert store(phone, 0xF1, *named) == ("6A88" if named else "9000")


@pytest.mark.parametrize(
    ("tag", "content", "word"),
    [
        (0xF3, b"", "6981"), (0xF0, b"", "6A80"), (0xF0, b"\xe2", "6A80"),
        (0xF0, tlv(0xE2, reference()), "6A80"),
        (0xF0, rule(ar=tlv(0xE3)), "6A80"),
        (0xF0, rule(reference(bytes(3))), "6A80"),
        (0xF0, rule(reference(application=bytes(19))), "6A80"),
        (0xF0, rule(ar=access(tlv(0xD0, bytes(9)))), "6A80"),
        (0xF0, rule(ar=access(tlv(0xD1, b"\2"))), "6A80"),
        (0xF0, rule(ar=access(tlv(0xDB, b"\2"))), "6A80"),
        (0xF0, rule(tlv(0xE1, tlv(0xCA))), "6A80"),
        (0xF0, rule(ar=access(tlv(0xD0, bytes(8)), tlv(0xDE, b""))), "6382"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(phone, tag, content, word):
    assert store(phone, tag, content) == word


def test_names_of_rules_to_delete_are_checked(phone):
    store(phone, 0xF0, rule())
    assert store(phone, 0xF1, tlv(0xC1, HASH)) == "6A80"
    assert store(phone, 0xF1, reference(), reference()) == "6A80"
    assert phone.word("80E29000", "F0") == "6A80"


def test_a_rule_that_is_there_is_not_stored_again(phone):
    assert [store(phone, 0xF0, rule()) for _ in range(2)] == ["9000", "6381"]


def test_locked_rules_are_changed_by_way_of_the_security_domain():
    memory = Memory()
    phone = Terminal(sim(memory))
    phone.select(ARAM_AID.hex())
    assert phone.word("80E29000", "A1") == "9000"
    assert store(phone, 0xF0, rule()) == "6982"
    channel = opened(phone, 3)
    named = b"\0\0" + bytes((len(ARAM_AID),)) + ARAM_AID + b"\0\0\0"
    assert channel.send(f"80E62000{len(named):02X}{named.hex()}00") == "009000"
    data = tlv(0xF0, rule())
    assert channel.send(f"80E20000{len(data):02X}{data.hex()}") == "6A81"
    assert channel.send(f"80E29001{len(data):02X}{data.hex()}") == "9000"
    phone.select(ARAM_AID.hex())
    assert phone.data("80CAFF4000") == tlv(0xFF40, rule()).hex()


def test_a_new_card_has_its_first_rules():
    memory = Memory()
    first, _ = Rule.parse(Tlv.parse(rule()))
    for _ in range(2):
        phone = Terminal(Sim(ONE, more=[Aram([first])], memory=memory))
        assert phone.data(b"\0\xa4\4\0\x09" + ARAM_AID + b"\0") == ""
        assert phone.data("80CAFF4000") == tlv(0xFF40, rule()).hex()
