"""The commands of a YubiKey's host."""

from __future__ import annotations

import hmac

from applets.yubikey import YubiKey
from applets.yubikey.otp_slot import crc16
from tests.kits.secure_channel import ChannelError
from tests.kits.secure_channel import Host as SecureHost
from vcard import Command, Memory, Response
from vcard.contact import at_once
from vcard.tlv import tlv

MANAGEMENT, OTP = "A000000527471117", "A0000005272001"
OATH, HSMAUTH, DOMAIN = "A0000005272101", "A000000527210701", "A000000151000000"
SERIAL = 12345678
OATH_KEY, OATH_CODE = b"oath-secret-oath-key", b"code-key-of-oath"
OTP_KEY, OTP_ACCESS = b"otp-key-sixteen!", b"access"
ENC, MAC, SCALAR = b"hsmauth-enc-key!", b"hsmauth-mac-key!", b"\x5a" * 32
PASSWORD, MANAGEMENT_KEY = b"hsmauth-password", b"hsmauth-mgmt-key"
LOCK = b"lock-code-16-by!"
NEW_KEY = b"new-scp03-key-16"
UNLOCKED = bytes(16)
"""HSMAuth's management key, and "no lock code", of a new token."""


def configuration(
    *,
    key: bytes = bytes(16),
    access: bytes = bytes(6),
    extended: int = 0,
    ticket: int = 0,
    config: int = 0,
) -> bytes:
    """A configuration of an OTP slot, with its CRC."""
    raw = bytes(22) + key + access + bytes((0, extended, ticket, config, 0, 0))
    return raw + (crc16(raw) ^ 0xFFFF).to_bytes(2, "little")


SLOT = configuration(key=OTP_KEY, access=OTP_ACCESS, extended=0x20, ticket=0x40, config=0x22)
CREDENTIAL = tlv(0x71, b"a") + tlv(0x73, b"\x21\x06", OATH_KEY)
COUNTED = tlv(0x71, b"b") + tlv(0x73, b"\x12\x08", OATH_KEY) + b"\x78\x02"
CODE = (
    tlv(0x73, b"\x21", OATH_CODE)
    + tlv(0x74, b"host")
    + tlv(0x75, hmac.digest(OATH_CODE, b"host", "sha1"))
)


def hsmauth(label: bytes, *, key: bytes = UNLOCKED, algorithm: int = 0x26, touch: int = 0) -> bytes:
    """The data that put a credential."""
    secret = tlv(0x75, ENC) + tlv(0x76, MAC) if algorithm == 0x26 else tlv(0x7D, SCALAR)
    head = tlv(0x7B, key) + tlv(0x71, label) + tlv(0x74, bytes((algorithm,)))
    return head + secret + tlv(0x73, PASSWORD) + tlv(0x7A, bytes((touch,)))


def told(fields: str) -> bytes:
    """Settings, their length first."""
    raw = bytes.fromhex(fields)
    return bytes((len(raw),)) + raw


class Host:
    """A host beside a token; a card that is mute fails an assertion."""

    def __init__(self, memory: Memory | None = None, firmware: str = "5.8.0") -> None:
        self.card = YubiKey(firmware=firmware, serial=SERIAL, memory=memory)
        self.card.power_up()
        self.aid = ""

    def raw(self, command: bytes) -> bytes:
        answer = at_once(self.card.exchange(command))
        assert answer is not None
        return answer

    def send(self, ins: int, p1: int = 0, p2: int = 0, data: bytes = b"") -> Response:
        long = len(data) > 255
        return Response.parse(self.raw(bytes(Command(0, ins, p1, p2, data, 256, long))))

    def select(self, aid: str) -> Response:
        self.aid = aid
        return self.send(0xA4, 4, 0, bytes.fromhex(aid))

    def power_up(self) -> Response:
        """The session is gone; what was selected is selected again."""
        self.card.power_up()
        return self.select(self.aid)


class Domain(Host):
    """A host of the security domain, in a session of SCP03."""

    def open(self) -> SecureHost:
        self.select(DOMAIN)
        self.secure = SecureHost(self.raw)
        assert self.secure.open().hex() == "9000"
        return self.secure

    def put_keys(self, key: bytes = NEW_KEY) -> str:
        data = b"\x02" + (b"\x88\x10" + self.secure.wrap_key(key) + b"\0") * 3
        return self.protected("80D8FF81", data)

    def protected(self, header: str, data: bytes = b"") -> str:
        """Return the status word of a command in the session; "" if the card did not answer."""
        try:
            length = bytes((len(data),)) if data else b""
            return self.secure.send(header + (length + data).hex() + "00")[-4:]
        except ChannelError:
            return ""
