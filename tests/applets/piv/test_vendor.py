import pytest
from cryptography import x509

from applets.piv import Algorithm, PinPolicy, Slot, SymmetricKey
from applets.piv.codes import Origin, TouchPolicy
from applets.piv.vendor import INSTRUCTIONS
from vcard import SW, Tlv, tlv
from vcard.tlv import parse_all

P256 = Algorithm.P256
PIN, PUK, WRONG = b"123456\xff\xff", b"12345678", b"000000\xff\xff"
IMPORTED = {Algorithm.P256: 6, Algorithm.P384: 6, Algorithm.ED25519: 7, Algorithm.X25519: 8}


def metadata(host, reference):
    answer = host.send(0xF7, 0, reference)
    assert answer.sw == SW.OK
    return {item.tag: item.value for item in parse_all(answer.data)}


@pytest.mark.parametrize("ins", sorted(INSTRUCTIONS))
def test_a_plain_card_knows_no_vendors_command(host, ins):
    assert host.send(ins, 0, 0).sw == SW.INS_NOT_SUPPORTED


def test_version_and_serial_number_are_told(yubikey):
    assert yubikey.send(0xFD, 0, 0).data == b"\5\7\2"
    assert int.from_bytes(yubikey.send(0xF8, 0, 0).data, "big") == yubikey.piv.serial


def test_metadata_come_without_le_too(yubikey):
    assert yubikey.card.exchange(bytes.fromhex("00F7009B"))[-2:] == SW.OK.raw


def test_metadata_of_keys_tell_how_they_were_made(yubikey):
    found = metadata(yubikey, 0x9C)
    assert found[1] == b"\x11"
    assert found[2] == bytes((PinPolicy.ALWAYS, TouchPolicy.NEVER))
    assert found[3] == bytes((Origin.IMPORTED,))
    assert found[4] == yubikey.piv.keys.get(Slot.SIGNATURE).public
    assert yubikey.send(0xF7, 0, 0x82).sw == SW.REFERENCED_DATA_NOT_FOUND
    assert yubikey.send(0xF7, 0, 0x77).sw == SW.REFERENCED_DATA_NOT_FOUND


def test_metadata_of_pins_tell_tries_and_whether_they_are_the_first(yubikey):
    assert metadata(yubikey, 0x80) == {1: b"\xff", 5: b"\1", 6: b"\3\3"}
    yubikey.verify(WRONG)
    assert metadata(yubikey, 0x80)[6] == b"\3\2"
    yubikey.send(0x24, 0, 0x81, PUK + b"87654321")
    assert metadata(yubikey, 0x81)[5] == b"\0"


def test_metadata_of_the_management_key_tell_its_algorithm(yubikey):
    assert metadata(yubikey, 0x9B) == {1: b"\x0a", 2: b"\0\1", 5: b"\1"}


@pytest.mark.parametrize("algorithm", IMPORTED)
def test_scalars_are_imported(yubikey, algorithm):
    size = 48 if algorithm is Algorithm.P384 else 32
    data = tlv(IMPORTED[algorithm], b"\x11" * size) + tlv(0xAA, b"\1") + tlv(0xAB, b"\2")
    assert yubikey.send(0xFE, algorithm, 0x9A, data).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    yubikey.administer()
    assert yubikey.send(0xFE, algorithm, 0x9A, data).sw == SW.OK
    pair = yubikey.piv.keys.get(Slot.AUTHENTICATION)
    assert (pair.algorithm, pair.pin_policy, pair.touch_policy) == (
        algorithm,
        PinPolicy.NEVER,
        TouchPolicy.ALWAYS,
    )


def test_rsa_keys_are_imported(yubikey, key_for):
    numbers = key_for(Algorithm.RSA_1024).private_numbers()
    yubikey.administer()
    data = tlv(1, numbers.p.to_bytes(64, "big")) + tlv(2, numbers.q.to_bytes(64, "big"))
    assert yubikey.send(0xFE, Algorithm.RSA_1024, 0x9A, data).sw == SW.OK
    assert yubikey.piv.keys.get(Slot.AUTHENTICATION).public_key.public_numbers() == (
        numbers.public_numbers
    )


