import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.piv import Algorithm, Piv, Slot, SymmetricKey
from applets.piv.dynamic_authentication import Template
from applets.piv.objects import OBJECTS, Access
from vcard import SW, Tlv, tlv

PIN, WRONG, PUK = b"123456\xff\xff", b"000000\xff\xff", b"12345678"
NEW = b"654321\xff\xff"
P256 = Algorithm.P256
DIGEST = bytes(range(32))


# SELECT


@pytest.mark.parametrize("size", [5, 9, 11])
def test_the_application_is_selected_by_whole_and_shortened_aids(host, size):
    answer = host.send(0xA4, 0x04, 0x00, host.piv.aid[:size])
    assert Tlv.parse(answer.data).find(0x4F).value == host.piv.aid[5:]


@pytest.mark.parametrize("cla", [0x80, 0xA0])
def test_other_classes_are_unknown(host, cla):
    assert host.card.exchange(bytes((cla, 0xCB, 0x3F, 0xFF))) == SW.CLA_NOT_SUPPORTED.raw


# GET DATA and PUT DATA


@pytest.mark.parametrize("tag", [tag for tag, e in OBJECTS.items() if e.wrapper == 0x53])
def test_every_object_is_written_and_read(host, tag):
    host.administer()
    name = f"{tag:06X}"
    assert host.put(name, b"content").sw == SW.OK
    if OBJECTS[tag].read is Access.PIN:
        assert host.get(name).sw == SW.SECURITY_STATUS_NOT_SATISFIED
        host.verify()
    assert host.get(name).data == tlv(0x53, b"content")


@pytest.mark.parametrize("tag", ["7E", "7F61"])
def test_some_objects_have_their_own_wrapper(host, tag):
    host.administer()
    item = tlv(int(tag, 16), b"content")
    assert host.send(0xDB, 0x3F, 0xFF, item).sw == SW.OK
    assert host.get(tag).data == item


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 3000, 65000])
def test_objects_have_any_size(host, size):
    host.administer()
    assert host.put("5FC108", b"\x5a" * size).sw == SW.OK
    host.verify()
    assert host.get("5FC108").data == tlv(0x53, b"\x5a" * size)


def test_long_objects_travel_in_short_commands(host):
    host.administer()
    data = tlv(0x5C, b"\x5f\xc1\x05") + tlv(0x53, bytes(range(256)) * 3)
    parts = [data[i : i + 255] for i in range(0, len(data), 255)]
    for i, part in enumerate(parts):
        cla = 0x10 if i < len(parts) - 1 else 0x00
        raw = bytes((cla, 0xDB, 0x3F, 0xFF, len(part))) + part
        assert host.card.exchange(raw) == SW.OK.raw
    answer = host.card.exchange(bytes.fromhex("00CB3FFF055C035FC10500"))
    found = b""
    while answer[-2] == 0x61:
        found += answer[:-2]
        answer = host.card.exchange(bytes.fromhex("00C00000") + answer[-1:])
    assert found + answer[:-2] == tlv(0x53, bytes(range(256)) * 3)


def test_writing_takes_the_administrator(host):
    assert host.put("5FC105", b"x").sw == SW.SECURITY_STATUS_NOT_SATISFIED


@pytest.mark.parametrize(
    ("data", "sw"),
    [
        ("5C035FC1055303414243", SW.OK),
        ("5C035FC105", SW.WRONG_DATA),
        ("5C035FC1057E00", SW.WRONG_DATA),
        ("5C035FC10553", SW.WRONG_DATA),
        ("5C035FFF005300", SW.FUNCTION_NOT_SUPPORTED),
        ("", SW.WRONG_DATA),
    ],
)
def test_what_cannot_be_written_is_refused(host, data, sw):
    host.administer()
    assert host.send(0xDB, 0x3F, 0xFF, bytes.fromhex(data)).sw == sw


