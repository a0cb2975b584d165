from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from applets.shared.secure_channel.host_certificates import HostChain
from tests.kits.scp11 import certificate

CA, MIDDLE, LEAF = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
REFERENCE = (3, 0x10)
FIRST = certificate(MIDDLE.public_key(), CA, serial=1)
SECOND = certificate(LEAF.public_key(), MIDDLE, serial=2)


def chain(*allowed: int) -> HostChain:
    return HostChain(REFERENCE, CA.public_key(), frozenset(allowed))


def test_the_last_certificate_of_a_chain_has_the_hosts_key() -> None:
    made = chain()
    made.add(FIRST, last=False)
    assert made.key is None
    made.add(SECOND, last=True)
    assert made.key == LEAF.public_key()


def test_a_certificate_of_another_key_is_refused() -> None:
    with pytest.raises(ValueError, match="not signed"):
        chain().add(SECOND, last=True)
    made = chain()
    made.add(FIRST, last=False)
    with pytest.raises(ValueError, match="not signed"):
        made.add(FIRST, last=True)


def test_a_serial_number_must_be_allowed_if_any_are_listed() -> None:
    with pytest.raises(ValueError, match="serial number"):
        chain(2, 3).add(FIRST, last=True)
    made = chain(1)
    made.add(FIRST, last=True)
    assert made.key == MIDDLE.public_key()


def test_only_certificates_of_keys_on_curves_are_taken() -> None:
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(ValueError, match="on a curve"):
        chain().add(certificate(other.public_key(), CA, serial=1), last=True)
    with pytest.raises(ValueError, match=r".+"):
        chain().add(b"\x30\x00", last=True)
