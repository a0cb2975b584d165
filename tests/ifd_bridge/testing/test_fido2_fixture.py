from types import SimpleNamespace

import pytest
from cryptography import x509

from applets.fido2 import Touch
from ifd_bridge.testing import fido2_fixture
from ifd_bridge.testing.fido2_fixture import fido2, made  # noqa: F401 - the fixture under test
from tests.kits.fido2.platform import Platform


def test_a_test_gets_a_new_key_and_its_ca(fido2):  # noqa: F811
    credential = Platform(fido2.fido2).make()
    certificate = x509.load_der_x509_certificate(credential.statement["x5c"][0])
    certificate.verify_directly_issued_by(fido2.issuer.certificate)
    assert fido2.pin is None
    assert made().card is not fido2.card
    assert made().issuer is fido2.issuer


@pytest.mark.vcard_fido2(pin="123456", touch=Touch(None), algorithms=(-8,))
def test_a_marker_says_how_it_is_made(fido2):  # noqa: F811
    assert fido2.pin == "123456"
    assert fido2.touch.after is None
    info = Platform(fido2.fido2).ok(4)
    assert info[4]["clientPin"] is True
    assert [each["alg"] for each in info[10]] == [-8]


def test_the_marker_is_made_known():
    lines = []
    fido2_fixture.pytest_configure(
        SimpleNamespace(addinivalue_line=lambda *line: lines.append(line))
    )
    assert lines[0][1].startswith("vcard_fido2")
