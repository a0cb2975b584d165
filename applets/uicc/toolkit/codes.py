"""Numbers of the toolkit: commands, devices, results, events, data objects.

Spec: ETSI TS 102 223, 8 (COMPREHENSION-TLV data objects), 9.2 (tags), 9.4 (types of commands).
"""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """Types of proactive commands."""

    REFRESH = 0x01
    MORE_TIME = 0x02
    POLL_INTERVAL = 0x03
    POLLING_OFF = 0x04
    SET_UP_EVENT_LIST = 0x05
    SET_UP_CALL = 0x10
    SEND_SS = 0x11
    SEND_USSD = 0x12
    SEND_SHORT_MESSAGE = 0x13
    SEND_DTMF = 0x14
    LAUNCH_BROWSER = 0x15
    PLAY_TONE = 0x20
    DISPLAY_TEXT = 0x21
    GET_INKEY = 0x22
    GET_INPUT = 0x23
    SELECT_ITEM = 0x24
    SET_UP_MENU = 0x25
    PROVIDE_LOCAL_INFORMATION = 0x26
    TIMER_MANAGEMENT = 0x27
    SET_UP_IDLE_MODE_TEXT = 0x28
    RUN_AT_COMMAND = 0x34
    LANGUAGE_NOTIFICATION = 0x35
    OPEN_CHANNEL = 0x40
    CLOSE_CHANNEL = 0x41
    RECEIVE_DATA = 0x42
    SEND_DATA = 0x43
    GET_CHANNEL_STATUS = 0x44

    @property
    def words(self) -> str:
        """The name as the specification writes it."""
        return self.name.replace("_", " ")


class Device(IntEnum):
    """Device identities."""

    KEYPAD = 0x01
    DISPLAY = 0x02
    EARPIECE = 0x03
    CHANNEL_1 = 0x21
    CARD = 0x81
    TERMINAL = 0x82
    NETWORK = 0x83


class Result(IntEnum):
    """General results of a TERMINAL RESPONSE that a user can choose."""

    DONE = 0x00
    SESSION_ENDED = 0x10
    BACKWARD = 0x11
    NO_RESPONSE = 0x12
    HELP_WANTED = 0x13
    CANNOT_PROCESS_NOW = 0x20
    BEYOND_CAPABILITIES = 0x30


class Event(IntEnum):
    """Events that a terminal reports."""

    MT_CALL = 0x00
    CALL_CONNECTED = 0x01
    CALL_DISCONNECTED = 0x02
    LOCATION_STATUS = 0x03
    USER_ACTIVITY = 0x04
    IDLE_SCREEN = 0x05
    CARD_READER_STATUS = 0x06
    LANGUAGE_SELECTION = 0x07
    BROWSER_TERMINATION = 0x08
    DATA_AVAILABLE = 0x09
    CHANNEL_STATUS = 0x0A


class Tag(IntEnum):
    """Tags of data objects, without the comprehension required bit."""

    COMMAND_DETAILS = 0x01
    DEVICES = 0x02
    RESULT = 0x03
    DURATION = 0x04
    ALPHA = 0x05
    ADDRESS = 0x06
    TPDU = 0x0B
    TEXT = 0x0D
    TONE = 0x0E
    ITEM = 0x0F
    ITEM_ID = 0x10
    RESPONSE_LENGTH = 0x11
    FILE_LIST = 0x12
    LOCATION = 0x13
    HELP = 0x15
    DEFAULT_TEXT = 0x17
    EVENTS = 0x19
    ICON = 0x1E
    TIMER_ID = 0x24
    TIMER_VALUE = 0x25
    URL = 0x31


UNDERSTAND = 0x80
PROACTIVE, MENU_SELECTION, CALL_CONTROL, EVENT_DOWNLOAD, TIMER_EXPIRATION = (
    0xD0, 0xD3, 0xD4, 0xD6, 0xD7,
)  # fmt: skip
SMS_CONTROL, SMS_DOWNLOAD, CELL_BROADCAST = 0xD5, 0xD1, 0xD2
ENVELOPES = {
    SMS_DOWNLOAD: "SMS-PP download",
    CELL_BROADCAST: "cell broadcast download",
    MENU_SELECTION: "menu selection",
    CALL_CONTROL: "call control",
    SMS_CONTROL: "short message control",
    EVENT_DOWNLOAD: "event download",
    TIMER_EXPIRATION: "timer expiration",
}
"""Names of envelopes by their tags."""
