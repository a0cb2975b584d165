"""Commands of class FF that are meant for the reader and never reach the card.

FF C2 01: the PIN pad through SCardTransmit (PPDU). FF CA: the UID or ATS of a contactless card.

Spec: PC/SC part 10, 2.3 (PPDU); PC/SC part 3, 3.2.2.1.3 (GET DATA).
"""

from __future__ import annotations

from functools import partial
from types import MethodType

from vcard import SW, Contact
from vcard.contact import asked

from .. import acr122u
from ..ccid.descriptor import PinSupport
from ..ccid.part10 import PinModify, PinVerify
from ..ccid.pin_block import split_template
from ..ccid.pin_request import PinModification, PinRequest, PinVerification
from ..models.model import Quirk
from ..slot import Job, Refused, Reply
from .secure import INVALID_STRUCTURE, start_entry

PPDU = b"\xff\xc2\x01"
GET_UID = b"\xff\xca"
FEATURE_LIST, VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT = 0x00, 0x06, 0x07
UID, ATS = 0x00, 0x01
"""P1 of GET DATA."""


def for_reader(quirks: Quirk, command: bytes) -> bool:
    """True if the reader answers the command itself."""
    if Quirk.PPDU in quirks and command.startswith(PPDU):
        return True
    if Quirk.ACR122U in quirks and command.startswith(acr122u.PSEUDO):
        return True
    return Quirk.PSEUDO_APDU in quirks and command.startswith(GET_UID)


def answer(job: Job, command: bytes) -> Reply | None:
    """Answer a command that is for the reader."""
    if command.startswith(PPDU):
        return _ppdu(job, command)
    card = job.card
    if answers_itself(card, command):
        return job.work(partial(card.exchange, command), lambda response: (0, response))
    if command.startswith(acr122u.PSEUDO):
        peripherals = job.reader.peripherals
        told = peripherals.answer(command, card) if peripherals else None
        return 0, SW.FUNCTION_NOT_SUPPORTED.raw if told is None else told
    return job.work(partial(_get_data, card, command), lambda response: (0, response))


def answers_itself(card: Contact, command: bytes) -> bool:
    """Return True for a card that answers commands for the reader itself, as a script may."""
    answers = asked(card, "answers_reader_apdu", MethodType)
    return answers is not None and bool(answers(command))


def _get_data(card: Contact, command: bytes) -> bytes:
    """GET DATA: UID or ATS; asking a relayed card takes time, so this counts as its work."""
    if command[2:4] == bytes((UID, 0)):
        told = asked(card, "uid", bytes) or acr122u.RANDOM_UID
    elif command[2:4] == bytes((ATS, 0)):
        told = acr122u.ats_of(card)
    else:
        return SW.FUNCTION_NOT_SUPPORTED.raw
    wanted = command[4] if len(command) > 4 else 0
    if wanted and wanted < len(told):
        return SW.exact_length(len(told)).raw
    return told + (SW.END_OF_FILE if wanted > len(told) else SW.OK).raw


def _ppdu(job: Job, command: bytes) -> Reply | None:
    try:
        header, data, _ = split_template(command)
        if header[3] == FEATURE_LIST:
            return 0, bytes(_features(job)) + SW.OK.raw
        if header[3] not in _features(job):
            return 0, SW.FUNCTION_NOT_SUPPORTED.raw
        job.as_data = True
        return start_entry(job, _request(header[3], data))
    except (ValueError, Refused):
        return 0, INVALID_STRUCTURE.raw


def _features(job: Job) -> list[int]:
    support = job.reader.model.descriptor.bPINSupport
    verify = [VERIFY_PIN_DIRECT] if support & PinSupport.VERIFICATION else []
    return verify + ([MODIFY_PIN_DIRECT] if support & PinSupport.MODIFICATION else [])


def _request(feature: int, data: bytes) -> PinRequest:
    """Convert a PIN_VERIFY or PIN_MODIFY structure to CCID's; ValueError if it is neither."""
    if feature == VERIFY_PIN_DIRECT:
        return PinVerification.parse(PinVerify.parse(data).secure[1:])
    return PinModification.parse(PinModify.parse(data).secure(indexes=3)[1:], indexes=3)
