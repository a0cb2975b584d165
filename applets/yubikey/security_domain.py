"""The token's security domain: its factory keys, and the applications that it lets hosts select."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from applets.fido2.codes import AID as FIDO_AID
from applets.globalplatform.codes import GENERATE_KEY
from applets.globalplatform.identity import Identity
from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.openpgp.codes import PREFIX as OPENPGP_AID
from applets.piv.codes import AID as PIV_AID
from applets.shared.secure_channel import curves
from applets.shared.secure_channel.domain import Protocol, SecurityDomain
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.shared.x509_issuer import Issuer, usage
from vcard import Applet, Command, Reply, handles
from vcard.tlv import Tlv, parse_all, tlv

from .codes import HSMAUTH_AID, OATH_AID, OTP_AID, Capability
from .device import Device

FACTORY_KEY, FACTORY_VERSION = bytes(range(0x40, 0x50)), 0xFF
SCP11B_KEY = (0x01, 0x13)
TRIES = 64
_REFERENCE, _KEY_ID, _CERTIFICATES = 0xA6, 0x83, 0xBF21
_P256 = 0x00
_FIRST_WITH_SCP11 = (5, 7, 2)
CAPABILITIES = {
    OTP_AID: Capability.OTP,
    OATH_AID: Capability.OATH,
    HSMAUTH_AID: Capability.HSMAUTH,
    OPENPGP_AID: Capability.OPENPGP,
    PIV_AID: Capability.PIV,
    FIDO_AID: Capability.U2F | Capability.FIDO2,
}
"""The capabilities of each application, one of which must be enabled for its selection."""


class TokenKeys(SecurityDomain):
    """SCP03 with the default key, and a key pair for SCP11b with its certificates."""

    def __init__(self, version: tuple[int, int, int]) -> None:
        self.with_scp11 = version >= _FIRST_WITH_SCP11
        super().__init__(
            [Protocol(3, 0x60)],
            [KeySet.same(FACTORY_VERSION, KeyType.AES, FACTORY_KEY)],
            tries=TRIES,
            restores=True,
        )

    def restore(self) -> None:
        """Restore the factory's keys, with a new pair for SCP11b."""
        super().restore()
        if self.with_scp11:
            key, point = curves.generate(_P256)
            self.keys.put(*SCP11B_KEY, key)
            self.certify(*SCP11B_KEY, point)

    def certify(self, kvn: int, kid: int, point: bytes) -> None:
        """Store a certificate chain for a key pair that the token made."""
        reference = tlv(_REFERENCE, tlv(_KEY_ID, bytes((kid, kvn))))
        chain = tlv(_CERTIFICATES, _certificates(point))
        self.records.store(list(parse_all(reference + chain)))


def _certificates(point: bytes) -> bytes:
    """Issue the certificates for a new key pair, the CA's first."""
    ca = Issuer.create("Virtual SD Root CA")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    leaf = ca.certify("Virtual SD Attestation", public, [usage("key_agreement")])
    return b"".join(each.public_bytes(Encoding.DER) for each in (ca.certificate, leaf))


class TokenDomain(IssuerSecurityDomain):
    """A card manager that hides applications that are not enabled."""

    section = "IssuerSecurityDomain"

    def __init__(self, device: Device, keys: TokenKeys) -> None:
        super().__init__(keys, identity=Identity(bare=True, scp11=keys.with_scp11))
        self.device = device
        self.token_keys = keys

    @handles(GENERATE_KEY, cla=0x80)
    def generate_key(self, command: Command) -> Reply:
        """Make a key pair for SCP11, and certificates that attest it."""
        reply = super().generate_key(command)
        if isinstance(reply, bytes) and command.data[3] == _P256:
            self.token_keys.certify(command.data[0], command.p2, Tlv.parse(reply).value)
        return reply

    def allows(self, applet: Applet) -> bool:
        """Whether the application is enabled; FIDO needs the contactless interface.

        Over USB a security key has a HID interface for it, and CCID only if that is enabled.
        """
        needed, enabled = CAPABILITIES.get(applet.aid), self.device.enabled
        if needed is not None and not needed & enabled:
            return False
        if applet.aid == FIDO_AID and not (self.device.nfc or Capability.CCID_FIDO in enabled):
            return False
        return super().allows(applet)