@pytest.mark.parametrize(
    ("data", "sw"),
    [
        ("5C035FC10A", SW.FILE_NOT_FOUND),
        ("5C035FFF00", SW.FILE_NOT_FOUND),
        ("5C03", SW.WRONG_DATA),
        ("", SW.WRONG_DATA),
    ],
)
def test_what_is_not_there_cannot_be_read(host, data, sw):
    assert host.send(0xCB, 0x3F, 0xFF, bytes.fromhex(data)).sw == sw


@pytest.mark.parametrize("ins", [0xCB, 0xDB])
def test_data_are_addressed_at_the_card_as_a_whole(host, ins):
    assert host.send(ins, 0x3F, 0x00, b"\x5c\x01\x7e").sw == SW.INCORRECT_P1_P2


# VERIFY


def test_the_right_pin_is_verified_until_it_is_forgotten(host):
    assert host.verify(b"").sw == SW.tries_left(3)
    assert host.verify().sw == SW.OK
    assert host.verify(b"").sw == SW.OK
    assert host.send(0x20, 0xFF, 0x80).sw == SW.OK
    assert host.verify(b"").sw == SW.tries_left(3)


def test_wrong_pins_count_down_to_the_block(host):
    answers = [host.verify(WRONG).sw for _ in range(4)]
    assert [str(sw) for sw in answers] == ["63C2", "63C1", "63C0", "6983"]
    assert host.verify(PIN).sw == host.verify(b"").sw == SW.AUTHENTICATION_BLOCKED


def test_a_wrong_pin_takes_the_verified_status_away(host):
    host.verify()
    host.verify(WRONG)
    assert host.verify(b"").sw == SW.tries_left(2)


@pytest.mark.parametrize("pin", ["31", "3132333435FFFFFF", "31323334353637383939"])
def test_a_malformed_pin_changes_nothing(host, pin):
    host.verify()
    assert host.verify(bytes.fromhex(pin)).sw == SW.WRONG_DATA
    assert host.verify(b"").sw == SW.OK


@pytest.mark.parametrize(
    ("p1", "p2", "data", "sw"),
    [
        (0x00, 0x00, PIN, SW.REFERENCED_DATA_NOT_FOUND),
        (0x00, 0x81, PUK, SW.REFERENCED_DATA_NOT_FOUND),
        (0x00, 0x96, PIN, SW.REFERENCED_DATA_NOT_FOUND),
        (0x00, 0x98, PIN, SW.REFERENCED_DATA_NOT_FOUND),
        (0x01, 0x80, PIN, SW.INCORRECT_P1_P2),
        (0xFF, 0x80, PIN, SW.WRONG_DATA),
    ],
)
def test_what_cannot_be_verified_is_refused(host, p1, p2, data, sw):
    assert host.send(0x20, p1, p2, data).sw == sw


def test_the_global_pin_opens_what_the_pin_opens(host_for, key_for):
    host = host_for(Piv(global_pin="777777", keys={Slot.AUTHENTICATION: key_for(P256)}))
    assert host.get("7E").data.endswith(b"\x60\x10")
    assert host.use(P256, 0x9A, DIGEST).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    assert host.verify(WRONG, 0x00).sw == SW.tries_left(2)
    assert host.verify(b"777777\xff\xff", 0x00).sw == SW.OK
    assert host.use(P256, 0x9A, DIGEST).sw == SW.OK
    assert host.verify(b"").sw == SW.tries_left(3)
    assert host.send(0x20, 0xFF, 0x00).sw == SW.OK
    assert host.verify(b"", 0x00).sw == SW.tries_left(3)


def test_the_pairing_code_is_not_taken_in_the_clear(host_for):
    host = host_for(Piv(pairing_code="87654321"))
    for data in (b"", b"11111111", b"87654321"):
        assert host.verify(data, 0x98).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    assert host_for(Piv()).verify(b"", 0x98).sw == SW.REFERENCED_DATA_NOT_FOUND


# CHANGE REFERENCE DATA and RESET RETRY COUNTER


