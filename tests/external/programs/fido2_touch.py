"""authenticatorSelection with python-fido2 over PC/SC: waits for a touch."""

import sys

from fido2.ctap2 import Ctap2
from fido2.pcsc import CtapPcscDevice

device = next(CtapPcscDevice.list_devices())
device.use_nfcctap_getresponse = sys.argv[1] == "keep-alive"
Ctap2(device).selection(on_keepalive=lambda _: print("waiting", flush=True))
print("touched", flush=True)
