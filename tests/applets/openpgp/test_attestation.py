"""Certificates about the origin of keys."""

from __future__ import annotations

import pytest
from cryptography import x509

from applets.openpgp.attestation import attest, attestation_pair
from applets.openpgp.codes import SIGNATURE
from applets.shared.key_kinds import KeptKey
from tests.kits.openpgp.host import Host, made_key
from vcard import SW


def test_the_extensions_tell_how_and_where(yubikey: Host) -> None:
    witness, der = attestation_pair()
    key = made_key("P-256")
    found = attest(yubikey.applet, SIGNATURE, KeptKey(key), KeptKey(witness))
    found.verify_directly_issued_by(x509.load_der_x509_certificate(der))
    values = {
        extension.oid.dotted_string: extension.value.value  # type: ignore[attr-defined]
        for extension in found.extensions
    }
    arc = "1.3.6.1.4.1.41482.5."
    assert sorted(values) == [f"{arc}{last}" for last in range(1, 10)]
    assert values[arc + "3"].hex() == "0403050702"
    assert values[arc + "7"].hex() == "020400bc614e"


def test_a_key_for_agreement_cannot_attest(yubikey: Host) -> None:
    with pytest.raises(SW, match="6985"):
        attest(yubikey.applet, SIGNATURE, KeptKey(made_key("P-256")), KeptKey(made_key("X25519")))
