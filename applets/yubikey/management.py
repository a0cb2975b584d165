"""The management application: device information, settings, lock code.

The commands follow what the vendor's client library sends and expects.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .codes import MANAGEMENT_AID
from .device import TokenApplication

ECHO, SET_MODE, WRITE_CONFIG, READ_CONFIG = 0x01, 0x16, 0x1C, 0x1D
SECRET_INSTRUCTIONS = frozenset({WRITE_CONFIG})
_MODE_BYTES = 4
_FIRST_WITHOUT_MODES = (5, 0, 0)


class Management(TokenApplication):
    """Reads and writes the token's identity and its enabled applications."""

    aid = MANAGEMENT_AID
    section = "YubiKeyManagement"
    secret_instructions = SECRET_INSTRUCTIONS

    def installed(self) -> None:
        """Load the settings, which are in this application's memory."""
        self.device.attach(self.memory)

    def selected(self, command: Command, aid: bytes) -> bytes:  # noqa: ARG002 - an applet's shape
        """Answer SELECT with a text that contains the version."""
        return f"Virtual mgr - FW version {'.'.join(map(str, self.device.version))}".encode()

    @handles(READ_CONFIG, p2=0)
    def read_config(self, command: Command) -> Reply:
        """READ CONFIG: the device information; P1 is the page."""
        return self.device.information(command.p1)

    @handles(WRITE_CONFIG, p1=0, p2=0)
    def write_config(self, command: Command) -> Reply:
        """WRITE CONFIG: a real token may restart after it; here settings take effect at once."""
        self.device.configure(command.data)
        return None

    @handles(SET_MODE, p1=0x11, p2=0)
    def set_mode(self, command: Command) -> Reply:
        """Take old firmware's USB interfaces (code, two time-outs); 6D00 from version 5 on."""
        if self.device.version >= _FIRST_WITHOUT_MODES:
            return SW.INS_NOT_SUPPORTED
        if len(command.data) != _MODE_BYTES:
            return SW.WRONG_LENGTH
        self.memory["mode"] = command.data
        return None

    @handles(ECHO)
    def echo(self, command: Command) -> Reply:
        """Echo the data of the command, to test the secure channel."""
        return command.data
