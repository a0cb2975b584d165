from applets.fido2.attestation import BATCH, ENTERPRISE, Attester
from tests.kits.fido2.platform import ATTESTATION


def test_the_keys_of_batch_and_authenticator_are_those_it_was_issued_with(platform):
    for name, issued in zip((BATCH, ENTERPRISE), ATTESTATION, strict=True):
        attester = Attester.load(platform.core.store, name)
        assert attester.certificate == issued.certificate
        assert "key" not in repr(attester)


def test_a_reset_keeps_the_attestation(platform):
    before = platform.make().statement["x5c"]
    platform.power_up()
    platform.ok(7)
    assert platform.make().statement["x5c"] == before
