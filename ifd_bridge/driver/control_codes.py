"""IFDHControl: requests of clients to the reader itself.

Spec: PC/SC Workgroup, part 10; the order of properties is the genuine driver's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from readers.ccid.descriptor import ExchangeLevel, PinSupport

from ..ifdh.api import Answer, Code
from .apdu_levels import Level
from .capabilities import usb_path
from .known_reader import (
    GEMALTO,
    GEMALTO_PROX_DU,
    KOBIL_MIDENTITY_VISUAL,
    KOBIL_TRIBANK,
    OMNIKEY_5427CK,
    KnownReader,
)
from .link import Link, Out, answer_of
from .options import DriverOptions, Release
from .part10 import (
    ESCAPE,
    GET_FEATURE_REQUEST,
    WINDOWS_FEATURE_REQUEST,
    Feature,
    PinProperties,
    Property,
)

if TYPE_CHECKING:
    from .pin_entry import PinEntry

ESCAPE_TIMEOUT_S = 30.0

FIRMWARE_REQUEST = b"\x02"
_SWITCH_INTERFACE = bytes.fromhex("52F8040100")
_MCT_HEADER = 5
_WITH_MCT = frozenset({KOBIL_TRIBANK, KOBIL_MIDENTITY_VISUAL})
_LONG_APDUS = (ExchangeLevel.TPDU, ExchangeLevel.EXTENDED_APDU)
_MAX_EXTENDED = 0x10000

USB_PATH, USB_PATH_SINCE = 0x42000000 + 3601, Release(1, 7, 1)
"""The place of a reader on its bus, and the release of libccid that tells it first."""

UNSUPPORTED = Answer(Code.NOT_SUPPORTED)
REFUSED = Answer(Code.COMMUNICATION_ERROR)


class Features:
    """The control codes of one slot."""

    def __init__(
        self, link: Link, level: Level, reader: KnownReader, options: DriverOptions
    ) -> None:
        self._link = link
        self._level = level
        self._reader = reader
        self._options = options
        self._table: dict[int, Callable[[bytes], Answer]] = {
            GET_FEATURE_REQUEST: self._feature_request,
            WINDOWS_FEATURE_REQUEST: self._feature_request,
            ESCAPE: self._escape,
            Feature.IFD_PIN_PROPERTIES.control_code: self._pin_properties,
            Feature.GET_TLV_PROPERTIES.control_code: self._tlv_properties,
            Feature.VERIFY_PIN_DIRECT.control_code: self._verify,
            Feature.MODIFY_PIN_DIRECT.control_code: self._modify,
            Feature.MCT_READER_DIRECT.control_code: self._mct,
        }
        if options.release >= USB_PATH_SINCE:
            self._table[USB_PATH] = lambda _: Answer(Code.SUCCESS, usb_path(reader.address))

    def control(self, code: int, data: bytes) -> Answer:
        """IFDHControl; ERROR_NOT_SUPPORTED for an unknown code."""
        handle = self._table.get(code)
        if handle is not None:
            return handle(data)
        return self._level.control(code, data) or Answer(Code.ERROR_NOT_SUPPORTED)

    # What there is

    def _feature_request(self, _data: bytes) -> Answer:
        support, usb_id = self._reader.pin_support, self._reader.model.usb_id
        offered = {
            Feature.VERIFY_PIN_DIRECT: support & PinSupport.VERIFICATION,
            Feature.MODIFY_PIN_DIRECT: support & PinSupport.MODIFICATION,
            Feature.IFD_PIN_PROPERTIES: support,
            Feature.MCT_READER_DIRECT: usb_id in _WITH_MCT,
            Feature.GET_TLV_PROPERTIES: True,
            Feature.CCID_ESC_COMMAND: self._options.escape,
        }
        found = b"".join(bytes(feature) for feature, there in offered.items() if there)
        return Answer(Code.SUCCESS, found)

    def _pin_properties(self, _data: bytes) -> Answer:
        reader = self._reader
        return Answer(Code.SUCCESS, bytes(PinProperties(reader.lcd_layout, reader.validation)))

    def _tlv_properties(self, _data: bytes) -> Answer:
        reader = self._reader
        long_apdus = _MAX_EXTENDED if reader.level in _LONG_APDUS else 0
        found = [
            Property.LCD_LAYOUT.number(reader.lcd_layout, 2),
            *_display(reader.lcd_layout),
            Property.TIMEOUT2.number(0, 1),
            *self._firmware_id(),
            *_pin_limits(reader),
            Property.PPDU_SUPPORT.number(self._options.escape, 1),
            Property.VENDOR.number(reader.model.vendor_id, 2),
            Property.PRODUCT.number(reader.model.product_id, 2),
            Property.MAX_APDU_DATA_SIZE.number(long_apdus, 4),
        ]
        return Answer(Code.SUCCESS, b"".join(found))

    def _firmware_id(self) -> list[bytes]:
        """Gemalto readers are asked; ours say it without."""
        model = self._reader.model
        if model.vendor_id == GEMALTO:
            reply = self._link.command(Out.ESCAPE, FIRMWARE_REQUEST)
            return [Property.FIRMWARE_ID.text(reply.data[:255])] if reply.ok else []
        if self._reader.is_own and model.firmware:
            return [Property.FIRMWARE_ID.text(model.firmware.encode()[:255])]
        return []

    # Requests to the reader itself

    def _escape(self, data: bytes) -> Answer:
        if not self._escape_allowed(data):
            return REFUSED
        return answer_of(self._link.command(Out.ESCAPE, data, timeout_s=ESCAPE_TIMEOUT_S))

    def _escape_allowed(self, data: bytes) -> bool:
        reader = self._reader
        if self._options.escape or reader.model.usb_id == OMNIKEY_5427CK:
            return True
        if reader.model.vendor_id != GEMALTO:
            return False
        switch = len(data) == 6 and data.startswith(_SWITCH_INTERFACE)
        return data == FIRMWARE_REQUEST or (switch and reader.model.usb_id == GEMALTO_PROX_DU)

    def _mct(self, data: bytes) -> Answer:
        """A Secoder command, 20 70..74 00 00 00, goes to the reader as it stands."""
        if len(data) < _MCT_HEADER:
            return UNSUPPORTED
        if data[0] != 0x20 or not 0x70 <= data[1] <= 0x74 or any(data[2:5]):
            return REFUSED
        return answer_of(self._link.command(Out.ESCAPE, data))

    # PIN entry

    def _verify(self, data: bytes) -> Answer:
        return self._pin_entry.verify(data)

    def _modify(self, data: bytes) -> Answer:
        return self._pin_entry.modify(data)

    @cached_property
    def _pin_entry(self) -> PinEntry:
        from .pin_entry import PinEntry  # most readers are never asked for a PIN

        return PinEntry(self._link, self._level, self._reader)


def _display(layout: int) -> list[bytes]:
    if not layout:
        return []
    lines, columns = divmod(layout, 256)
    return [Property.LCD_MAX_CHARACTERS.number(columns, 2), Property.LCD_MAX_LINES.number(lines, 2)]


def _pin_limits(reader: KnownReader) -> list[bytes]:
    found = []
    for limits in reader.pin_limits:
        found.append(Property.MIN_PIN_SIZE.number(limits.min_digits, 1))
        found.append(Property.MAX_PIN_SIZE.number(limits.max_digits, 1))
        if limits.validation is not None:
            found.append(Property.ENTRY_VALIDATION_CONDITION.number(limits.validation, 1))
    return found
