"""johnnycanencrypt with a YubiKey's OpenPGP: a Python library that supports only such tokens."""

from __future__ import annotations

import pytest

from applets.openpgp import SIGNATURE
from applets.openpgp.codes import Origin
from applets.yubikey import YubiKey
from readers import CcidReader, models
from tests.external.openpgp.conftest import Gpg, gpg_beside

pytestmark = pytest.mark.pcsc


@pytest.fixture
def gpg():
    pytest.importorskip("johnnycanencrypt", reason="pip install johnnycanencrypt")
    with gpg_beside(CcidReader(models.MODELS["yubikey"])) as found:
        yield found


@pytest.mark.parametrize("cipher", ["RSA4k", "Cv25519"])
def test_keys_of_the_library_sign_and_decrypt_on_the_token(gpg: Gpg, cipher: str) -> None:
    token = YubiKey(serial=12345678)
    gpg.insert(token)
    said = gpg.python("johnny.py", cipher).splitlines()
    assert said == [
        "(5, 7, 2) 12345678",
        "Example<<Alice",
        "hello from gpg",
        "Good signature",
        "False 2",
        "TouchMode.Off TouchMode.On",
    ]
    card = token.openpgp
    assert card.origin(SIGNATURE) is Origin.IMPORTED
    assert card.passwords["pw1"].matches(b"654321")