@pytest.mark.parametrize(("reference", "old"), [(0x80, PIN), (0x81, PUK)])
def test_a_pin_is_changed_by_who_knows_it(host, reference, old):
    assert host.send(0x24, 0, reference, WRONG + NEW).sw == SW.tries_left(2)
    assert host.send(0x24, 0, reference, old + NEW).sw == SW.OK
    assert host.send(0x24, 0, reference, old + NEW).sw == SW.tries_left(2)
    assert host.send(0x24, 0, reference, NEW + old).sw == SW.OK


@pytest.mark.parametrize("data", [b"", PIN, PIN + b"1", PIN + b"12345\xff\xff\xff", PIN * 3])
def test_a_malformed_change_costs_no_try(host, data):
    assert host.send(0x24, 0, 0x80, data).sw == SW.WRONG_DATA
    assert host.send(0x2C, 0, 0x80, data).sw == SW.WRONG_DATA
    assert host.verify(b"").sw == SW.tries_left(3)


def test_a_changed_pin_is_verified(host):
    host.send(0x24, 0, 0x80, PIN + NEW)
    assert host.verify(b"").sw == SW.OK
    assert host.use(P256, 0x9C, DIGEST).sw == SW.OK


def test_a_changed_puk_verifies_no_pin(host):
    host.send(0x24, 0, 0x81, PUK + NEW)
    assert host.verify(b"").sw == SW.tries_left(3)


def test_unblocking_leaves_the_verified_status_and_a_wrong_puk_ends_it(host):
    host.verify()
    assert host.send(0x2C, 0, 0x80, PUK + NEW).sw == SW.OK
    assert host.verify(b"").sw == SW.OK
    assert host.send(0x2C, 0, 0x80, PUK + PUK[:3]).sw == SW.WRONG_DATA
    assert host.verify(b"").sw == SW.OK
    host.send(0x2C, 0, 0x80, WRONG + NEW)
    assert host.verify(b"").sw == SW.tries_left(3)


def test_a_blocked_pin_says_so_before_the_new_one_is_looked_at(host):
    for _ in range(3):
        host.verify(WRONG)
    changed = host.send(0x24, 0, 0x80, PIN + b"12345\xff\xff\xff")
    assert changed.sw == SW.AUTHENTICATION_BLOCKED


def test_the_puk_unblocks_the_pin(host):
    for _ in range(3):
        host.verify(WRONG)
    assert host.send(0x2C, 0, 0x80, WRONG + NEW).sw == SW.tries_left(2)
    assert host.send(0x2C, 0, 0x80, PUK + NEW).sw == SW.OK
    assert host.verify(b"").sw == SW.tries_left(3)
    assert host.verify(NEW).sw == SW.OK


def test_a_blocked_puk_unblocks_nothing(host):
    answers = [host.send(0x2C, 0, 0x80, WRONG + NEW).sw for _ in range(4)]
    assert [str(sw) for sw in answers] == ["63C2", "63C1", "63C0", "6983"]
    assert host.send(0x2C, 0, 0x80, PUK + NEW).sw == SW.AUTHENTICATION_BLOCKED


@pytest.mark.parametrize(
    ("ins", "p1", "p2", "sw"),
    [
        (0x24, 0x01, 0x80, SW.INCORRECT_P1_P2),
        (0x24, 0x00, 0x9B, SW.REFERENCED_DATA_NOT_FOUND),
        (0x2C, 0x01, 0x80, SW.INCORRECT_P1_P2),
        (0x2C, 0x00, 0x81, SW.REFERENCED_DATA_NOT_FOUND),
    ],
)
def test_other_references_cannot_be_changed(host, ins, p1, p2, sw):
    assert host.send(ins, p1, p2, PIN + NEW).sw == sw


# GENERAL AUTHENTICATE with key pairs


def test_a_signature_takes_the_pin_once(host, key_for):
    assert host.use(P256, 0x9A, DIGEST).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    host.verify()
    for _ in range(2):
        signature = host.answer(host.use(P256, 0x9A, DIGEST))
        ecdsa = ec.ECDSA(Prehashed(SHA256()))
        key_for(P256).public_key().verify(signature, DIGEST, ecdsa)


