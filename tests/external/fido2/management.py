"""The minimal management application that ykman needs on a card to use its FIDO2."""

from vcard import Applet, handles

U2F_AND_FIDO2 = bytes.fromhex("0202")
VERSION = bytes((5, 7, 2))


class Management(Applet):
    """Reports FIDO over NFC, and nothing else."""

    aid = bytes.fromhex("A000000527471117")
    section = "Management"

    def selected(self, command, aid):
        return b"Virtual mgr - FW version 5.7.2"

    @handles(0x1D, cla=0x00)
    def read_config(self, command):
        fields = {
            0x01: U2F_AND_FIDO2,
            0x02: (12345678).to_bytes(4, "big"),
            0x03: U2F_AND_FIDO2,
            0x04: b"\x01",
            0x05: VERSION,
            0x0D: U2F_AND_FIDO2,
            0x0E: U2F_AND_FIDO2,
        }
        body = b"".join(bytes((tag, len(value))) + value for tag, value in fields.items())
        return bytes((len(body),)) + body
