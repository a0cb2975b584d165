import pytest

from applets.yubikey.oath_credentials import Credential, Credentials, truncated
from vcard import SW, Memory

KEY = b"12345678901234567890"


@pytest.mark.parametrize(("counter", "code"), [(0, 755224), (1, 287082), (9, 520489)])
def test_hotp_is_that_of_rfc_4226(counter, code):
    one = Credential(b"a", 0x11, 6, KEY, counter=counter)
    assert int.from_bytes(truncated(one.compute(b"ignored"))) % 10**6 == code


@pytest.mark.parametrize(
    ("kind", "key", "code"),
    [(0x21, KEY, 94287082), (0x22, KEY + KEY[:12], 46119246), (0x23, KEY * 3 + KEY[:4], 90693936)],
)
def test_totp_is_that_of_rfc_6238(kind, key, code):
    one = Credential(b"a", kind, 8, key)
    assert int.from_bytes(truncated(one.compute((1).to_bytes(8)))) % 10**8 == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": 0x31},
        {"kind": 0x24},
        {"digits": 5},
        {"digits": 9},
        {"name": b""},
        {"key": b"short"},
    ],
)
def test_what_is_no_credential_cannot_be_made(wrong):
    with pytest.raises(ValueError, match=r"type|digits|length"):
        Credential(**{"name": b"a", "kind": 0x21, "digits": 6, "key": KEY, **wrong})


def test_there_is_room_for_a_number_of_credentials():
    kept = Credentials(Memory().section("x"), 1)
    kept.put(Credential(b"a", 0x21, 6, KEY))
    kept.put(Credential(b"a", 0x22, 6, KEY))
    with pytest.raises(SW) as caught:
        kept.put(Credential(b"b", 0x21, 6, KEY))
    assert caught.value == SW.NOT_ENOUGH_MEMORY
    assert [one.kind for one in kept] == [0x22]
    assert KEY.hex() not in repr(list(kept))
    assert str(KEY) not in repr(list(kept))


def test_a_name_that_is_taken_is_given_to_no_other():
    kept = Credentials(Memory().section("x"), 2)
    kept.put(Credential(b"a", 0x21, 6, KEY))
    kept.put(Credential(b"b", 0x21, 6, KEY))
    with pytest.raises(SW):
        kept.rename(b"a", b"b")
    assert len(list(kept)) == 2
