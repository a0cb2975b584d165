import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from applets.catalogue import CARDS
from applets.piv import Algorithm, Issuer, Slot
from applets.piv.card_numbers import agency_number
from applets.piv.cards import create
from applets.piv.dynamic_authentication import Template
from vcard import SW, Busy, Memory, Tlv

QUICK = dict.fromkeys(
    ("authentication", "signature", "key-management", "card-authentication"), "p-256"
)
GET_AUTHENTICATION = bytes.fromhex("00CB3FFF0000055C035FC1050000")


def certificate(card):
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000308"))
    answer = card.exchange(GET_AUTHENTICATION)
    if answer == SW.FILE_NOT_FOUND.raw:
        return None
    return x509.load_der_x509_certificate(Tlv.parse(answer[:-2]).find(0x70).value)


def test_the_catalogue_has_the_card():
    assert certificate(CARDS["piv"](None, {})) is None


def test_a_demo_card_has_certificates():
    card = create(None, {"demo": "", **QUICK})
    assert certificate(card).subject.rfc4514_string() == "CN=Alice Example"
    assert set(card.applets[0].keys) == set(Slot) & {0x9A, 0x9C, 0x9D, 0x9E}


def test_the_users_ca_issues_for_a_subject():
    issuer = Issuer.create("Mine")
    key = issuer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ca = {
        "ca-certificate": issuer.certificate.public_bytes(Encoding.PEM).decode(),
        "ca-key": key.decode(),
    }
    found = certificate(create(None, {**ca, "subject": "Bob", **QUICK}))
    found.verify_directly_issued_by(issuer.certificate)
    assert found.subject.rfc4514_string() == "CN=Bob"


def test_algorithms_are_chosen_slot_by_slot():
    card = create(None, {**QUICK, "signature": "ED25519", "key-management": "rsa_1024"})
    keys = card.applets[0].keys
    assert keys.get(Slot.SIGNATURE).algorithm is Algorithm.ED25519
    assert keys.get(Slot.KEY_MANAGEMENT).algorithm is Algorithm.RSA_1024


def test_what_goes_wrong_with_cards_can_be_rehearsed():
    options = {**QUICK, "not-before": "2020-01-01", "not-after": "2021-06-30", "without-key": "9A"}
    card = create(None, options)
    assert str(certificate(card).not_valid_after_utc) == "2021-06-30 00:00:00+00:00"
    assert Slot.AUTHENTICATION not in card.applets[0].keys


def test_a_memory_that_is_in_use_is_taken_up_as_it_is():
    memory = Memory()
    first = certificate(create(memory, {"demo": "", **QUICK}))
    assert certificate(create(memory, {"demo": "", "subject": "Bob"})) == first


def test_any_atr_can_be_chosen():
    assert create(None, {"atr": "3B 00"}).atr == b"\x3b\0"


def test_pins_and_tries_are_options():
    options = {"pin": "111111", "puk": "22222222", "global-pin": "333333", "pin-tries": "5"}
    card = create(None, {**options, "puk-tries": "2", "pairing-code": "44444444"})
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000308"))
    assert card.exchange(bytes.fromhex("00200080")) == SW.tries_left(5).raw
    assert card.exchange(b"\0\x20\0\x80\x08111111\xff\xff") == SW.OK.raw
    assert card.exchange(b"\0\x20\0\0\x08333333\xff\xff") == SW.OK.raw
    assert card.exchange(b"\0\x20\0\x98\x0844444444") == SW.SECURITY_STATUS_NOT_SATISFIED.raw


def test_certificates_name_their_holder_and_who_knows_of_revocation():
    options = {
        "upn": "alice@corp.example",
        "email": "a@corp.example",
        "ocsp": "http://ca.example/ocsp",
        "crl": "http://ca.example/ca.crl",
    }
    found = certificate(create(None, {**options, **QUICK})).extensions
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    [principal] = names.get_values_for_type(x509.OtherName)
    assert principal == x509.OtherName(
        x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x12alice@corp.example"
    )
    assert names.get_values_for_type(x509.RFC822Name) == ["a@corp.example"]
    [access] = found.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert access.access_location.value == "http://ca.example/ocsp"
    [point] = found.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name[0].value == "http://ca.example/ca.crl"


