"""Instructions, tags, life cycles and privileges.

Spec: GlobalPlatform Card Specification 2.3.1, 11.1 (coding), H (AIDs and tags).
"""

from __future__ import annotations

from enum import IntEnum

ISD_AID = bytes.fromhex("A000000151000000")
VISA_ISD_AID = bytes.fromhex("A000000003000000")
"""The AID of the ISD before GlobalPlatform had its own RID; hosts still try it."""

DELETE, INSTALL, LOAD = 0xE4, 0xE6, 0xE8
GET_STATUS, SET_STATUS = 0xF2, 0xF0
PUT_KEY, GENERATE_KEY = 0xD8, 0xF1
GET_DATA, STORE_DATA = 0xCA, 0xE2

AID, LIFE_CYCLE, PRIVILEGES = 0x4F, 0x9F70, 0xC5
LOAD_FILE, LOAD_FILE_VERSION, MODULE, DOMAIN = 0xC4, 0xCE, 0x84, 0xCC
REGISTRY_ENTRY, TAG_LIST = 0xE3, 0x5C
KEY_ID, KEY_VERSION = 0xD0, 0xD2


class CardState(IntEnum):
    """The life cycle of the card, which is that of its ISD (11.1.1, table 11-6)."""

    OP_READY = 0x01
    INITIALIZED = 0x07
    SECURED = 0x0F
    LOCKED = 0x7F
    TERMINATED = 0xFF


NEXT_CARD_STATES = {
    CardState.OP_READY: {CardState.INITIALIZED, CardState.SECURED, CardState.TERMINATED},
    CardState.INITIALIZED: {CardState.SECURED, CardState.TERMINATED},
    CardState.SECURED: {CardState.LOCKED, CardState.TERMINATED},
    CardState.LOCKED: {CardState.SECURED, CardState.TERMINATED},
    CardState.TERMINATED: set(),
}

LOCKS_CARD, TERMINATES_CARD = 0x10, 0x08
PRIVILEGE_FOR = {
    CardState.LOCKED: LOCKS_CARD,
    CardState.TERMINATED: TERMINATES_CARD,
}
"""The privilege (bit of the first byte) that a change to, or from, a state needs."""

INSTALLED, SELECTABLE, LOCK_BIT, LOADED = 0x03, 0x07, 0x80, 0x01
ISD_PRIVILEGES = bytes.fromhex("9EFE80")
