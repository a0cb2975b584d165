import pytest
from fido2.cose import CoseKey
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2

from applets.fido2.codes import CtapError, Status
from applets.fido2.pin_protocols import KeyAgreement, mac

BOTH = pytest.mark.parametrize("theirs", [PinProtocolV1(), PinProtocolV2()])


@BOTH
def test_python_fido2_agrees_on_the_same_keys(theirs):
    agreement = KeyAgreement()
    ours, shared = theirs.encapsulate(CoseKey.parse(agreement.public))
    secret = agreement.agree(theirs.VERSION, dict(ours))
    plain = bytes(range(32))
    assert secret.decrypt(theirs.encrypt(shared, plain)) == plain
    assert theirs.decrypt(shared, secret.encrypt(plain)) == plain
    secret.verify(plain, theirs.authenticate(shared, plain))
    assert mac(theirs.VERSION, plain, b"x") == theirs.authenticate(plain, b"x")
    assert "key" not in repr(secret)


@BOTH
def test_what_is_not_whole_blocks_is_not_decrypted(theirs):
    agreement = KeyAgreement()
    secret = agreement.agree(theirs.VERSION, agreement.public)
    for size in (0, 1, 15, 17):
        with pytest.raises(CtapError) as refused:
            secret.decrypt(bytes(size))
        assert refused.value.status is Status.INVALID_PARAMETER