def test_the_signature_key_takes_the_pin_every_time(host):
    host.verify()
    assert host.use(P256, 0x9C, DIGEST).sw == SW.OK
    assert host.use(P256, 0x9C, DIGEST).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    host.verify()
    assert host.use(P256, 0x9A, DIGEST).sw == SW.OK
    assert host.use(P256, 0x9C, DIGEST).sw == SW.SECURITY_STATUS_NOT_SATISFIED


def test_reading_and_nonsense_use_no_fresh_pin_of_a_yubikey_up(yubikey):
    yubikey.verify()
    yubikey.get("7E")
    yubikey.send(0xA4, 4, 0, yubikey.piv.aid)
    assert yubikey.use(P256, 0x9C, bytes(65)).sw == SW.WRONG_DATA
    assert yubikey.use(P256, 0x9C, DIGEST).sw == SW.OK


def test_pin_always_means_immediately_before_on_a_plain_card(host):
    between = (
        lambda: host.get("7E"),
        lambda: host.send(0xA4, 4, 0, host.piv.aid),
        lambda: host.send(0x47, 0, 0x9A),
    )
    for other in between:
        host.verify()
        other()
        assert host.use(P256, 0x9C, DIGEST).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    host.verify()
    assert host.use(P256, 0x9C, DIGEST).sw == SW.OK


def test_the_algorithm_of_another_key_is_a_wrong_value_on_a_yubikey_alone(host, yubikey):
    for one, sw in ((host, SW.INCORRECT_P1_P2), (yubikey, SW.WRONG_DATA)):
        assert one.use(Algorithm.RSA_2048, 0x9E, bytes(256)).sw == sw
        assert one.authenticate(Algorithm.AES_256, 0x9B, challenge=b"").sw == sw


def test_the_card_authentication_key_takes_no_pin(host):
    assert host.use(P256, 0x9E, DIGEST).sw == SW.OK


def test_an_rsa_cryptogram_is_deciphered(host_for, key_for):
    key = key_for(Algorithm.RSA_1024)
    host = host_for(Piv(keys={Slot.KEY_MANAGEMENT: key}))
    host.verify()
    secret = key.public_key().encrypt(b"secret", padding.PKCS1v15())
    assert host.answer(host.use(Algorithm.RSA_1024, 0x9D, secret)).endswith(b"\0secret")


def test_keys_are_agreed_on(host, key_for):
    other = ec.generate_private_key(ec.SECP256R1())
    point = other.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    host.verify()
    agreed = host.authenticate(P256, 0x9D, exponentiation=point, response=b"")
    assert host.answer(agreed) == other.exchange(ec.ECDH(), key_for(P256).public_key())


@pytest.mark.parametrize(
    ("algorithm", "slot", "sw"),
    [
        (P256, 0x82, SW.REFERENCED_DATA_NOT_FOUND),
        (P256, 0xF9, SW.INCORRECT_P1_P2),
        (P256, 0x9F, SW.INCORRECT_P1_P2),
        (Algorithm.P384, 0x9A, SW.INCORRECT_P1_P2),
        (0x77, 0x9A, SW.INCORRECT_P1_P2),
    ],
)
def test_a_key_that_is_not_there_is_not_used(host, algorithm, slot, sw):
    host.verify()
    assert host.use(algorithm, slot, DIGEST).sw == sw


@pytest.mark.parametrize(
    "template",
    [
        Template(),
        Template(response=b""),
        Template(challenge=DIGEST),
        Template(challenge=DIGEST, response=b"x"),
        Template(challenge=DIGEST, response=b"", witness=b""),
        Template(challenge=DIGEST, response=b"", exponentiation=bytes(65)),
        Template(challenge=b"", response=b""),
        Template(exponentiation=bytes(65), response=b""),
    ],
)
def test_a_template_without_sense_is_refused(host, template):
    assert host.send(0x87, P256, 0x9E, bytes(template)).sw == SW.WRONG_DATA


