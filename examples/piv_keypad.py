"""A PIV card signs through PKCS #11, its PIN typed on the reader's keypad.

python examples/piv_keypad.py        needs OpenSC (pkcs11-tool) and vcard-emulator[piv]
"""

import os
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from applets.piv import Issuer, Piv, Slot
from ifd_bridge import endpoint
from readers import CcidReader, models
from readers.pinpad.entry import OK

issuer = Issuer.create("Example CA")
keys, certificates = issuer.equip("Alice Example")
reader = CcidReader(models.PINPAD)
reader.insert(Piv(keys=keys, certificates=certificates).on_card())
reader.pinpad.queue("123456", OK)

with endpoint(reader) as pcsc, tempfile.TemporaryDirectory() as directory:
    text, signature = Path(directory, "text"), Path(directory, "signature")
    text.write_text("signed by a card\n")
    sign = ["--login", "--sign", "-m", "SHA256-RSA-PKCS", "--id", "01"]
    subprocess.run(
        ["pkcs11-tool", *sign, "-i", text, "-o", signature],
        env={**os.environ, **pcsc.environ},
        stdin=subprocess.DEVNULL,  # no PIN from here: it comes from the keypad
        check=True,
    )
    certificate = certificates[Slot.AUTHENTICATION]
    certificate.public_key().verify(
        signature.read_bytes(), text.read_bytes(), padding.PKCS1v15(), SHA256()
    )
print(f"signed by {certificate.subject.rfc4514_string()}")
