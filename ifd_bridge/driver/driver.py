"""The host driver above one CCID reader: does the work of libccid for each IFDH call.

Power, protocol, transmission, presence. Control codes are in control_codes.py, capabilities in
capabilities.py, exchange levels in apdu_levels.py.

Spec: pcsc-lite, ifdhandler.h; USB CCID 1.1, 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Final

from readers.ccid.descriptor import Features as ReaderFeatures
from readers.models import Model
from vcard.atr.atr import Atr
from vcard.atr.layout import Convention
from vcard.compiled import mypyc_attr

from ..ifdh.api import Answer, Code, Power
from . import atr_rules, capabilities, startup
from .apdu_levels import level_for
from .known_reader import KnownReader
from .link import DEFAULT_TIMEOUT_S, ICC_ABSENT, ICC_ACTIVE, ICC_INACTIVE, Cable, Link, Out
from .options import DriverOptions
from .repairs import NO_PPS

if TYPE_CHECKING:
    from .control_codes import Features

POWER_ON_TIMEOUT_S: Final = 60.0
"""Time-out of a power-up in seconds: the slowest ATR takes 29 s."""

PPDU_TIMEOUT_S: Final = 90.0
_PPDU: Final = b"\xff\xc2\x01"
_MAX_ATR: Final = 33


@mypyc_attr(allow_interpreted_subclasses=True)
class Driver:
    """Drives the reader of `model` at the other end of `cable`; `slots[n]` is a SlotDriver.

    The reader is initialised here, as when a real one is plugged in; `opened` is the result.
    libccid drops a reader whose code is not SUCCESS.
    """

    def __init__(
        self, cable: Cable, model: Model, options: DriverOptions | None = None, address: int = 1
    ) -> None:
        options = options or DriverOptions()
        reader = KnownReader.of(model, options.release, address)
        self.refusal = None if options.bogus_firmware else reader.refusal
        """The reason for which the reader's firmware is refused; None if it is accepted."""
        sequence = count()
        links = [Link(cable, number, sequence) for number in range(model.slots)]
        self.opened = Code.COMMUNICATION_ERROR
        if self.refusal is None:
            self.opened, reader = startup.open_reader(links, reader, options)
        self.slots = [Slot(link, reader, options) for link in links]


