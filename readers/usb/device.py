"""A CCID reader as a USB device: control requests, halts, endpoints.

A caller that shares a device between threads holds the reader's guard around each call.

Spec: USB 2.0, 9.1 (device states), 9.4 (standard requests); USB CCID 1.1, 5.3 (class requests).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import pack

from ..models import Model
from ..models.model import BULK_IN, BULK_OUT, INTERRUPT_IN, Endpoint, Quirk
from ..reader import CcidReader
from .descriptors import (
    DescriptorType,
    all_descriptors,
)
from .hid import HID_IN, HID_INTERFACE, HID_OUT, HidInterface, interface_descriptors
from .iccd import token
from .pipes import InPipe, OutPipe
from .setup import CLASS, ENDPOINT_HALT, IN, STANDARD, ClassRequest, Recipient, Setup
from .setup import StandardRequest as Request

MOST_TRANSFERS = 256
"""IN transfers that may wait at an endpoint: more than any host queues."""
MOST_WAITING = 1 << 18
"""Bytes of answers that may wait for the host before it may ask for more."""
LONGEST = 1 << 17
"""No message is longer: extended APDUs have 65,544 bytes."""


class Stall(Exception):  # noqa: N818 - an answer to the host, no fault of ours
    """The device does not know this request, or the endpoint is halted."""


class Device:
    """The USB host's side of a reader, from its attachment on.

    `message` is given each bulk-OUT message and returns False if it cannot take any more now.
    `began` is called after each reset with the configuration that is in force (0: none): what was
    under way is over, and a card that is in has to be told of anew.
    `hid` is another interface of the device. `beside` are all its models, this one among them,
    where several readers are its interfaces; each of them is a Device (`composite.py`).
    """

    def __init__(
        self,
        reader: CcidReader,
        message: Callable[[bytes], bool] = lambda _: False,
        began: Callable[[int], object] = bool,
        *,
        hid: HidInterface | None = None,
        beside: Sequence[Model] = (),
    ) -> None:
        self._reader, self.hid = reader, hid
        self._message, self._began = message, began
        model = self.model = reader.model
        self.configuration = 0
        """bConfigurationValue; 0 before the host has chosen one."""
        bulk_in = _found(model, BULK_IN)
        interrupt_in = _found(model, INTERRUPT_IN)
        longest = model.descriptor.dwMaxCCIDMessageLength
        self.bulk_in = InPipe((bulk_in or BULK_IN).packet_size, longest)
        self.interrupt_in = InPipe((interrupt_in or INTERRUPT_IN).packet_size)
        bulk_out = _found(model, BULK_OUT)
        self._bulk_out = OutPipe((bulk_out or BULK_OUT).packet_size, LONGEST)
        self.interrupt = None if interrupt_in is None else interrupt_in.address
        """The address of the interrupt endpoint; None where the host has to ask."""
        pipes = ((bulk_in, self.bulk_in), (interrupt_in, self.interrupt_in))
        self.pipes = {one.address: pipe for one, pipe in pipes if one is not None}
        """The IN endpoints by address."""
        self._outs = [bulk_out.address] if bulk_out is not None else []
        others = []
        if hid is not None:
            hid.tap = reader.tell
            self.pipes[HID_IN] = hid.reports
            self._outs.append(HID_OUT)
            others = [interface_descriptors()]
        self.token = token(model, self._at_once)
        """The handler of class requests where messages go by control transfers."""
        self._halted: set[int] = set()
        self._descriptors = all_descriptors(beside or [model], *others)

    def reset(self) -> None:
        """Reset the device: after a bus reset, or when the host has gone. The cards lose power."""
        self._start(0)

    # Endpoints

    def submit(self, endpoint: int, token: object, room: int) -> None:
        """Let the host ask an IN endpoint for up to `room` bytes; Stall if it cannot."""
        pipe = self.pipes.get(endpoint)
        if pipe is None or not self.works(endpoint) or pipe.wanted >= MOST_TRANSFERS:
            raise Stall
        pipe.submit(token, room)

    def out(self, endpoint: int, data: bytes) -> None:
        """Take data of the host; Stall if the endpoint cannot, or if too much waits already."""
        if endpoint not in self._outs or not self.works(endpoint):
            raise Stall
        if self.hid is not None and endpoint == HID_OUT:
            self.hid.out(data)
            return
        message = self._bulk_out.feed(data)
        if message is None:
            return
        if self.bulk_in.waiting > MOST_WAITING or not self._message(message):
            raise Stall

    def has_interface(self, number: int) -> bool:
        """True if it is the reader's interface, or the HID interface beside that."""
        return number == self.model.interface_number or (
            self.hid is not None and number == HID_INTERFACE
        )

    def has_endpoint(self, endpoint: int) -> bool:
        """True if it is one of this interface's."""
        return endpoint in self.pipes or endpoint in self._outs

    def works(self, endpoint: int) -> bool:
        """True if the device is configured and the endpoint not halted."""
        return bool(self.configuration) and endpoint not in self._halted

    def _clear(self) -> None:
        self._halted.clear()
        self._bulk_out.flush()
        for pipe in (self.bulk_in, self.interrupt_in, *self.pipes.values()):
            pipe.flush()
        if self.hid is not None:
            self.hid.reset()
        if self.token is not None:
            self.token.reset()

    def _at_once(self, message: bytes) -> bytes | None:
        """A token's message to the reader: the answer if the reader has it at once."""
        self._message(message)
        answer = None
        while self._reader.bulk_in:
            answer = self._reader.bulk_in.popleft()
        return answer

    # Control requests

    def control(self, setup: Setup, data: bytes = b"") -> bytes:
        """Answer a control transfer with at most wLength bytes; Stall if the device refuses it.

        `data` is what came with a request that writes.
        """
        if setup.kind == STANDARD:
            answer = self._standard(setup)
        elif setup.kind == CLASS and setup.recipient == Recipient.INTERFACE:
            self._need_interface_number(setup.wIndex)
            hid = self._hid_of(setup)
            answer = self._class(setup, data) if hid is None else self._hid_class(hid, setup)
        else:
            raise Stall
        return answer[: setup.wLength]

    def _hid_of(self, setup: Setup) -> HidInterface | None:
        return self.hid if setup.wIndex == HID_INTERFACE else None

    @staticmethod
    def _hid_class(hid: HidInterface, setup: Setup) -> bytes:
        if setup.reads:
            answer = hid.read(setup.bRequest)
            if answer is None:
                raise Stall
            return answer
        if not hid.write(setup.bRequest, setup.wValue):
            raise Stall
        return b""

    def _class(self, setup: Setup, data: bytes) -> bytes:
        if self.token is not None and (answer := self.token.request(setup, data)) is not None:
            return answer
        if setup.bRequest == ClassRequest.ABORT and not setup.reads:
            self._reader.abort(setup.wValue & 0xFF, setup.wValue >> 8)
            return b""
        values = class_lists(self.model).get(setup.bRequest)
        if values is None or not setup.reads:
            raise Stall
        return pack(f"<{len(values)}I", *values)

    def _standard(self, setup: Setup) -> bytes:
        handler = _STANDARD.get((setup.recipient, setup.bRequest, setup.reads))
        if handler is None:
            raise Stall
        return handler(self, setup)

    def _get_descriptor(self, setup: Setup) -> bytes:
        """Return a descriptor; no BOS (bcdUSB is 2.00), and no qualifier (full speed only)."""
        kind, index = setup.wValue >> 8, setup.wValue & 0xFF
        if (kind, index) not in self._descriptors:
            raise Stall
        return self._descriptors[DescriptorType(kind), index]

    def _get_interface_descriptor(self, setup: Setup) -> bytes:
        """Spec: USB HID 1.11, 7.1.1."""
        self._need_interface_number(setup.wIndex)
        hid = self._hid_of(setup)
        found = None if hid is None else hid.descriptor(setup.wValue >> 8)
        if found is None:
            raise Stall
        return found

    def _set_address(self, _setup: Setup) -> bytes:
        return b""

    def _get_configuration(self, _setup: Setup) -> bytes:
        return bytes((self.configuration,))

    def _set_configuration(self, setup: Setup) -> bytes:
        """Choosing it again counts as a reset: USB/IP has no other sign of a bus reset."""
        if setup.wValue not in (0, 1):
            raise Stall
        self._start(setup.wValue)
        return b""

    def _start(self, configuration: int) -> None:
        self._clear()
        self._reader.reset()
        self.configuration = configuration
        self._began(configuration)

    def _get_interface(self, setup: Setup) -> bytes:
        self._need_interface(setup.wIndex)
        return b"\0"

    def _set_interface(self, setup: Setup) -> bytes:
        self._need_interface(setup.wIndex)
        if setup.wValue:
            raise Stall  # there are no alternate settings
        self._start(self.configuration)
        return b""

    def _need_interface(self, index: int) -> None:
        if not self.configuration:
            raise Stall
        self._need_interface_number(index)

    def _need_interface_number(self, index: int) -> None:
        if not self.has_interface(index):
            raise Stall

    def _device_status(self, _setup: Setup) -> bytes:
        return bytes(2)  # powered by the bus, cannot wake the host

    def _interface_status(self, setup: Setup) -> bytes:
        self._need_interface(setup.wIndex)
        return bytes(2)

    def _endpoint_status(self, setup: Setup) -> bytes:
        return pack("<H", self._endpoint(setup.wIndex) in self._halted)

    def _set_halt(self, setup: Setup) -> bytes:
        endpoint = self._halting(setup)
        if endpoint & ~IN:  # the control endpoint halts for one request only
            self._halted.add(endpoint)
        return b""

    def _clear_halt(self, setup: Setup) -> bytes:
        endpoint = self._halting(setup)
        self._halted.discard(endpoint)
        if endpoint in self._outs[:1]:
            self._bulk_out.flush()
        return b""

    def _halting(self, setup: Setup) -> int:
        if setup.wValue != ENDPOINT_HALT:
            raise Stall
        return self._endpoint(setup.wIndex)

    def _endpoint(self, index: int) -> int:
        there = (0, IN, *((*self._outs, *self.pipes) if self.configuration else ()))
        if index not in there:
            raise Stall
        return index


