import pytest

from applets.piv import Algorithm
from applets.piv.dynamic_authentication import Template
from applets.piv.management_key import Dialogue, SymmetricKey, authenticate, prove
from vcard import SW

SIZES = {
    Algorithm.TDES: 24,
    Algorithm.AES_128: 16,
    Algorithm.AES_192: 24,
    Algorithm.AES_256: 32,
}
KEYS = [SymmetricKey(algorithm, bytes(range(1, size + 1))) for algorithm, size in SIZES.items()]
each_key = pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm.name)


@pytest.mark.parametrize(
    ("algorithm", "key", "plain", "cipher"),
    [  # FIPS 197, appendix C; SP 800-67, appendix B (first block)
        (
            Algorithm.AES_128,
            "000102030405060708090A0B0C0D0E0F",
            "00112233445566778899AABBCCDDEEFF",
            "69C4E0D86A7B0430D8CDB78070B4C55A",
        ),
        (
            Algorithm.AES_192,
            "000102030405060708090A0B0C0D0E0F1011121314151617",
            "00112233445566778899AABBCCDDEEFF",
            "DDA97CA4864CDFE06EAF70A0EC0D7191",
        ),
        (
            Algorithm.TDES,
            "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123",
            "5468652071756663",
            "A826FD8CE53B855F",
        ),
    ],
)
def test_blocks_are_encrypted_as_the_standards_say(algorithm, key, plain, cipher):
    made = SymmetricKey(algorithm, bytes.fromhex(key))
    assert made.encrypt(bytes.fromhex(plain)) == bytes.fromhex(cipher)


@each_key
def test_a_host_answers_the_cards_challenge(key):
    dialogue = Dialogue()
    asked = authenticate(key, Template(challenge=b""), dialogue)
    assert len(asked.challenge) == key.block_size
    assert authenticate(key, Template(response=key.encrypt(asked.challenge)), dialogue) is None


@each_key
def test_host_and_card_prove_themselves_to_each_other(key):
    dialogue, twin = Dialogue(), Dialogue()
    asked = authenticate(key, Template(witness=b""), dialogue)
    assert asked.witness != dialogue.witness
    assert len(asked.witness) == key.block_size
    mine = b"\x42" * key.block_size
    proved = Template(witness=dialogue.witness, challenge=mine)
    assert authenticate(key, proved, dialogue) == Template(response=key.encrypt(mine))
    assert twin.witness == b""


@each_key
def test_a_wrong_answer_is_refused_and_the_question_is_gone(key):
    dialogue = Dialogue()
    asked = authenticate(key, Template(challenge=b""), dialogue)
    for answer, sw in [
        (b"\0" * key.block_size, SW.SECURITY_STATUS_NOT_SATISFIED),
        (key.encrypt(asked.challenge), SW.CONDITIONS_NOT_SATISFIED),
    ]:
        with pytest.raises(SW) as raised:
            authenticate(key, Template(response=answer), dialogue)
        assert raised.value == sw


def test_a_witness_answers_no_challenge():
    key, dialogue = KEYS[1], Dialogue()
    authenticate(key, Template(witness=b""), dialogue)
    with pytest.raises(SW) as raised:
        authenticate(key, Template(response=key.encrypt(dialogue.witness)), dialogue)
    assert raised.value == SW.CONDITIONS_NOT_SATISFIED


def test_the_management_key_encrypts_nothing_that_the_host_chose_alone():
    cases = [
        Template(),
        Template(response=b""),
        Template(witness=b"x"),
        Template(challenge=b"x"),
        Template(challenge=bytes(16), response=b""),
        Template(exponentiation=b"x"),
    ]
    for template in cases:
        with pytest.raises(SW) as raised:
            authenticate(KEYS[1], template, Dialogue())
        assert raised.value == SW.WRONG_DATA


def test_a_card_proves_that_it_has_a_key():
    key = KEYS[3]
    assert prove(key, Template(challenge=bytes(16), response=b"")).response == key.encrypt(
        bytes(16)
    )
    for wrong in (Template(challenge=bytes(16)), Template(challenge=b"x", response=b"")):
        with pytest.raises(SW) as raised:
            prove(key, wrong)
        assert raised.value == SW.WRONG_DATA


def test_keys_of_wrong_length_or_kind_are_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        SymmetricKey(Algorithm.AES_128, bytes(17))
    with pytest.raises(ValueError, match="not a symmetric"):
        SymmetricKey(Algorithm.P256, bytes(16))


@each_key
def test_a_key_survives_the_memory_and_is_not_printed(key):
    assert SymmetricKey.unpack(key.pack()) == key
    assert key.key.hex() not in repr(key)
    assert "\\x01" not in repr(key)
    assert repr(Dialogue(b"abc", b"def")) == "Dialogue()"