@pytest.mark.parametrize(
    ("algorithm", "slot", "data", "sw"),
    [
        (0x11, 0x9A, "", SW.WRONG_DATA),
        (0x11, 0x9A, "06", SW.WRONG_DATA),
        (0x11, 0x9A, "060111AA0109", SW.WRONG_DATA),
        (0x07, 0x9A, "060111", SW.WRONG_DATA),
        (0x03, 0x9A, "060111", SW.INCORRECT_P1_P2),
        (0x11, 0x80, "060111", SW.INCORRECT_P1_P2),
    ],
)
def test_what_is_no_key_is_not_imported(yubikey, algorithm, slot, data, sw):
    before = dict(yubikey.card.memory)
    yubikey.administer()
    assert yubikey.send(0xFE, algorithm, slot, bytes.fromhex(data)).sw == sw
    assert dict(yubikey.card.memory) == before


def test_keys_are_moved_and_deleted(yubikey):
    assert yubikey.send(0xF6, 0x82, 0x9A).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    yubikey.administer()
    assert yubikey.send(0xF6, 0x9C, 0x9A).sw == SW.CONDITIONS_NOT_SATISFIED
    assert yubikey.send(0xF6, 0x82, 0x9A).sw == SW.OK
    assert yubikey.send(0xF6, 0x83, 0x9A).sw == SW.REFERENCED_DATA_NOT_FOUND
    assert yubikey.send(0xF6, 0xFF, 0x82).sw == SW.OK
    assert list(yubikey.piv.keys) == [
        Slot.SIGNATURE,
        Slot.KEY_MANAGEMENT,
        Slot.CARD_AUTHENTICATION,
        Slot.ATTESTATION,
    ]


def test_generated_keys_are_attested_and_imported_ones_are_not(yubikey):
    assert yubikey.send(0xF9, 0x9A, 0).sw == SW.WRONG_DATA
    assert yubikey.send(0xF9, 0x82, 0).sw == SW.FILE_NOT_FOUND
    yubikey.administer()
    yubikey.generate(0x9A, P256)
    made = x509.load_der_x509_certificate(yubikey.send(0xF9, 0x9A, 0).data)
    stored = Tlv.parse(yubikey.get("5FFF01").data).find(0x70).value
    assert made.subject.rfc4514_string() == "CN=YubiKey PIV Attestation 9a"
    made.verify_directly_issued_by(x509.load_der_x509_certificate(stored))


def test_a_witness_that_cannot_sign_attests_nothing(yubikey):
    yubikey.administer()
    yubikey.generate(0x9A, P256)
    yubikey.generate(0xF9, Algorithm.X25519)
    assert yubikey.send(0xF9, 0x9A, 0).sw == SW.CONDITIONS_NOT_SATISFIED


def test_generation_takes_policies(yubikey):
    yubikey.administer()
    assert yubikey.generate(0x9A, P256, xAA=b"\3", xAB=b"\3").sw == SW.OK
    assert metadata(yubikey, 0x9A)[2] == b"\3\3"


@pytest.mark.parametrize(("code", "size"), [(0x03, 24), (0x08, 16), (0x0A, 24), (0x0C, 32)])
def test_the_management_key_is_replaced(yubikey, code, size):
    key = SymmetricKey(Algorithm(code), bytes(range(size)))
    data = bytes((code, 0x9B, size)) + key.key
    assert yubikey.send(0xFF, 0xFF, 0xFF, data).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    yubikey.administer()
    assert yubikey.send(0xFF, 0xFF, 0xFE, data).sw == SW.OK
    assert metadata(yubikey, 0x9B) == {1: bytes((code,)), 2: b"\0\2", 5: b"\0"}
    assert yubikey.administer(key).sw == SW.OK


