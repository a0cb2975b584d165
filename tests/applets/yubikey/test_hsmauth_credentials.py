import pytest

from applets.yubikey.hsmauth_credentials import AES_128, P256, Credential, Credentials
from vcard import SW, Memory

PASSWORD = b"p" * 16


@pytest.mark.parametrize(
    "wrong", [{"key": b"k"}, {"password": b""}, {"label": b""}, {"algorithm": 0}]
)
def test_what_is_no_credential_cannot_be_made(wrong):
    usual = {"label": b"a", "algorithm": AES_128, "touch": False, "key": bytes(32)}
    with pytest.raises(ValueError, match=r"none|label"):
        Credential(**{**usual, "password": PASSWORD, **wrong})


def test_wrong_passwords_are_counted_until_the_credential_is_gone():
    kept = Credentials(Memory().section("x"))
    kept.put(Credential(b"a", P256, touch=False, key=bytes(31) + b"\1", password=PASSWORD))
    for left in range(7, -1, -1):
        assert kept.refuses(kept.get(b"a"), b"wrong") == SW.tries_left(left)
    assert b"a" not in kept
