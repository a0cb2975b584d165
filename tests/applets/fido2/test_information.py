from tests.kits import golden
from tests.kits.fido2.platform import PIN, Platform, fido


def test_an_authenticator_says_what_it_is(platform):
    info = platform.ok(4)
    assert info[1] == ["U2F_V2", "FIDO_2_0", "FIDO_2_1"]
    assert (info[3], info[5], info[6]) == (b"vcard-fido2-demo", 2048, [1, 2])
    assert info[10][0] == {"alg": -7, "type": "public-key"}
    assert "uv" not in info[4]


def test_an_authenticator_of_ctap_20_says_less():
    info = Platform(fido(PIN, versions=("FIDO_2_0",), verification="accept")).ok(4)
    assert set(info) == {1, 2, 3, 4, 5, 6}
    assert info[4] == {
        "rk": True,
        "up": True,
        "plat": False,
        "clientPin": True,
        "uv": True,
        "credentialMgmtPreview": True,
    }


def test_ml_dsa_needs_longer_messages():
    assert Platform(fido(algorithms=(-49, -7))).ok(4)[5] == 7609


def test_what_there_is_no_room_for_is_not_told():
    info = Platform(fido(extensions=("hmac-secret",), credentials=0, large_blob=0)).ok(4)
    assert 15 not in info
    assert info[4]["rk"] is False


def test_every_field_is_as_it_always_was():
    """Spec: CTAP 2.1, 6.4, table of the members of authenticatorGetInfo."""
    made = {
        "plain": fido(PIN),
        "without a PIN": fido(),
        "CTAP 2.0": fido(PIN, versions=("FIDO_2_0",), verification="accept"),
        "enterprise": fido(PIN, enterprise=("example.com",)),
        "nothing": fido(extensions=(), credentials=0, large_blob=0),
    }
    golden.check(
        "fido2_information", golden.values({k: Platform(v).ok(4) for k, v in made.items()})
    )