class Slot:
    """One slot of a reader, as a SlotDriver (see ifdh/api.py)."""

    def __init__(self, link: Link, reader: KnownReader, options: DriverOptions) -> None:
        self.reader = reader
        self.atr = b""
        self._link = link
        self._options = options
        self._level = level_for(link, reader)
        self._powered = False
        self._features: Features | None = None

    def get_capabilities(self, tag: int) -> Answer:
        """IFDHGetCapabilities."""
        return capabilities.get(self, tag)

    def set_capabilities(self, tag: int, value: bytes) -> Answer:
        """IFDHSetCapabilities: there is nothing to set but that the reader is gone."""
        del value
        known = tag == capabilities.DEVICE_REMOVED
        return Answer(Code.SUCCESS if known else Code.ERROR_TAG)

    def transmit_to_icc(self, command: bytes, protocol: int) -> Answer:
        """IFDHTransmitToICC."""
        if command[:3] == _PPDU:
            return self._level.transmit(command, protocol, PPDU_TIMEOUT_S)
        return self._level.transmit(command, protocol)

    def control(self, code: int, data: bytes) -> Answer:
        """IFDHControl."""
        if self._features is None:
            from .control_codes import Features  # most clients ask nothing of the reader

            self._features = Features(self._link, self._level, self.reader, self._options)
        return self._features.control(code, data)

    # Presence

    def icc_presence(self) -> Code:
        """IFDHICCPresence: ICC_PRESENT, ICC_NOT_PRESENT, or that the reader does not answer.

        A card that lost its power by itself has been swapped: it counts as absent once.
        """
        reply = self._link.command(Out.GET_SLOT_STATUS, timeout_s=DEFAULT_TIMEOUT_S)
        if not reply.ok and reply.error != startup.MUTE:
            return reply.code
        if reply.icc == ICC_ABSENT:
            self.atr = b""
        swapped = reply.icc == ICC_INACTIVE and self._powered
        if reply.icc == ICC_ABSENT or swapped:
            self._powered = False
            return Code.ICC_NOT_PRESENT
        present = reply.icc in (ICC_ACTIVE, ICC_INACTIVE)
        return Code.ICC_PRESENT if present else Code.COMMUNICATION_ERROR

    # Power

    def power_icc(self, action: int) -> Answer:
        """IFDHPowerICC."""
        if action == Power.DOWN:
            return self._power_down()
        if action in (Power.UP, Power.RESET):
            return self._power_up()
        return Answer(Code.NOT_SUPPORTED)

    def _power_down(self) -> Answer:
        self.atr = b""
        self._powered = False
        reply = self._link.command(Out.ICC_POWER_OFF)
        return Answer(Code.SUCCESS if reply.ok else Code.ERROR_POWER_ACTION)

    def _power_up(self) -> Answer:
        for voltage in self._voltages():
            reply = self._link.command(
                Out.ICC_POWER_ON, first=voltage, timeout_s=POWER_ON_TIMEOUT_S
            )
            if reply.ok:
                self.atr = reply.data[:_MAX_ATR]
                self._powered = True
                self._level.powered()
                return Answer(Code.SUCCESS, self.atr)
            if not reply.status:
                break  # no answer at all: another voltage will not help
        return Answer(Code.ERROR_POWER_ACTION)

    def _voltages(self) -> Iterator[int]:
        """bPowerSelect: automatic, or 5 V, 1.8 V and 3 V in turn from the first to try."""
        if self.reader.picks_voltage or not self._options.voltage:
            yield 0
            return
        supported = self.reader.model.descriptor.bVoltageSupport
        start = self._options.voltage
        for _ in range(3):
            if supported & 1 << (start - 1):
                break
            start = start % 3 + 1
        yield from ((start - 1 - step) % 3 + 1 for step in range(3))

    # Protocol

    def set_protocol_parameters(self, protocol: int) -> Answer:
        """IFDHSetProtocolParameters."""
        return Answer(self._set_protocol(protocol))

    def _set_protocol(self, protocol: int) -> Code:
        if not protocol & self.reader.model.descriptor.dwProtocols:
            return Code.ERROR_NOT_SUPPORTED
        atr = Atr.parse(self.atr) if self.atr else None
        if atr is None or atr_rules.malformed(atr) or protocol not in (1, 2):
            return Code.PROTOCOL_NOT_SUPPORTED
        specific = atr.layout.group(2).ta
        if specific is not None and specific & 0x0F != protocol - 1:
            return Code.PROTOCOL_NOT_SUPPORTED
        return self._settle(atr, protocol)

    def _settle(self, atr: Atr, protocol: int) -> Code:
        """PPS if the reader leaves it to the host, SetParameters, and what the level adds."""
        code, fidi = Code.SUCCESS, None
        if self.reader.model.usb_id in NO_PPS:
            protocol = atr_rules.default_protocol(atr) + 1
        negotiates = self.reader.has(ReaderFeatures.AUTO_NEGOTIATION)
        if not negotiates:
            code, fidi = self._speed(atr, protocol)
        if code is not Code.SUCCESS:
            return code
        if atr.layout.ts not in tuple(Convention):
            return Code.COMMUNICATION_ERROR
        data = atr_rules.parameters(atr, protocol, fidi)
        clock = self.reader.model.descriptor.dwDefaultClock
        self._link.timeout_s = atr_rules.timeout_s(atr, protocol, data, clock)
        code = Code.SUCCESS if negotiates else self._set_parameters(protocol, data)
        if code is not Code.SUCCESS:
            return code
        return self._level.protocol_set(protocol, atr)

    def _speed(self, atr: Atr, protocol: int) -> tuple[Code, int | None]:
        """The TA1 to work with, after a PPS where one is needed."""
        try:
            fidi = atr_rules.pps1(atr, self.reader)
        except ValueError:
            return Code.COMMUNICATION_ERROR, None
        specific = atr.layout.group(2).ta
        asks = specific is None and not self.reader.has(ReaderFeatures.AUTO_PPS)
        if asks and (protocol - 1 != atr_rules.default_protocol(atr) or fidi is not None):
            return self._pps(atr_rules.pps_request(protocol - 1, fidi))
        if specific is not None and specific & 0x10:
            return Code.COMMUNICATION_ERROR, None
        return Code.SUCCESS, fidi

    def _pps(self, request: bytes) -> tuple[Code, int | None]:
        """PPS through an XfrBlock; PPS1 holds only if the card echoes it."""
        reply = self._link.block(request, self._level.pps_level)
        if not reply.ok or not atr_rules.pps_accepted(request, reply.data):
            return Code.ERROR_PTS_FAILURE, None
        echoed = request[1] & 0x10 and len(reply.data) > 2 and reply.data[1] & 0x10
        return Code.SUCCESS, reply.data[2] if echoed else None

    def _set_parameters(self, protocol: int, data: bytes) -> Code:
        """Spec: USB CCID 1.1, 6.2.6; a parameter that cannot be changed does no harm."""
        reply = self._link.command(Out.SET_PARAMETERS, data, protocol - 1)
        if reply.ok or not reply.status:
            return reply.code
        if reply.error == startup.NOT_SUPPORTED:
            return Code.NOT_SUPPORTED
        return Code.SUCCESS if reply.error <= 0x7F else Code.COMMUNICATION_ERROR
