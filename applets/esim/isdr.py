"""The ISD-R: collect the blocks of STORE DATA and call the function that they name.

Spec: GSMA SGP.22, 5.7.2 (transport command); GlobalPlatform Card Specification, 11.11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applets.shared.der import bits
from vcard import SW, Command, Reply, Response, Tlv, handles, tlv

from .core import Core
from .download import Download
from .lsi import Mep
from .request_forms import refused
from .security_domain import BesideProfile

Function = Callable[[Tlv, int], bytes]
MORE, LAST = 0x11, 0x91


@dataclass(slots=True)
class Pieces:
    """The blocks of STORE DATA received so far, and the number of the next.

    The 257th block starts a new command, so at most 65280 bytes are kept.
    """

    data: bytes = b""
    number: int = 0

    def add(self, command: Command) -> bytes | None:
        """Add a block; return all data at the last one. 6700 or 6A86 for a wrong block."""
        if not command.data:
            raise SW.WRONG_LENGTH
        if command.p1 not in (MORE, LAST):
            raise SW.INCORRECT_P1_P2
        if command.p2 == 0:
            self.data, self.number = b"", 0
        if command.p2 != self.number:
            self.data, self.number = b"", 0
            raise SW.INCORRECT_P1_P2
        self.data += command.data
        self.number = (self.number + 1) & 0xFF
        if command.p1 == MORE:
            return None
        whole, self.data, self.number = self.data, b"", 0
        return whole


class Isdr(BesideProfile):
    """The application that local profile assistants talk to."""

    aid = bytes.fromhex("A0000005591010FFFFFFFF8900000100")
    section = "Isdr"

    def __init__(self, core: Core, functions: Mapping[int, Function], download: Download) -> None:
        self._core, self._functions, self._download = core, functions, download

    def visible(self, port: int) -> bool:
        """Under MEP-A1 and A2 the ISD-R is on interface 0 only."""
        return port == 0 or self._core.mode in (Mep.NONE, Mep.B)

    def new_session(self) -> Pieces:
        """Blocks belong to one selection of the ISD-R on one channel."""
        return Pieces()

    @property
    def pieces(self) -> Pieces:
        """The blocks of STORE DATA on this channel."""
        pieces = self.session
        assert isinstance(pieces, Pieces)
        return pieces

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - as Applet declares it
        """The FCI, with the version of the specification that the card claims."""
        return tlv(
            0x6F,
            tlv(0x84, aid),
            tlv(0xA5, tlv(0x9F65, b"\xff")),
            tlv(0xE0, tlv(0x82, self._core.config.version.svn), self._configuration()),
            b"" if self._core.config.iot is None else tlv(0xE1, tlv(0x80, self._enabled(1))),
        )

    def _configuration(self) -> bytes:
        """euiccConfiguration, from version 3 on: whether a profile is enabled."""
        if not self._core.config.version.highest:
            return b""
        return tlv(0x03, self._enabled(2))

    def _enabled(self, bit: int) -> bytes:
        """A BIT STRING whose `bit` says that a profile is enabled."""
        enabled = any(one.port is not None for one in self._core.inventory)
        return bits(*((bit,) if enabled else ()))

    @handles(ins=0xE2, cla=0x80)
    def store_data(self, command: Command) -> Reply:
        """STORE DATA; the last block is answered with the function's response."""
        data = self.pieces.add(command)
        if data is None:
            return None
        reply = self._answered(data)
        word = self._core.cat.status(self.channel.port)
        return Response(reply, word) if reply else word

    def _answered(self, data: bytes) -> bytes:
        """Call the function of the tag; 6A88 if there is none, 6A80 for malformed data."""
        if self._download.wants(data):
            return self._download.load(data)
        try:
            request = Tlv.parse(data)
            function = self._functions.get(request.tag)
            if function is None:
                raise SW.REFERENCED_DATA_NOT_FOUND
            refusal = self._malformed(request)
            return refusal or function(request, self.channel.port)
        except ValueError:
            raise SW.WRONG_DATA from None

    def _malformed(self, request: Tlv) -> bytes | None:
        """The response that refuses a malformed request; None if it may pass."""
        config = self._core.config
        return None if config.lenient else refused(request, config.version)