def test_what_is_no_template_is_refused(host):
    assert host.send(0x87, P256, 0x9E, b"\x7d\0").sw == SW.WRONG_DATA


# GENERAL AUTHENTICATE with symmetric keys


def test_the_administrator_answers_a_challenge(host):
    assert host.administer().sw == SW.OK
    assert host.put("5FC105", b"x").sw == SW.OK


def test_host_and_card_authenticate_each_other(host):
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    key = SymmetricKey(Algorithm.TDES, bytes(range(1, 9)) * 3)
    asked = Template.parse(host.authenticate(0x03, 0x9B, witness=b"").data)
    witness = Cipher(TripleDES(key.key), ECB()).decryptor().update(asked.witness)
    assert host.put("5FC105", b"x").sw == SW.SECURITY_STATUS_NOT_SATISFIED
    proved = host.authenticate(0x03, 0x9B, witness=witness, challenge=b"12345678", response=b"")
    assert host.answer(proved) == key.encrypt(b"12345678")
    assert host.put("5FC105", b"x").sw == SW.OK


def test_a_wrong_management_key_takes_the_status_away(host):
    host.administer()
    wrong = SymmetricKey(Algorithm.TDES, bytes(range(24)))
    assert host.administer(wrong).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    assert host.put("5FC105", b"x").sw == SW.SECURITY_STATUS_NOT_SATISFIED


def test_a_symmetric_card_authentication_key_proves_the_card(host_for, host):
    key = SymmetricKey(Algorithm.AES_128, bytes(range(16)))
    asking = host_for(Piv(card_authentication_key=key))
    assert asking.answer(asking.use(0x08, 0x9E, bytes(16))) == key.encrypt(bytes(16))
    assert asking.use(0x0C, 0x9E, bytes(16)).sw == SW.INCORRECT_P1_P2
    assert host.use(0x08, 0x9E, bytes(16)).sw == SW.REFERENCED_DATA_NOT_FOUND


# GENERATE ASYMMETRIC KEY PAIR


@pytest.mark.parametrize("algorithm", [P256, Algorithm.P384, Algorithm.ED25519, Algorithm.X25519])
def test_a_generated_key_is_shown_in_public_and_used(host, algorithm):
    assert host.generate(0x9E, algorithm).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    host.administer()
    answer = host.generate(0x9E, algorithm)
    pair = host.piv.keys.get(Slot.CARD_AUTHENTICATION)
    assert answer.data == tlv(0x7F49, pair.public)
    sw = SW.WRONG_DATA if algorithm is Algorithm.X25519 else SW.OK
    assert host.use(algorithm, 0x9E, DIGEST).sw == sw


def test_rsa_keys_are_generated(host):
    host.administer()
    answer = Tlv.parse(host.generate(0x82, Algorithm.RSA_1024).data)
    assert [len(item.value) for item in answer.children] == [128, 3]


@pytest.mark.parametrize(
    ("slot", "control", "sw"),
    [
        (0x9F, "AC03800111", SW.INCORRECT_P1_P2),
        (0xF9, "AC03800111", SW.INCORRECT_P1_P2),
        (0x9A, "AC03800103", SW.WRONG_DATA),
        (0x9A, "AC03800199", SW.WRONG_DATA),
        (0x9A, "AC0480021111", SW.WRONG_DATA),
        (0x9A, "AC00", SW.WRONG_DATA),
        (0x9A, "AD03800111", SW.WRONG_DATA),
        (0x9A, "AC06800111AA0101", SW.WRONG_DATA),
        (0x9A, "", SW.WRONG_DATA),
        (0x9A, "AC08800111810301 0001", SW.OK),
    ],
)
def test_only_keys_of_the_standard_are_generated(host, slot, control, sw):
    host.administer()
    assert host.send(0x47, 0, slot, bytes.fromhex(control)).sw == sw


def test_generation_has_no_first_parameter(host):
    host.administer()
    assert host.send(0x47, 1, 0x9A, bytes.fromhex("AC03800111")).sw == SW.INCORRECT_P1_P2
