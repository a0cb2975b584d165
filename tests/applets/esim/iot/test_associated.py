import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from applets.esim.eid import numbered
from applets.esim.iot.associated import (
    HIGHEST_COUNTER,
    MOST,
    AssociatedEims,
    Refused,
    public_key,
)
from applets.esim.iot.eim import Eim
from applets.esim.iot.versions import EimResult
from applets.esim.pki import Pki
from applets.shared.der import integer
from vcard import Memory, Tlv, tlv
from vcard.tlv import parse_all

ISSUER = b"\1" * 20


@pytest.fixture
def eims():
    return AssociatedEims(Memory().section("iot"), [ISSUER])


def fields(name="one", **options):
    return parse_all(Eim(name).fields(**options))


def changed(tag, value, name="one"):
    return [Tlv(tag, value) if one.tag == tag else one for one in fields(name)]


def refusal(work, *arguments):
    with pytest.raises(Refused) as caught:
        work(*arguments)
    return caught.value.result


def test_an_eim_is_told_without_its_counter_and_with_its_token(eims):
    added = eims.add(parse_all(Eim("one", counter=5).fields(token=True)))
    assert (added.counter, added.token) == (5, 1)
    told = [part.tag for part in Tlv.parse(added.configuration).children]
    assert told == [0x80, 0x81, 0x82, 0x84, 0xA5]
    plain = eims.add(fields("two"))
    assert plain.token is None
    assert [part.tag for part in Tlv.parse(plain.configuration).children] == [
        0x80,
        0x81,
        0x82,
        0xA5,
    ]


def test_tokens_are_not_used_again(eims):
    assert eims.add(fields("one", token=True)).token == 1
    assert eims.clear()
    assert not eims.clear()
    assert eims.add(fields("one", token=True)).token == 2


@pytest.mark.parametrize(
    ("wrong", "result"), [
        ([], EimResult.COMMAND_ERROR),
        (changed(0x80, b""), EimResult.COMMAND_ERROR),
        (changed(0x80, b"n" * 129), EimResult.COMMAND_ERROR),
        (changed(0x80, b"\xff"), EimResult.COMMAND_ERROR),
        (changed(0xA5, b"\xa0\0"), EimResult.COMMAND_ERROR),
        (changed(0x83, b""), EimResult.COMMAND_ERROR),
        (changed(0x83, b"\xff"), EimResult.COUNTER_OUT_OF_RANGE),
        (changed(0x83, integer(HIGHEST_COUNTER + 1)), EimResult.COUNTER_OUT_OF_RANGE),
        ([*fields(), Tlv(0x84, b"\1")], EimResult.INVALID_TOKEN),
        ([*fields(), Tlv(0x88, b"\2" * 20)], EimResult.ISSUER_UNKNOWN),
        ([*fields(), Tlv(0x80, b"two")], EimResult.COMMAND_ERROR),
        ([*fields(), Tlv(0x8F, b"")], EimResult.COMMAND_ERROR),
        ([one for one in fields() if one.tag != 0xA5], EimResult.COMMAND_ERROR),
    ],
)  # fmt: skip
def test_a_configuration_that_is_wrong_is_refused_with_a_number(eims, wrong, result):
    assert refusal(eims.add, wrong) is result
    assert len(eims) == 0


def test_a_known_issuer_may_be_named(eims):
    assert eims.add([*fields(), Tlv(0x88, ISSUER)]).field(0x88) == ISSUER


def test_the_same_eim_is_added_once_and_there_is_room_for_some(eims):
    eims.add(fields("0"))
    assert refusal(eims.add, fields("0")) is EimResult.ALREADY_EXISTS
    for number in range(1, MOST):
        eims.add(fields(str(number)))
    assert refusal(eims.add, fields("more")) is EimResult.INSUFFICIENT_MEMORY


def test_an_update_replaces_what_it_names(eims):
    eims.add(fields("one", token=True))
    new = eims.update([Tlv(0x80, b"one"), Tlv(0x81, b"else.example"), Tlv(0x83, b"\5")])
    assert (new.counter, new.token, new.field(0x81)) == (5, 1, b"else.example")
    assert new.field(0xA5) is not None
    assert eims.update([Tlv(0x80, b"one"), Tlv(0x81, b"again")]).counter == 5
    assert eims.update([Tlv(0x80, b"two"), Tlv(0x81, b"x")]) is None


def test_a_counter_is_lowered_only_with_another_key(eims):
    eims.add(parse_all(Eim("one", counter=9).fields()))
    lower = [Tlv(0x80, b"one"), Tlv(0x83, b"\1")]
    assert refusal(eims.update, lower) is EimResult.COMMAND_ERROR
    key = next(one for one in fields("other") if one.tag == 0xA5)
    assert eims.update([*lower, key]).counter == 1


@pytest.mark.parametrize("more", [[], [Tlv(0x84, b"\xff")]])
def test_an_update_of_nothing_or_of_the_token_is_a_command_error(eims, more):
    eims.add(fields())
    assert refusal(eims.update, [Tlv(0x80, b"one"), *more]) is EimResult.COMMAND_ERROR


def test_removing_ends_one_association(eims):
    eims.add(fields("one"))
    eims.add(fields("two"))
    assert eims.remove(b"one")
    assert not eims.remove(b"one")
    assert [one.identifier for one in eims] == [b"two"]
    eims.put(eims.find(b"two"))
    assert len(eims) == 1


def test_a_key_may_come_in_a_certificate():
    ci = Pki.demo(numbered(1)).ci
    eim = Eim("one", key=ci.key, certificate=ci.certificate)
    choice = next(one.value for one in parse_all(eim.fields()) if one.tag == 0xA5)
    assert public_key(choice).public_numbers() == ci.key.public_key().public_numbers()


UNKNOWN_CURVE = bytes.fromhex("301206072A8648CE3D020106072A030405060708030400040102")


def spki(key):
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return tlv(0xA0, Tlv.parse(der).value)


@pytest.mark.parametrize(
    "choice", [
        spki(ec.derive_private_key(5, ec.SECP384R1())),
        spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
        tlv(0xA1, b"\0"), b"\xa0", b"",
        tlv(0xA0, UNKNOWN_CURVE),
        tlv(0xA0, bytes.fromhex("301306072A8648CE3D020106082A8648CE3D0301010300020000")),
    ],
)  # fmt: skip
def test_what_is_no_key_of_p256_is_a_value_error(choice):
    with pytest.raises(ValueError):  # noqa: PT011 - of the library, too
        public_key(choice)


def test_an_eim_without_a_key_signs_nothing(eims):
    eims.add(fields())
    one = eims.find(b"one")
    assert not type(one)(b"one", tlv(0x80, b"one"), 0).signed(bytes(64), b"")
