from applets.fido2.authenticator_data import authenticator_data, user_flags
from applets.fido2.codes import Flag


def test_authenticator_data_have_hash_flags_counter_and_what_follows():
    flags = user_flags(present=True, verified=True)
    assert flags == 0x05
    assert authenticator_data(bytes(32), flags, 258).hex() == "00" * 32 + "0500000102"
    whole = authenticator_data(bytes(32), Flag(0), 1, b"new", {"credBlob": True})
    assert whole[32] == 0xC0
    assert whole[37:] == b"new\xa1\x68credBlob\xf5"
