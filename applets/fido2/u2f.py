"""U2F (CTAP1) raw messages, on the same credentials as CTAP2.

Spec: FIDO U2F Raw Message Formats 1.2; CTAP 2.1, 7.2.2 (alwaysUv) and 10 (interoperating).
"""

from __future__ import annotations

import struct

from vcard import SW, Command
from vcard.touch import Verdict

from .algorithms import ES256
from .attestation import BATCH, Attester
from .codes import Protection
from .core import Core
from .credential import Credential

REGISTER, AUTHENTICATE, VERSION = 0x01, 0x02, 0x03
CHECK_ONLY, ENFORCE_PRESENCE, WITHOUT_PRESENCE = 0x07, 0x03, 0x08
NAME = b"U2F_V2"
_HASH = 32


def answer(core: Core, command: Command, waited: float = 0.0) -> bytes:
    """Answer a message that the host has repeated for `waited` seconds; raises a SW to refuse it.

    6985 means that a touch is missing: the host repeats the message.
    """
    if not core.settings.u2f:
        raise SW.INS_NOT_SUPPORTED
    if core.store.always_uv:
        raise SW.NO_CURRENT_EF  # 6986, whose other meaning is "command not allowed"
    core.fresh = core.fresh and command.ins == VERSION
    if command.ins == REGISTER:
        return _register(core, command, waited)
    if command.ins == AUTHENTICATE:
        return _authenticate(core, command, waited)
    if command.ins == VERSION:
        return _version(command)
    raise SW.INS_NOT_SUPPORTED


def _version(command: Command) -> bytes:
    if command.data:
        raise SW.WRONG_LENGTH
    return NAME


def _touched(core: Core, waited: float) -> None:
    core.touch.ask()
    if core.touch.verdict(waited) is not Verdict.TOUCHED:
        raise SW.CONDITIONS_NOT_SATISFIED


def _register(core: Core, command: Command, waited: float) -> bytes:
    if len(command.data) != 2 * _HASH:
        raise SW.WRONG_LENGTH
    challenge, application = command.data[:_HASH], command.data[_HASH:]
    _touched(core, waited)
    credential = Credential.create(core.store.master, application, ES256)
    attester, identity = Attester.load(core.store, BATCH), credential.identity
    point = _point(credential)
    signature = attester.sign(b"\0" + application + challenge + identity + point)
    handle = bytes((len(identity),)) + identity
    return b"\x05" + point + handle + attester.certificate + signature


def _point(credential: Credential) -> bytes:
    """The public key, uncompressed."""
    key = credential.public_key
    return b"\x04" + b"".join(part for part in (key[-2], key[-3]) if isinstance(part, bytes))


def _authenticate(core: Core, command: Command, waited: float) -> bytes:
    if command.p1 not in (CHECK_ONLY, ENFORCE_PRESENCE, WITHOUT_PRESENCE):
        raise SW.INCORRECT_P1_P2
    data = command.data
    if len(data) < 2 * _HASH + 1 or len(data) != 2 * _HASH + 1 + data[2 * _HASH]:
        raise SW.WRONG_LENGTH
    challenge, application, handle = data[:_HASH], data[_HASH : 2 * _HASH], data[2 * _HASH + 1 :]
    credential = core.store.find(application, handle)
    if credential is None or not _usable(credential):
        raise SW.WRONG_DATA
    if command.p1 == CHECK_ONLY:
        raise SW.CONDITIONS_NOT_SATISFIED
    present = command.p1 == ENFORCE_PRESENCE
    if present:
        _touched(core, waited)
    proved = struct.pack(">BI", present, core.store.count())
    return proved + credential.sign(application + proved + challenge)


def _usable(credential: Credential) -> bool:
    """Whether U2F supports the algorithm, and the credential needs no user verification."""
    return credential.algorithm is ES256 and credential.protection is not Protection.REQUIRED
