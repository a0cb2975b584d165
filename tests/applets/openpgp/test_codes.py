"""Tags and slots."""

from __future__ import annotations

from applets.openpgp.codes import ATTESTATION, SLOTS, Password, Tag, Uif


def test_no_two_slots_share_a_tag() -> None:
    for field in ("attributes", "fingerprint", "ca_fingerprint", "time", "uif", "reference"):
        assert len({getattr(slot, field) for slot in SLOTS}) == len(SLOTS)


def test_the_attestation_key_has_its_certificate_elsewhere() -> None:
    assert ATTESTATION.occurrence is None


def test_codes_are_those_of_the_specification() -> None:
    assert (Password.PW3, Tag.CERTIFICATE, Uif.PERMANENT) == (0x83, 0x7F21, 2)
