import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from applets.shared.secure_channel import curves
from applets.yubikey.codes import HSMAUTH_AID
from tests.kits.secure_channel import cmac, kdf
from vcard import SW
from vcard.tlv import tlv

KEY, PASSWORD = bytes(16), b"p" * 16
ENC, MAC = b"e" * 16, b"m" * 16


@pytest.fixture
def host(token):
    made = token()
    assert made.select(HSMAUTH_AID).data == b"\x79\3\5\7\2"
    return made


def put(host, label=b"a", *, key=KEY, algorithm=0x26, parts=None, touch=0):
    parts = tlv(0x75, ENC) + tlv(0x76, MAC) if parts is None else parts
    head = tlv(0x7B, key) + tlv(0x71, label) + tlv(0x74, bytes((algorithm,)))
    return host.send(0x01, data=head + parts + tlv(0x73, PASSWORD) + tlv(0x7A, bytes((touch,)))).sw


def calculate(host, context, more=b"", password=PASSWORD):
    data = tlv(0x71, b"a") + tlv(0x77, context) + more + tlv(0x73, password)
    return host.send(0x03, data=data, extended=len(data) > 255)


def test_credentials_are_put_listed_and_deleted(host):
    assert put(host) == SW.OK
    assert put(host) == SW.REFERENCE_DATA_NOT_USABLE
    assert host.send(0x05).data == tlv(0x72, b"\x26\0a\x08")
    delete = tlv(0x7B, KEY) + tlv(0x71, b"a")
    assert host.send(0x02, data=delete).sw == SW.OK
    assert host.send(0x02, data=delete).sw == SW.REFERENCED_DATA_NOT_FOUND
    assert host.send(0x07).data == b"\5\7\2"


def test_session_keys_are_those_of_scp03(host):
    put(host, touch=1)
    context = bytes(range(16))
    expected = kdf(ENC, 4, context, 16) + kdf(MAC, 6, context, 16) + kdf(MAC, 7, context, 16)
    assert len(host.send(0x04, data=tlv(0x71, b"a")).data) == 8
    assert calculate(host, context).data == expected
    cryptogram = kdf(kdf(MAC, 6, context, 16), 0, context, 8)
    assert calculate(host, context, tlv(0x78, cryptogram)).data == expected
    wrong = calculate(host, context, tlv(0x78, bytes(8)))
    assert wrong.sw == SW.SECURITY_STATUS_NOT_SATISFIED


def test_a_wrong_password_is_counted(host):
    put(host)
    assert calculate(host, bytes(16), password=b"x" * 16).sw == SW.tries_left(7)
    assert host.send(0x05).data[-1] == 7


def test_keys_are_agreed_on_p_256(host):
    assert put(host, algorithm=0x27, parts=b"") == SW.OK
    public = host.send(0x0A, data=tlv(0x71, b"a")).data
    static, ephemeral = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    device = curves.point_of(ephemeral.public_key())
    epk = host.send(0x04, data=tlv(0x71, b"a")).data
    secret = ephemeral.exchange(ec.ECDH(), curves.public_key(epk, 0))
    secret += static.exchange(ec.ECDH(), curves.public_key(public, 0))
    keys = X963KDF(SHA256(), 64, bytes.fromhex("3C8810")).derive(secret)
    more = tlv(0x7C, curves.point_of(static.public_key()))
    more += tlv(0x78, cmac(keys[:16], device + epk))
    assert calculate(host, epk + device, more).data == keys[16:]
    epk = host.send(0x04, data=tlv(0x71, b"a")).data
    without = tlv(0x7C, curves.point_of(static.public_key()))
    assert len(calculate(host, epk + device, without).data) == 48
    assert calculate(host, epk + device, more).sw == SW.CONDITIONS_NOT_SATISFIED
    host.send(0x04, data=tlv(0x71, b"a"))
    assert calculate(host, epk + bytes(65), more).sw == SW.WRONG_DATA


def test_the_management_key_is_compared_changed_and_reset(host):
    assert put(host, key=b"x" * 16) == SW.tries_left(7)
    assert host.send(0x09).data == b"\7"
    new = b"n" * 16
    assert host.send(0x08, data=tlv(0x7B, KEY) + tlv(0x7B, new)).sw == SW.OK
    assert host.send(0x08, data=tlv(0x7B, KEY)).sw == SW.WRONG_DATA
    assert put(host, key=new) == SW.OK
    assert host.send(0x06, 0xDE, 0xAD).sw == SW.OK
    assert host.send(0x05).data == b""
    assert put(host) == SW.OK


def test_nonsense_is_refused(host):
    assert put(host, parts=b"") == SW.WRONG_DATA
    assert put(host, algorithm=0x27, parts=tlv(0x7D, bytes(32))) == SW.WRONG_DATA
    put(host)
    assert host.send(0x0A, data=tlv(0x71, b"a")).sw == SW.WRONG_DATA
    for ins in (0x01, 0x08):
        assert host.send(ins, data=b"\x71").sw == SW.WRONG_DATA


def test_old_firmware_has_no_asymmetric_credentials(token):
    host = token(firmware="5.4.3")
    host.select(HSMAUTH_AID)
    assert put(host, algorithm=0x27, parts=b"") == SW.WRONG_DATA


def change(host, *, p1=0, old=PASSWORD, new=b"n" * 16, label=b"a"):
    proof = tlv(0x7B if p1 else 0x73, old)
    return host.send(0x0B, p1, data=tlv(0x71, label) + proof + tlv(0x73, new)).sw


def test_a_password_is_changed_by_who_knows_it_or_by_the_manager(token):
    host = token(firmware="5.8.0")
    host.select(HSMAUTH_AID)
    put(host)
    assert change(host, old=b"x" * 16) == SW.tries_left(7)
    assert change(host, new=b"short") == SW.WRONG_DATA
    assert change(host, label=b"b") == SW.REFERENCED_DATA_NOT_FOUND
    assert change(host, p1=2) == SW.INCORRECT_P1_P2
    assert host.send(0x0B, data=tlv(0x71, b"a")).sw == SW.WRONG_DATA
    assert host.send(0x0B, data=b"\x71").sw == SW.WRONG_DATA
    assert change(host) == SW.OK
    assert calculate(host, bytes(16)).sw == SW.tries_left(7)
    assert change(host, p1=1, old=b"x" * 16) == SW.tries_left(7)
    assert change(host, p1=1, old=KEY, new=PASSWORD) == SW.OK
    assert calculate(host, bytes(16)).sw == SW.OK


def test_older_firmware_changes_no_password(host):
    put(host)
    assert change(host) == SW.INS_NOT_SUPPORTED
