"""APDUs in one second without pcscd: the card, and the driver with its reader and the card."""

from __future__ import annotations

import time
from collections.abc import Callable

from ifd_bridge.driver.cable import Cable
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.ifdh.api import Code, Power
from ifd_bridge.trace import Stream
from ifd_bridge.trace.traced_driver import TracedDriver
from readers import CcidReader, models
from vcard import Card

from .worlds import ATR, Bench

COUNT = 20_000
COMMAND = bytes(5)


def _rate(work: Callable[[], object]) -> float:
    for _ in range(COUNT // 10):
        work()
    began = time.process_time()  # CPU time: other processes may run meanwhile
    for _ in range(COUNT):
        work()
    return COUNT / (time.process_time() - began)


def _card() -> Card:
    applet = Bench()
    card = Card(applet, atr=ATR, default=applet)
    card.power_up()
    assert card.exchange(COMMAND) == b"\x90\0"
    return card


def card() -> float:
    """Measure the card alone: bytes in, bytes out."""
    exchange = _card().exchange
    return _rate(lambda: exchange(COMMAND))


def driver() -> float:
    """Measure IFDHTransmitToICC to the applet and back, through CCID messages, in one thread."""
    reader = CcidReader(models.PLAIN)
    return _through(reader, Driver(DirectCable(reader), reader.model))


def traceable() -> float:
    """Measure the same as `driver`, in a world whose trace has no tap."""
    reader, stream = CcidReader(models.PLAIN), Stream()
    driver = Driver(DirectCable(reader), reader.model)
    driver.slots[0] = TracedDriver(driver.slots[0], stream, "R", 0)
    return _through(reader, driver)


def cable() -> float:
    """Measure the same as `driver`, with the cable that a server uses."""
    reader = CcidReader(models.PLAIN)
    return _through(reader, Driver(Cable(reader, 1), reader.model))


def _through(reader: CcidReader, host: Driver) -> float:
    reader.insert(_card())
    slot = host.slots[0]
    assert slot.power_icc(Power.UP).data == ATR
    assert slot.set_protocol_parameters(2).code is Code.SUCCESS
    assert slot.transmit_to_icc(COMMAND, 1).data == b"\x90\0"
    return _rate(lambda: slot.transmit_to_icc(COMMAND, 1))
