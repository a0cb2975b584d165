import pytest

from applets.uicc.ota.algorithms import cipher, decrypt, encrypt, mac, redundancy

KEY = bytes(range(16))


def test_check_values_of_both_redundancy_checks():
    assert redundancy(1, b"123456789").hex() == "906e"
    assert redundancy(5, b"123456789").hex() == "cbf43926"
    with pytest.raises(ValueError, match="redundancy"):
        redundancy(2, b"")


@pytest.mark.parametrize(
    ("algorithm", "key", "aes"),
    [(9, KEY, False), (2, KEY, False), (5, KEY, True), (3, KEY, False), (2, bytes(5), True)],
)
def test_a_key_that_is_none_for_the_algorithm_is_an_error(algorithm, key, aes):
    with pytest.raises(ValueError, match=r"key|Algorithm"):
        cipher(algorithm, key, aes=aes)


def test_one_key_of_des_is_the_first_half():
    des = cipher(1, KEY, aes=False)
    assert encrypt(1, des, bytes(16)) != encrypt(0xD, des, bytes(16))
    for algorithm in (1, 0xD):
        assert decrypt(algorithm, des, encrypt(algorithm, des, bytes(16))) == bytes(16)
    assert len(mac(des, b"abc")) == len(mac(cipher(0, KEY, aes=True), b"abc")) == 8
