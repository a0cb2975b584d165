import pytest

from applets.shared.block_ciphers import Aes, TripleDes

h = bytes.fromhex
SP_800_38A = h("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51")
AES_128 = Aes(h("2B7E151628AED2A6ABF7158809CF4F3C"))


@pytest.mark.parametrize(
    ("cipher", "plain", "encrypted"),
    [  # FIPS 197, appendix C; SP 800-67, appendix B (first block)
        (
            Aes(bytes(range(16))),
            "00112233445566778899AABBCCDDEEFF",
            "69C4E0D86A7B0430D8CDB78070B4C55A",
        ),
        (
            Aes(bytes(range(24))),
            "00112233445566778899AABBCCDDEEFF",
            "DDA97CA4864CDFE06EAF70A0EC0D7191",
        ),
        (
            Aes(bytes(range(32))),
            "00112233445566778899AABBCCDDEEFF",
            "8EA2B7CA516745BFEAFC49904B496089",
        ),
        (
            TripleDes(h("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123")),
            "5468652071756663",
            "A826FD8CE53B855F",
        ),
    ],
)
def test_blocks_are_encrypted_as_the_standards_say(cipher, plain, encrypted):
    assert cipher.encrypt(h(plain)) == h(encrypted)
    assert cipher.decrypt(h(encrypted)) == h(plain)


def test_chaining_is_that_of_sp_800_38a():
    iv = bytes(range(16))
    encrypted = h("7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2")
    assert AES_128.encrypt_cbc(SP_800_38A, iv) == encrypted
    assert AES_128.decrypt_cbc(encrypted, iv) == SP_800_38A
    first = AES_128.encrypt(SP_800_38A[:16])
    assert AES_128.encrypt_cbc(SP_800_38A[:16]) == first
    assert AES_128.decrypt_cbc(first) == SP_800_38A[:16]


@pytest.mark.parametrize(
    ("size", "mac"),  # SP 800-38B, examples for AES-128
    [
        (0, "BB1D6929E95937287FA37D129B756746"),
        (16, "070A16B46B4D4144F79BDD9DD04A287C"),
    ],
)
def test_the_cmac_is_that_of_sp_800_38b(size, mac):
    assert AES_128.cmac(SP_800_38A[:size]) == h(mac)


def test_the_retail_mac_is_that_of_the_passport_example():
    # ICAO Doc 9303, part 11, appendix D.3: the MAC over E_IFD.
    key = TripleDes(h("7962D9ECE03D1ACD4C76089DCE131543"))
    data = h("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2")
    assert key.retail_mac(key.pad(data)) == h("5F1448EEA8AD90A7")


def test_the_retail_mac_of_one_block_starts_from_the_vector():
    key = TripleDes(bytes(range(16)))
    assert key.retail_mac(bytes(8)) == key.encrypt(bytes(8))
    assert key.retail_mac(bytes(8), b"\x42" * 8) == key.encrypt(b"\x42" * 8)


def test_two_keys_are_three_of_which_the_last_is_the_first():
    two = bytes(range(16))
    assert TripleDes(two).encrypt(bytes(8)) == TripleDes(two + two[:8]).encrypt(bytes(8))


def test_padding_goes_up_to_a_whole_block_and_comes_off():
    for size in range(33):
        padded = AES_128.pad(bytes(size))
        assert len(padded) % 16 == 0
        assert len(padded) > size
        assert AES_128.unpad(padded) == bytes(size)
    with pytest.raises(ValueError, match="80 and zeros"):
        AES_128.unpad(bytes(16))


def test_wrong_lengths_are_refused():
    with pytest.raises(ValueError, match="3DES has 16 or 24 bytes, not 8"):
        TripleDes(bytes(8))
    with pytest.raises(ValueError, match="AES has 16 or 24 or 32"):
        Aes(bytes(17))
    with pytest.raises(ValueError, match=r"\w"):
        AES_128.encrypt(bytes(15))


def test_a_printed_cipher_shows_no_key():
    assert repr(AES_128) == "Aes()"
