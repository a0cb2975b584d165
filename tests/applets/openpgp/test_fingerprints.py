"""Fingerprints; tests/external/openpgp compares them with gpg's."""

from __future__ import annotations

import pytest

from applets.openpgp.attributes import Attributes, named
from applets.openpgp.codes import DECRYPTION, SIGNATURE
from applets.openpgp.fingerprints import fingerprint
from tests.kits.openpgp.host import made_key


@pytest.mark.parametrize("name", ["RSA-2048", "P-256", "P-384", "Ed25519", "X25519"])
def test_time_and_use_are_part_of_a_fingerprint(name: str) -> None:
    key = made_key(name).public_key()
    slot = DECRYPTION if name in ("X25519", "P-384") else SIGNATURE
    attributes = Attributes.parse(named(name, slot, 0x20))
    found = {fingerprint(key, attributes, time) for time in (0, 1, 1)}
    assert {len(each) for each in found} == {20}
    assert len(found) == 2