def test_a_card_has_its_numbers_in_its_chuid_and_in_its_certificates():
    options = {
        "guid": "00112233-4455-4677-8899-aabbccddeeff",
        "fasc-n": "1341-0001-987654",
        "policy": "2.16.840.1.101.3.2.1.3.13, 1.2.3",
    }
    card = create(None, {**options, **QUICK})
    found = certificate(card).extensions
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "urn:uuid:00112233-4455-4677-8899-aabbccddeeff"
    ]
    number = agency_number("1341", "0001", "987654")
    assert [one.value[2:] for one in names.get_values_for_type(x509.OtherName)] == [number]
    policies = found.get_extension_for_class(x509.CertificatePolicies).value
    assert [one.policy_identifier.dotted_string for one in policies] == [
        "2.16.840.1.101.3.2.1.3.13",
        "1.2.3",
    ]
    chuid = card.exchange(bytes.fromhex("00CB3FFF055C035FC10200"))
    assert number in chuid
    assert bytes.fromhex("00112233445546778899AABBCCDDEEFF") in chuid


def test_a_blank_card_can_have_numbers_too():
    card = create(None, {"fasc-n": "1341-0001-987654"})
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000308"))
    chuid = card.exchange(bytes.fromhex("00CB3FFF055C035FC10200"))
    assert agency_number("1341", "0001", "987654") in chuid


def test_a_yubikey_has_a_version_and_a_plain_card_none():
    card = create(None, {"identity": "yubikey", "firmware": "5.4.3"})
    assert card.applets[0].identity.firmware.version == (5, 4, 3)
    with pytest.raises(ValueError, match="firmware is for identity=yubikey"):
        create(None, {"firmware": "5.4.3"})


def own(private, *certificates, name="alice.pem"):
    """The option of a slot after its file was read."""
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
    return f"{pem.hex()}:{name}"


def test_the_users_own_key_and_certificate_are_on_the_card():
    key = ec.generate_private_key(ec.SECP256R1())
    mine = Issuer.create("Mine").issue("Alice", key.public_key())
    card = create(None, {"key-9a": own(key, mine)})
    assert certificate(card) == mine
    keys = card.applets[0].keys
    assert set(keys) == {Slot.AUTHENTICATION}
    assert keys.get(Slot.AUTHENTICATION).key.private_numbers() == key.private_numbers()


def test_a_key_without_a_certificate_is_certified_by_the_cards_ca():
    key = ec.generate_private_key(ec.SECP256R1())
    card = create(None, {"key-9a": own(key), "subject": "Bob", **QUICK})
    found = certificate(card)
    assert found.public_key() == key.public_key()
    assert found.subject.rfc4514_string() == "CN=Bob"
    assert set(card.applets[0].keys) == set(Slot) & {0x9A, 0x9C, 0x9D, 0x9E}
    gone = create(None, {"key-9a": own(key), "without-key": "9A"})
    assert certificate(gone).public_key() == key.public_key()
    assert set(gone.applets[0].keys) == set()


def test_a_retired_key_and_one_to_attest_with_can_be_the_users():
    key = ec.generate_private_key(ec.SECP256R1())
    mine = Issuer.create("Mine").issue("Attestation", key.public_key())
    given = {"key-82": own(key), "key-f9": own(key, mine), "identity": "yubikey"}
    piv = create(None, given).applets[0]
    assert set(piv.keys) == {Slot.RETIRED_1, Slot.ATTESTATION}
    assert "5FC10D" in piv.objects  # the retired key's certificate
    assert mine.public_bytes(Encoding.DER) in piv.objects["5FFF01"]


