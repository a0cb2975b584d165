"""A WebAuthn login with python-fido2's client and server over PC/SC, printing a line for each
step."""

import sys

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap1 import Ctap1
from fido2.ctap2 import Ctap2
from fido2.ctap2.credman import CredentialManagement
from fido2.ctap2.extensions import (
    CredBlobExtension,
    CredProtectExtension,
    HmacSecretExtension,
    LargeBlobExtension,
    MinPinLengthExtension,
)
from fido2.ctap2.pin import ClientPin
from fido2.pcsc import CtapPcscDevice
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import UserVerificationRequirement

PIN = sys.argv[1]
USER = {"id": b"user", "name": "A. User", "displayName": "A"}
SALT = bytes(range(32))


class Person(UserInteraction):
    """Types the PIN and touches at once."""

    def prompt_up(self):
        """See UserInteraction."""

    def request_pin(self, permissions, rp_id):
        return PIN

    def request_uv(self, permissions, rp_id):
        return True


device = next(CtapPcscDevice.list_devices())
client = Fido2Client(
    device,
    client_data_collector=DefaultClientDataCollector("https://example.com"),
    user_interaction=Person(),
    extensions=[
        HmacSecretExtension(allow_hmac_secret=True),
        LargeBlobExtension(),
        CredBlobExtension(),
        CredProtectExtension(),
        MinPinLengthExtension(),
    ],
)
server = Fido2Server({"id": "example.com", "name": "Example"}, attestation="direct")


def register(resident, verified, extensions=None):
    """Make a credential and let the server check it."""
    wanted = UserVerificationRequirement(verified)
    options, state = server.register_begin(
        USER, resident_key_requirement=resident, user_verification=wanted
    )
    made = client.make_credential({**options["publicKey"], "extensions": extensions or {}})
    data = server.register_complete(state, made)
    print("registered", resident, verified, data.is_user_verified())
    return [data.credential_data], made


def login(credentials, verified, extensions=None):
    """Use a credential and let the server check the signature."""
    wanted = UserVerificationRequirement(verified)
    options, state = server.authenticate_begin(credentials or None, user_verification=wanted)
    asked = {**options["publicKey"], "extensions": extensions or {}}
    result = client.get_assertion(asked).get_response(0)
    used = server.authenticate_complete(state, known, result)
    print("logged in", used.credential_id in {each.credential_id for each in known})
    return result


known, _ = register("discouraged", "discouraged")
login(known, "discouraged")
known, made = register(
    "required", "required", {"credProtect": 2, "largeBlob": {"support": "required"}}
)
login([], "required")

secret, _ = register("discouraged", "discouraged", {"hmacCreateSecret": True})
known = secret
outputs = [
    login(
        secret, "discouraged", {"hmacGetSecret": {"salt1": websafe_encode(SALT)}}
    ).client_extension_results["hmacGetSecret"]["output1"]
    for _ in range(2)
]
print("hmac-secret", outputs[0] == outputs[1])

known, _ = register("required", "required", {"largeBlob": {"support": "required"}})
login(known, "required", {"largeBlob": {"write": websafe_encode(b"a large blob")}})
read = login(known, "required", {"largeBlob": {"read": True}})
print("large blob", read.client_extension_results["largeBlob"]["blob"])

ctap2 = Ctap2(device)
pin = ClientPin(ctap2)
token = pin.get_pin_token(PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
manager = CredentialManagement(ctap2, pin.protocol, token)
(rp,) = manager.enumerate_rps()
credentials = manager.enumerate_creds(rp[CredentialManagement.RESULT.RP_ID_HASH])
print("credentials", len(credentials), credentials[0][CredentialManagement.RESULT.USER]["name"])

ctap1 = Ctap1(device)
registered = ctap1.register(SALT, SALT[::-1])
registered.verify(SALT[::-1], SALT)
signed = ctap1.authenticate(SALT, SALT[::-1], registered.key_handle)
signed.verify(SALT[::-1], SALT, registered.public_key)
print("U2F", ctap1.get_version(), signed.user_presence)
