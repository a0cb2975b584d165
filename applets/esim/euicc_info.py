"""EUICCInfo1, EUICCInfo2 and the rules authorisation table: versions, capabilities, policy rules.

Spec: GSMA SGP.22, 4.3 and 5.7.8; version 3 for the fields of that version.
"""

from __future__ import annotations

from enum import IntEnum

from applets.shared.der import bits
from vcard import tlv

from .core import Core
from .profiles import Policy, ProfileClass

INFO1, INFO2 = 0xBF20, 0xBF22
PROTECTION_PROFILE = bytes.fromhex("010000")
GLOBALPLATFORM = bytes.fromhex("020300")
FREE_RAM = bytes.fromhex("2000")
LPA_IN_DEVICE = b"\0"
ANY_OPERATOR = bytes.fromhex("EEEEEE")
CONSENT_REQUIRED = 0


class Capability(IntEnum):
    """Bits of EuiccRspCapability for the features that are implemented."""

    ADDITIONAL_PROFILE = 0
    TEST_PROFILES = 3
    EXTENSIBLE_DEVICE_INFO = 4
    SIZES_IN_PROFILES_INFO = 14
    IN_INFO_1 = 18


def info1(core: Core) -> bytes:
    """EUICCInfo1."""
    version = core.config.version
    later = [tlv(0x88, capabilities(core)), tlv(0x93, version.highest)] if version.highest else []
    return tlv(INFO1, tlv(0x82, version.svn), _issuers(core), *later)


def info2(core: Core) -> bytes:
    """EUICCInfo2, with the fields of SGP.32 on a card that is managed by eIMs."""
    config = core.config
    later = config.version.highest
    return tlv(
        INFO2,
        tlv(0x81, config.profile_version),
        tlv(0x82, config.version.svn),
        tlv(0x83, config.firmware),
        tlv(0x84, resources(core)),
        tlv(0x85, bits(*config.services)),
        tlv(0x87, GLOBALPLATFORM),
        tlv(0x88, capabilities(core)),
        _issuers(core),
        _forbidden(config.allowed_policy),
        tlv(0x04, PROTECTION_PROFILE),
        tlv(0x0C, config.sas_number.encode()),
        _certification(config.sas_number) + tlv(0x90, LPA_IN_DEVICE) + tlv(0x93, later)
        if later
        else b"",
        b"" if config.iot is None else config.iot.information(),
    )


def resources(core: Core) -> bytes:
    """Extended card resources: applications, free memory, free RAM. Spec: TS 102 226, 8.2.1.7."""
    count = min(core.inventory.installed, 0xFF)
    free = core.free_memory.to_bytes(4, "big")
    return tlv(0x81, bytes((count,))) + tlv(0x82, free) + tlv(0x83, FREE_RAM)


def capabilities(core: Core) -> bytes:
    """EuiccRspCapability, the contents of its BIT STRING."""
    there = {Capability.EXTENSIBLE_DEVICE_INFO}
    if core.free_memory:
        there.add(Capability.ADDITIONAL_PROFILE)
    if ProfileClass.TEST in core.config.classes:
        there.add(Capability.TEST_PROFILES)
    if core.config.version.highest:
        there |= {Capability.SIZES_IN_PROFILES_INFO, Capability.IN_INFO_1}
    return bits(*there)


def _issuers(core: Core) -> bytes:
    """The keys of the CIs that the card trusts (A9), and of the one that it signs under (AA)."""
    keys = [tlv(0x04, one) for one in core.issuers]
    return tlv(0xA9, *keys) + tlv(0xAA, *keys[:1])


def _forbidden(allowed: Policy) -> bytes:
    """The profile policy rules that no profile may bring."""
    rules = [number for number, rule in POLICY_BITS.items() if rule not in allowed]
    return tlv(0x99, bits(*rules)) if rules else b""


POLICY_BITS = {1: Policy.NO_DISABLE, 2: Policy.NO_DELETE}
"""Bits of PprIds."""


def _certification(label: str) -> bytes:
    """CertificationDataObject: a platform label, and the address where a DLOA would be found."""
    return tlv(0xAC, tlv(0x80, label.encode()), tlv(0x81, b"dloa.example.com"))


def rules_authorisation_table(allowed: Policy) -> bytes:
    """For GetRAT: every operator may use the allowed policy rules, with the user's consent.

    Empty if no policy rule is allowed. Spec: GSMA SGP.22, 2.9.2.1 and 5.7.22.
    """
    rules = [number for number, rule in POLICY_BITS.items() if rule in allowed]
    if not rules:
        return b""
    operators = tlv(0xA1, tlv(0x30, tlv(0x80, ANY_OPERATOR)))
    return tlv(0x30, tlv(0x80, bits(*rules)), operators, tlv(0x82, bits(CONSENT_REQUIRED)))