def test_policies_can_be_others_than_the_standards():
    key = ec.generate_private_key(ec.SECP256R1())
    policies = {"pin-policy": "9a:always,9c:never", "touch-policy": "9a:cached"}
    card = create(None, {"key-9a": own(key), **policies, **QUICK})
    pair = card.applets[0].keys.get(Slot.AUTHENTICATION)
    assert (pair.pin_policy.name, pair.touch_policy.name) == ("ALWAYS", "CACHED")
    assert card.applets[0].keys.get(Slot.SIGNATURE).pin_policy.name == "NEVER"
    assert card.touch is not None
    assert create(None, {"key-9a": own(key)}).touch is None
    card.touch.ask()
    card.power_up()
    assert not card.touch.wanted


def test_a_key_that_a_firmware_has_not_is_refused():
    key = ed25519.Ed25519PrivateKey.generate()
    old = {"identity": "yubikey", "firmware": "5.4.3"}
    for options in ({"key-9c": own(key)}, {**QUICK, "signature": "ed25519"}):
        with pytest.raises(ValueError, match="key of slot 9C: this firmware has no ED25519"):
            create(None, {**old, **options})
    create(None, {**old, "firmware": "5.7.2", "key-9c": own(key)})


def test_wrong_options_are_named():
    key = ec.generate_private_key(ec.SECP256R1())
    cases = [
        ({"key-f9": own(key)}, "key-f9 is for identity=yubikey"),
        ({"key-f9": own(key), "identity": "yubikey"}, "key-f9 needs the certificate"),
        ({"key-9a": f"{b'junk'.hex()}:alice.p12"}, "alice.p12: neither a private key nor"),
        ({"colour": "red"}, "no option 'colour'; it has atr, authentication"),
        ({"pin": "1"}, "6 to 8 digits"),
        ({"pin-tries": "many"}, r"pin-tries is a number, 1\.\.15, not 'many'"),
        ({"puk-tries": "16"}, r"puk-tries is a number, 1\.\.15, not '16'"),
        ({"signature": "dsa"}, "signature is one of RSA_1024"),
        ({"demo": "", "not-after": "tomorrow"}, "not-after is a day"),
        ({**QUICK, "without-key": "zz"}, "without-key is one of 82, 83"),
        ({"atr": "xy"}, r"atr is 2\.\.33 bytes in hexadecimal, not 'xy'"),
        ({"atr": "3B"}, r"2\.\.33 bytes in hexadecimal, not '3B'"),
        ({"identity": "gem"}, "identity is one of"),
        ({"ca-certificate": "", **QUICK}, "PEM"),
        ({"guid": "4711"}, "guid is a UUID, not '4711'"),
        ({"fasc-n": "1-2-3"}, "fasc-n is 4, 4 and 6 digits with - between, not '1-2-3'"),
        ({"fasc-n": "9999-9999"}, "fasc-n is 4, 4 and 6 digits"),
        ({"policy": "1.2,any"}, "policy is object identifiers in dots"),
        ({"policy": "3.1"}, "policy is object identifiers"),
        ({"policy": "1.40"}, "policy is object identifiers"),
        ({"policy": "1"}, "policy is object identifiers"),
        ({"policy": "2." + "9" * 5000}, "policy is object identifiers"),
    ]
    for options, message in cases:
        with pytest.raises(ValueError, match=message):
            CARDS["piv"](None, options)


@pytest.mark.parametrize(("slot", "wanted"), [(0x9A, True), (0x9E, False)])
def test_only_the_key_that_wants_a_touch_waits_for_one(slot, wanted):
    keys = {f"key-{name}": own(ec.generate_private_key(ec.SECP256R1())) for name in ("9a", "9e")}
    policies = {"touch-policy": "9a:always", "pin-policy": "9a:never", "touch": "press"}
    card = create(None, {**keys, **policies})
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000308"))
    sign = bytes(Template(challenge=bytes(32), response=b""))
    answer = card.exchange(bytes((0, 0x87, 0x11, slot, len(sign))) + sign + b"\0")
    assert isinstance(answer, Busy) is wanted
    assert card.touch.wanted is wanted
