"""Private keys and certificates from a user's files: PEM, DER, OpenSSH, PKCS #12.

Spec: RFC 5958 (PKCS #8), RFC 7292 (PKCS #12), RFC 7468 (PEM).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
    pkcs12,
)

from applets.shared.key_kinds import PrivateKey

from .algorithms import algorithm_of
from .key_options import PASSPHRASE_ENV, PASSPHRASE_FILE, NamedFile

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----\n?", re.DOTALL)
_PKCS12 = re.compile(rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL)
"""The beginning of a PFX: a SEQUENCE, of definite length or not, and version 3."""

_NEEDED = f"a passphrase is needed: {PASSPHRASE_FILE.name}=FILE or {PASSPHRASE_ENV.name}=NAME"
_WRONG = "the passphrase is wrong, or the file is damaged"
_UNREADABLE = "neither a private key nor a certificate that can be read"

T = TypeVar("T")
Passphrase = bytes | None


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key, and its certificate if there was one."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate | None


@dataclass(slots=True)
class _Found:
    keys: list[object] = field(default_factory=list)
    certificates: list[x509.Certificate] = field(default_factory=list)


def own_key(files: Sequence[NamedFile], passphrase: str = "") -> OwnKey:
    """Load the one private key in `files`, and its certificate; ignore others, such as a CA's.

    ValueError names the unreadable file, or what is missing or superfluous.
    """
    found, names = _Found(), ", ".join(one.name for one in files)
    for file in files:
        _read(file, passphrase.encode() or None, found)
    if len(found.keys) != 1:
        raise ValueError(f"{names}: {len(found.keys) or 'no'} private keys, where one is needed")
    [key] = found.keys
    try:
        algorithm_of(key)  # type: ignore[arg-type]  # says what is wrong with other keys
    except ValueError as error:
        raise ValueError(f"{names}: {error}") from None
    return OwnKey(key, _certificate(key, found.certificates, names))  # type: ignore[arg-type]  # one of PIV's


def _certificate(
    key: object, certificates: Sequence[x509.Certificate], names: str
) -> x509.Certificate | None:
    public = _public(key.public_key())  # type: ignore[attr-defined]  # it is a private key
    own = [one for one in certificates if _public(one.public_key()) == public]
    if certificates and not own:
        raise ValueError(f"{names}: no certificate is for the private key")
    return own[0] if own else None


def _public(key: object) -> bytes:
    return key.public_bytes(  # type: ignore[attr-defined, no-any-return]  # any public key has it
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def _read(file: NamedFile, passphrase: Passphrase, found: _Found) -> None:
    blocks = list(_PEM.finditer(file.content))
    try:
        if blocks:
            for block in blocks:
                _read_pem(block[1], block[0], passphrase, found)
        elif _PKCS12.match(file.content):
            _read_pkcs12(file.content, passphrase, found)
        else:
            _read_der(file.content, passphrase, found)
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from None


def _read_pem(label: bytes, block: bytes, passphrase: Passphrase, found: _Found) -> None:
    if label.endswith(b"CERTIFICATE"):
        found.certificates.append(x509.load_pem_x509_certificate(block))
    elif label == b"OPENSSH PRIVATE KEY":
        found.keys.append(_unlocked(load_ssh_private_key, block, passphrase))
    elif label.endswith(b"PRIVATE KEY"):
        found.keys.append(_unlocked(load_pem_private_key, block, passphrase))


def _read_der(content: bytes, passphrase: Passphrase, found: _Found) -> None:
    try:
        found.certificates.append(x509.load_der_x509_certificate(content))
    except ValueError:
        found.keys.append(_unlocked(load_der_private_key, content, passphrase))


def _read_pkcs12(content: bytes, passphrase: Passphrase, found: _Found) -> None:
    store = _unlocked(_load_pkcs12, content, passphrase)
    found.keys += [store.key] if store.key else []
    certificates = [store.cert, *store.additional_certs]
    found.certificates += [one.certificate for one in certificates if one]


def _load_pkcs12(content: bytes, passphrase: Passphrase) -> pkcs12.PKCS12KeyAndCertificates:
    return pkcs12.load_pkcs12(content, passphrase)


def _unlocked(load: Callable[[bytes, Passphrase], T], content: bytes, passphrase: Passphrase) -> T:
    """Return the key that `load` finds; a passphrase is used only if it is needed."""
    sealed = False
    for given in dict.fromkeys((passphrase, None)):
        try:
            return load(content, given)
        except TypeError:  # cryptography's error for a missing or superfluous passphrase
            sealed = True
        except (ValueError, UnsupportedAlgorithm):
            sealed = load is _load_pkcs12  # which raises ValueError for both
    raise ValueError((_WRONG if passphrase else _NEEDED) if sealed else _UNREADABLE)