_STANDARD: dict[tuple[int, int, bool], Callable[[Device, Setup], bytes]] = {
    (Recipient.DEVICE, Request.GET_DESCRIPTOR, True): Device._get_descriptor,
    (Recipient.DEVICE, Request.SET_ADDRESS, False): Device._set_address,
    (Recipient.DEVICE, Request.GET_CONFIGURATION, True): Device._get_configuration,
    (Recipient.DEVICE, Request.SET_CONFIGURATION, False): Device._set_configuration,
    (Recipient.DEVICE, Request.GET_STATUS, True): Device._device_status,
    (Recipient.INTERFACE, Request.GET_DESCRIPTOR, True): Device._get_interface_descriptor,
    (Recipient.INTERFACE, Request.GET_INTERFACE, True): Device._get_interface,
    (Recipient.INTERFACE, Request.SET_INTERFACE, False): Device._set_interface,
    (Recipient.INTERFACE, Request.GET_STATUS, True): Device._interface_status,
    (Recipient.ENDPOINT, Request.GET_STATUS, True): Device._endpoint_status,
    (Recipient.ENDPOINT, Request.SET_FEATURE, False): Device._set_halt,
    (Recipient.ENDPOINT, Request.CLEAR_FEATURE, False): Device._clear_halt,
}
"""Standard requests by recipient, bRequest and direction; what is not here stalls."""


def _found(model: Model, like: Endpoint) -> Endpoint | None:
    """The model's endpoint of the same kind and direction."""
    matching = (one for one in model.endpoints if (one.kind, one.reads) == (like.kind, like.reads))
    return next(matching, None)


def class_lists(model: Model) -> dict[int, tuple[int, ...]]:
    """The answers to the reading class requests: frequencies in kHz, data rates in bit/s.

    A model that lists none has its default alone; a request that the model refuses is not here.
    """
    default = model.descriptor
    frequencies = model.clock_frequencies or (default.dwDefaultClock,)
    rates = model.data_rates or (default.dwDataRate,)
    lists = (
        (ClassRequest.GET_CLOCK_FREQUENCIES, Quirk.NO_CLOCK_FREQUENCIES, frequencies),
        (ClassRequest.GET_DATA_RATES, Quirk.NO_DATA_RATES, rates),
    )
    return {request: values for request, refused, values in lists if not model.has(refused)}
