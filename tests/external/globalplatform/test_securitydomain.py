"""yubikit's security domain session over PC/SC: SCP03, key management, SCP11a, b and c."""

import os
import subprocess
import sys

import pytest

from applets.catalogue import CARDS
from readers.models import PLAIN
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
pytest.importorskip("yubikit.securitydomain", reason="yubikey-manager is not installed")

CLIENT = """
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from smartcard.System import readers
from ykman.pcsc import ScardSmartCardConnection
from yubikit.core.smartcard import ApduError
from yubikit.core.smartcard.scp import KeyRef, Scp03KeyParams, Scp11KeyParams, StaticKeys
from yubikit.securitydomain import SecurityDomainSession

from tests.kits.scp11 import certificate

connection = ScardSmartCardConnection(readers()[0].createConnection())
session = SecurityDomainSession(connection)
session.authenticate(Scp03KeyParams())
new = StaticKeys(bytes(16), bytes(range(16)), b"\\x11" * 16)
session.put_key(KeyRef(1, 2), new)
session = SecurityDomainSession(connection)
try:
    session.authenticate(Scp03KeyParams())
except Exception as error:
    print("the factory's keys:", type(error).__name__)
session = SecurityDomainSession(connection)
session.authenticate(Scp03KeyParams(KeyRef(1, 2), new))
ca, host = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
oce = KeyRef(0x10, 3)
session.put_key(oce, ca.public_key())
session.store_ca_issuer(oce, b"name")
leaf = x509.load_der_x509_certificate(certificate(host.public_key(), ca, serial=77))
session.store_certificate_bundle(oce, [leaf])
session.store_allowlist(oce, [77])
keys = {kid: session.generate_ec_key(KeyRef(kid, 3)) for kid in (0x11, 0x13, 0x15)}
print("authority:", session.get_supported_ca_identifiers()[oce])
print("certificate:", session.get_certificate_bundle(oce)[0].serial_number)
for kid, public in keys.items():
    session = SecurityDomainSession(connection)
    more = {} if kid == 0x13 else {"oce_ref": oce, "sk_oce_ecka": host, "certificates": [leaf]}
    session.authenticate(Scp11KeyParams(KeyRef(kid, 3), public, **more))
    count = len(session.get_key_information())
    try:
        session.delete_key(kid=0x15, kvn=9)
    except ApduError as error:
        print(f"{kid:02X}: {count} keys, {error.sw:04X}")
session = SecurityDomainSession(connection)
session.authenticate(Scp03KeyParams(KeyRef(1, 2), new))
session.store_allowlist(oce, [78])
session = SecurityDomainSession(connection)
try:
    more = {"oce_ref": oce, "sk_oce_ecka": host, "certificates": [leaf]}
    session.authenticate(Scp11KeyParams(KeyRef(0x11, 3), keys[0x11], **more))
except ApduError as error:
    print(f"not allowed: {error.sw:04X}")
"""
SAID = """\
the factory's keys: ValueError
authority: b'name'
certificate: 77
11: 7 keys, 6A88
13: 7 keys, 6982
15: 7 keys, 6982
not allowed: 6A80
"""


def test_yubikit_opens_sessions_of_each_protocol_and_manages_keys():
    card = CARDS["globalplatform"](None, {"scp": "03", "i": "60", "kvn": "255", "bare": ""})
    with desk(PLAIN, card) as place:
        done = subprocess.run(
            [sys.executable, "-c", CLIENT],
            env={**os.environ, **place.environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.stderr == ""
    assert done.stdout == SAID
