import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.piv import Algorithm
from applets.piv.algorithms import SCHEMES, algorithm_of
from applets.shared.key_kinds import public_objects
from vcard.tlv import parse_all

FAST = [Algorithm.RSA_1024, Algorithm.RSA_2048, Algorithm.P256, Algorithm.P384]
FAST += [Algorithm.ED25519, Algorithm.X25519]


@pytest.mark.parametrize("algorithm", FAST)
def test_a_generated_key_is_of_its_algorithm(key_for, algorithm):
    key = key_for(algorithm)
    assert algorithm_of(key) is algorithm_of(key.public_key()) is algorithm


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", [Algorithm.RSA_3072, Algorithm.RSA_4096])
def test_long_rsa_keys_are_made_and_used(key_for, algorithm):
    key = key_for(algorithm)
    assert algorithm_of(key) is algorithm
    block = b"\0" + b"\x77" * (SCHEMES[algorithm].kind.bits // 8 - 1)
    signature = int.from_bytes(SCHEMES[algorithm].respond(key, block), "big")
    numbers = key.public_key().public_numbers()
    assert pow(signature, numbers.e, numbers.n) == int.from_bytes(block, "big")


def test_keys_without_an_algorithm_are_named():
    for key, name in [
        (ec.generate_private_key(ec.SECP521R1()), "P-521"),
        (rsa.generate_private_key(65537, 1152), "RSA-1152"),
        ("a string", "str"),
    ]:
        with pytest.raises(ValueError, match=name):
            algorithm_of(key)


def test_rsa_keys_are_built_from_primes_with_and_without_crt_values(key_for):
    numbers = key_for(Algorithm.RSA_1024).private_numbers()
    values = (numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    parts = {tag: value.to_bytes(64, "big") for tag, value in enumerate(values, 1)}
    scheme = SCHEMES[Algorithm.RSA_1024]
    for given in (parts, {1: parts[1], 2: parts[2]}):
        assert scheme.build(given).private_numbers().d % (numbers.p - 1) == numbers.dmp1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({1: b""}, "1024 bits"),
        ({1: b"\x01"}, "1024 bits"),
        ({1: b"\x01", 2: b"\x80" + bytes(126) + b"\x01"}, None),
        ({4: b"\x05"}, "CRT values"),
        ({5: b"\x05"}, "CRT values"),
        ({1: None}, "part 01"),
        ({2: None}, "part 02"),
    ],
)
def test_parts_that_are_no_rsa_key_are_refused(key_for, change, message):
    numbers = key_for(Algorithm.RSA_1024).private_numbers()
    parts = {1: numbers.p.to_bytes(64, "big"), 2: numbers.q.to_bytes(64, "big"), **change}
    parts = {tag: value for tag, value in parts.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        SCHEMES[Algorithm.RSA_1024].build(parts)


def test_numbers_that_are_not_prime_are_refused():
    composite = (1 << 511 | 15).to_bytes(64, "big")
    other = (1 << 511 | 1 << 510 | 1).to_bytes(64, "big")
    with pytest.raises(ValueError, match=r"\w"):
        SCHEMES[Algorithm.RSA_1024].build({1: composite, 2: other})


def test_other_keys_are_built_from_their_scalar():
    cases = [
        (Algorithm.P256, 6, 32),
        (Algorithm.P384, 6, 48),
        (Algorithm.ED25519, 7, 32),
        (Algorithm.X25519, 8, 32),
    ]
    for algorithm, tag, size in cases:
        scheme = SCHEMES[algorithm]
        key = scheme.build({tag: b"\x11" * size})
        assert algorithm_of(key) is algorithm
        for wrong in ({}, {tag: b""}, {tag: b"\xff" * 64}):
            with pytest.raises(ValueError, match=r"\w"):
                scheme.build(wrong)


@pytest.mark.parametrize(
    ("algorithm", "tags"),
    [
        (Algorithm.RSA_1024, {0x81: 128, 0x82: 3}),
        (Algorithm.P256, {0x86: 65}),
        (Algorithm.P384, {0x86: 97}),
        (Algorithm.ED25519, {0x86: 32}),
        (Algorithm.X25519, {0x86: 32}),
    ],
)
def test_public_keys_have_the_standards_form(key_for, algorithm, tags):
    items = parse_all(public_objects(key_for(algorithm).public_key()))
    assert {item.tag: len(item.value) for item in items} == tags


@pytest.mark.parametrize("size", [1, 20, 32, 48, 64])
@pytest.mark.parametrize(
    ("algorithm", "digest"), [(Algorithm.P256, SHA256()), (Algorithm.P384, SHA384())]
)
def test_digests_of_any_length_are_signed_as_ecdsa_says(key_for, algorithm, digest, size):
    challenge = bytes(range(1, size + 1))
    signature = SCHEMES[algorithm].respond(key_for(algorithm), challenge)
    expected = challenge[: digest.digest_size].rjust(digest.digest_size, b"\0")
    key_for(algorithm).public_key().verify(signature, expected, ec.ECDSA(Prehashed(digest)))


@pytest.mark.parametrize("size", [0, 65])
def test_what_is_no_digest_is_not_signed(key_for, size):
    with pytest.raises(ValueError, match="digest"):
        SCHEMES[Algorithm.P256].respond(key_for(Algorithm.P256), bytes(size))


def test_ed25519_signs_messages_and_agrees_on_nothing(key_for):
    key, scheme = key_for(Algorithm.ED25519), SCHEMES[Algorithm.ED25519]
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    key.public_key().verify(scheme.respond(key, b"a message"), b"a message")
    with pytest.raises(ValueError, match="signs only"):
        scheme.agree(key, bytes(32))


def test_x25519_agrees_and_signs_nothing(key_for):
    key, scheme = key_for(Algorithm.X25519), SCHEMES[Algorithm.X25519]
    other = x25519.X25519PrivateKey.generate()
    point = other.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert scheme.agree(key, point) == other.exchange(key.public_key())
    with pytest.raises(ValueError, match="agrees"):
        scheme.respond(key, b"a message")
    with pytest.raises(ValueError, match=r"\w"):
        scheme.agree(key, bytes(32))  # a point of small order


@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.P384])
def test_ecdh_gives_the_x_coordinate(key_for, algorithm):
    key = key_for(algorithm)
    other = ec.generate_private_key(key.curve)
    point = other.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = SCHEMES[algorithm].agree(key, point)
    assert shared == other.exchange(ec.ECDH(), key.public_key())
    for wrong in (b"", point[:-1], point[:-1] + bytes((point[-1] ^ 1,))):
        with pytest.raises(ValueError, match=r"\w"):
            SCHEMES[algorithm].agree(key, wrong)


def test_rsa_deciphers_with_either_tag(key_for):
    key, scheme = key_for(Algorithm.RSA_1024), SCHEMES[Algorithm.RSA_1024]
    assert scheme.agree(key, bytes(128)) == scheme.respond(key, bytes(128))
