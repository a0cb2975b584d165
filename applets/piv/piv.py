"""The PIV applet, put together."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from applets.shared.key_kinds import PrivateKey
from vcard import Card, Memory
from vcard.touch import Touch

from .algorithms import algorithm_of
from .card_numbers import CardNumbers
from .codes import DEFAULT_PIN, DEFAULT_PUK, Policies, Slot
from .identity import identity as find_identity
from .issued_objects import issued, key_history
from .issuing import Issuer
from .management_key import SymmetricKey
from .objects import KEY_HISTORY
from .signed_objects import ContentSigner
from .state import Contents
from .vendor import VendorCommands


class Piv(VendorCommands):
    """A PIV card's application (NIST SP 800-73-4).

    `keys` are private keys (objects of `cryptography`, or PEM without a passphrase) by slot,
    `certificates` X.509 certificates (objects, PEM or DER) by slot, `objects` further data by tag;
    `signer` signs the CHUID and vouches for the other objects. PIN and PUK are text.
    `identity="yubikey"` enables the commands that Yubico's tools need, in the version `firmware`
    (default: USUAL of applets.piv.firmware). `numbers` are the CHUID's, random by default.
    `policies` are those of keys by slot, by default the standard's; `touch` is the user who touches
    the card, None on a card without a button. Except identity, firmware and touch, all this applies
    to a blank memory only. ValueError if a PIN is not 6 to 8 digits, or if the card has no
    algorithm for a key.
    """

    section = "Piv"

    def __init__(
        self,
        *,
        keys: Mapping[Slot, PrivateKey | bytes] | None = None,
        certificates: Mapping[Slot, x509.Certificate | bytes] | None = None,
        objects: Mapping[int, bytes] | None = None,
        signer: ContentSigner | None = None,
        pin: str = DEFAULT_PIN,
        puk: str = DEFAULT_PUK,
        global_pin: str | None = None,
        pairing_code: str | None = None,
        pin_tries: int = 3,
        puk_tries: int = 3,
        management_key: SymmetricKey | None = None,
        card_authentication_key: SymmetricKey | None = None,
        identity: str = "nist",
        firmware: str | None = None,
        numbers: CardNumbers | None = None,
        policies: Mapping[Slot, Policies] | None = None,
        touch: Touch | None = None,
    ) -> None:
        self.touch = touch
        self.identity = find_identity(identity, firmware)
        self.keeps_session = self.identity.firmware.select_keeps_session
        own = issued(global_pin, pairing_code, numbers)
        self.contents = Contents(
            pin=pin,
            puk=puk,
            global_pin=global_pin,
            pairing_code=pairing_code,
            pin_tries=pin_tries,
            puk_tries=puk_tries,
            management_key=management_key,
            card_authentication_key=card_authentication_key,
            keys={Slot(slot): _private(key) for slot, key in (keys or {}).items()},
            policies=policies or {},
            certificates={Slot(s): _der(c) for s, c in (certificates or {}).items()},
            objects=_vouched(signer, {**own, **_history(certificates), **(objects or {})}),
        )
        self.contents.check(self.identity)

    @classmethod
    def demo(
        cls, *, issuer: Issuer | None = None, subject: str = "Alice Example", **options: object
    ) -> Piv:
        """Make a personalised card: keys and certificates in the four slots, from a new test CA.

        `issuer` replaces the new CA, `subject` is the common name; `options` are those of Piv (by
        default PIN 123456 and PUK 12345678).
        """
        issuer = issuer or Issuer.create()
        keys, certificates = issuer.equip(subject)
        options = {"signer": issuer.content_signer(), **options}
        return cls(keys=keys, certificates=certificates, **options)  # type: ignore[arg-type] # options by name

    def on_card(self, memory: Memory | None = None, atr: bytes | None = None) -> Card:
        """Make a card with this application alone; `atr` replaces that of its identity."""
        return Card(self, atr=self.identity.atr if atr is None else atr, memory=memory)


def _vouched(signer: ContentSigner | None, objects: Mapping[int, bytes]) -> Mapping[int, bytes]:
    return objects if signer is None else signer.vouch(objects)


def _history(certificates: Mapping[Slot, object] | None) -> dict[int, bytes]:
    """Make the Key History Object, if the card has certificates of retired keys."""
    retired = sum(slot <= Slot.RETIRED_20 for slot in certificates or ())
    return {KEY_HISTORY: key_history(retired)} if retired else {}


def _private(key: PrivateKey | bytes) -> PrivateKey:
    loaded = load_pem_private_key(key, None) if isinstance(key, bytes) else key
    algorithm_of(loaded)  # type: ignore[arg-type]  # says what is wrong with other keys
    return loaded  # type: ignore[return-value] # algorithm_of refused others


def _der(certificate: x509.Certificate | bytes) -> bytes:
    if isinstance(certificate, bytes):
        pem = certificate.lstrip().startswith(b"-----")
        load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
        certificate = load(certificate)
    return certificate.public_bytes(Encoding.DER)
