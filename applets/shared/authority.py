"""The options that name the test CA of a card: a folder, created if it does not exist.

Spec: RFC 7468 (PEM).
"""

from __future__ import annotations

from .options import Disk, in_folder, text

CA_CERTIFICATE = text("ca-certificate", "the certificate of the issuing CA, PEM")
CA_KEY = text("ca-key", "the private key of that CA, PEM without a passphrase")


def _authority(folder: str, disk: Disk) -> dict[str, str]:
    """Load the test CA from ca.pem and ca.key of a folder; make it if neither exists."""
    certificate, key = f"{folder}/ca.pem", f"{folder}/ca.key"
    if not disk.exists(certificate) and not disk.exists(key):
        from .x509_issuer import Issuer  # only here: `cryptography` is optional

        made_certificate, made_key = Issuer.create().pem()
        disk.create(key, made_key, private=True)
        disk.create(certificate, made_certificate)
    return {CA_CERTIFICATE.name: disk.text(certificate), CA_KEY.name: disk.text(key)}


CA = in_folder(
    text(
        "ca",
        "the folder of the CA (ca.pem, ca.key), created if it does not exist",
        example="ca=my-ca",
    ),
    _authority,
)