@pytest.mark.parametrize(
    ("p2", "data", "sw"),
    [
        (0x00, "089B10" + "00" * 16, SW.INCORRECT_P1_P2),
        (0xFF, "089B10" + "00" * 15, SW.WRONG_DATA),
        (0xFF, "089B11" + "00" * 17, SW.WRONG_DATA),
        (0xFF, "119B10" + "00" * 16, SW.WRONG_DATA),
        (0xFF, "779B10" + "00" * 16, SW.WRONG_DATA),
        (0xFF, "089A10" + "00" * 16, SW.WRONG_DATA),
        (0xFF, "08", SW.WRONG_DATA),
    ],
)
def test_what_is_no_management_key_is_refused(yubikey, p2, data, sw):
    yubikey.administer()
    assert yubikey.send(0xFF, 0xFF, p2, bytes.fromhex(data)).sw == sw


def test_tries_are_set_by_the_administrator_with_the_pin(yubikey):
    yubikey.administer()
    assert yubikey.send(0xFA, 5, 7).sw == SW.SECURITY_STATUS_NOT_SATISFIED
    yubikey.verify()
    assert yubikey.send(0xFA, 0, 7).sw == SW.INCORRECT_P1_P2
    assert yubikey.send(0xFA, 5, 16).sw == SW.INCORRECT_P1_P2
    assert yubikey.send(0xFA, 5, 7).sw == SW.OK
    assert metadata(yubikey, 0x80)[6] == b"\5\5"
    assert metadata(yubikey, 0x81)[6] == b"\7\7"


def test_reset_takes_both_blocked_and_leaves_the_attestation(yubikey):
    yubikey.administer()
    yubikey.put("5FC109", b"x")
    yubikey.send(0xFF, 0xFF, 0xFF, bytes((0x08, 0x9B, 16)) + bytes(range(16)))
    assert yubikey.send(0xFB, 0, 0).sw == SW.CONDITIONS_NOT_SATISFIED
    attestation = yubikey.get("5FFF01")
    for _ in range(3):
        yubikey.verify(WRONG)
        yubikey.send(0x2C, 0, 0x80, WRONG + PIN)
    assert yubikey.send(0xFB, 0, 0).sw == SW.OK
    assert list(yubikey.piv.keys) == [Slot.ATTESTATION]
    assert yubikey.get("5FFF01") == attestation
    assert yubikey.get("5FC102").sw == SW.FILE_NOT_FOUND
    assert yubikey.put("5FC109", b"x").sw == SW.SECURITY_STATUS_NOT_SATISFIED
    assert yubikey.administer().sw == yubikey.verify().sw == SW.OK


def test_an_object_written_empty_is_gone(yubikey, host):
    for card, sw in [(yubikey, SW.FILE_NOT_FOUND), (host, SW.OK)]:
        card.administer()
        card.put("5FC105", b"x")
        card.put("5FC105", b"")
        assert card.get("5FC105").sw == sw
        assert card.put("5FC105", b"").sw == SW.OK


def test_vendors_objects_are_kept(yubikey):
    yubikey.administer()
    assert yubikey.put("5FFF00", b"administrator's data").sw == SW.OK
    assert yubikey.get("5FFF00").data == tlv(0x53, b"administrator's data")


def test_pins_may_hold_letters(yubikey):
    assert yubikey.send(0x24, 0, 0x80, PIN + b"letters\xff").sw == SW.OK
    assert yubikey.verify(b"letters\xff").sw == SW.OK


def test_nonsense_in_place_of_a_pin_is_counted(yubikey):
    assert yubikey.verify(b"\xff" * 8).sw == SW.tries_left(2)
    assert yubikey.verify(b"\xff" * 7).sw == SW.WRONG_DATA
    assert yubikey.send(0x2C, 0, 0x80, b"\xff" * 16).sw == SW.tries_left(2)
    assert yubikey.send(0x24, 0, 0x80, PIN + b"\xff" * 8).sw == SW.WRONG_DATA
    assert yubikey.verify().sw == SW.OK


def test_new_limits_of_tries_take_back_what_was_verified(yubikey):
    yubikey.administer(yubikey.piv.management)
    assert yubikey.verify().sw == SW.OK
    assert yubikey.send(0xFA, 5, 5).sw == SW.OK
    assert yubikey.send(0x20, 0, 0x80, le=None).sw == SW.tries_left(5)
