"""ES10c, the user's functions for profiles, and ES10a, the addresses of servers.

Each function takes the data object of a command and returns that of its answer.
Spec: GSMA SGP.22, 5.7.2 to 5.7.4 (ES10a), 5.7.15 to 5.7.22 (ES10c).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from applets.shared.der import positions
from vcard import SW, Tlv, tlv

from .core import Core
from .euicc_info import rules_authorisation_table
from .inventory import Entry
from .lsi import Mep
from .profile_states import Action, Result
from .profiles import ProfileClass
from .profiles_info import ProfilesInfo
from .switching import Refused, Switch

UNDEFINED = 127
NICKNAME_LIMIT, ICCID_SIZE = 64, 10
ICCID, ISDP = 0x5A, 0x4F
_RESET_CLASSES = {
    0: ProfileClass.OPERATIONAL,
    1: ProfileClass.TEST,
    4: ProfileClass.PROVISIONING,
}
RESET_ADDRESS = 2


class Es10c:
    """The functions, by tag, in `commands`. Their `port` is the one that carried the command."""

    def __init__(self, core: Core, switch: Switch, profiles: ProfilesInfo) -> None:
        self.core = core
        self.switch = switch
        self._number = core.config.version.number
        self.commands: dict[int, Callable[[Tlv, int], bytes]] = {
            0xBF3E: self.get_eid,
            0xBF3C: self.get_addresses,
            0xBF3F: self.set_default_address,
            0xBF2D: profiles.get,
            0xBF31: self.enable,
            0xBF32: self.disable,
            0xBF33: self.delete,
            0xBF34: self.memory_reset,
            0xBF29: self.set_nickname,
            0xBF43: self.get_rat,
        }

    def get_eid(self, request: Tlv, _port: int) -> bytes:
        """GetEID; 6A80 unless the tag list names 5A."""
        wanted = request.find(0x5C)
        if wanted is None or wanted.value != b"\x5a":
            raise SW.WRONG_DATA
        return tlv(0xBF3E, tlv(ICCID, bytes.fromhex(self.core.eid)))

    def get_addresses(self, _request: Tlv, _port: int) -> bytes:
        """GetEuiccConfiguredAddresses (ES10a)."""
        default = self.core.inventory.server
        parts = [tlv(0x80, default.encode())] if default else []
        return tlv(0xBF3C, *parts, tlv(0x81, self.core.config.root_ds.encode()))

    def set_default_address(self, request: Tlv, _port: int) -> bytes:
        """SetDefaultDpAddress (ES10a): an empty address clears it; 127 if it is no text."""
        address = _text(_needed(request, 0x80).value)
        if address is None:
            return _result(0xBF3F, UNDEFINED)
        self.core.inventory.server = address
        return _result(0xBF3F, 0)

    def get_rat(self, _request: Tlv, _port: int) -> bytes:
        """GetRAT."""
        return tlv(0xBF43, tlv(0xA0, rules_authorisation_table(self.core.config.allowed_policy)))

    def enable(self, request: Tlv, port: int) -> bytes:
        """EnableProfile."""
        try:
            entry, refresh = self._chosen(request.find(0xA0)), _flag(request)
            chosen = self.switch.enable(entry, port, self._target(request), refresh=refresh)
        except Refused as error:
            return _result(0xBF31, self._number(Action.ENABLE, error.result))
        if self.core.mode is Mep.NONE:
            return _result(0xBF31, 0)
        return tlv(0xBF31, tlv(0x80, b"\0"), tlv(0x81, bytes((chosen,))))

    def disable(self, request: Tlv, port: int) -> bytes:
        """DisableProfile."""
        try:
            entry, refresh = self._chosen(request.find(0xA0)), _flag(request)
            self.switch.disable(entry, port, refresh=refresh)
        except Refused as error:
            return _result(0xBF32, self._number(Action.DISABLE, error.result))
        return _result(0xBF32, 0)

    def delete(self, request: Tlv, _port: int) -> bytes:
        """DeleteProfile."""
        try:
            self.switch.delete(self._chosen(request))
        except Refused as error:
            return _result(0xBF33, self._number(Action.DELETE, error.result))
        return _result(0xBF33, 0)

    def memory_reset(self, request: Tlv, _port: int) -> bytes:
        """EuiccMemoryReset; 1: nothing to delete, 5: a proactive session, 127: no options."""
        options = request.find(0x82)
        if options is None:
            return _result(0xBF34, UNDEFINED)
        wanted = _reset_options(options.value)
        if self.core.cat.busy(*range(self.core.interfaces)):
            return _result(0xBF34, Result.CAT_BUSY)
        done = self.switch.reset(
            frozenset(kind for bit, kind in _RESET_CLASSES.items() if bit in wanted)
        )
        if RESET_ADDRESS in wanted and self.core.inventory.server:
            self.core.inventory.server = ""
            done += 1
        return _result(0xBF34, 0 if done else 1)

    def set_nickname(self, request: Tlv, _port: int) -> bytes:
        """SetNickname: 1 for an unknown ICCID, 127 for a wrong name; an empty one removes it.

        6A80 if a field is missing, or the ICCID has not 10 bytes.
        """
        iccid, name = _needed(request, ICCID).value, _text(_needed(request, 0x90).value)
        if len(iccid) != ICCID_SIZE:
            raise SW.WRONG_DATA
        if name is None or len(name) > NICKNAME_LIMIT:
            return _result(0xBF29, UNDEFINED)
        entry = self.core.inventory.find(iccid=iccid)
        if entry is None:
            return _result(0xBF29, Result.NOT_FOUND)
        self.core.inventory.put(replace(entry, nickname=name))
        return _result(0xBF29, 0)

    def _target(self, request: Tlv) -> int | None:
        """The port that the command names; None in versions that have no such field."""
        wanted = request.find(0x82)
        return _byte(wanted) if wanted is not None and self.core.config.version.ports else None

    def _chosen(self, where: Tlv | None) -> Entry | None:
        """The profile that 4F or 5A names; Refused if neither is there, or its length is wrong."""
        if where is None:
            raise Refused(Result.COMMAND_ERROR)
        aid, iccid = where.find(ISDP), where.find(ICCID)
        if aid is None and iccid is None:
            raise Refused(Result.COMMAND_ERROR)
        if aid is not None and 5 <= len(aid.value) <= 16:
            return self.core.inventory.find(aid=aid.value)
        if iccid is not None and len(iccid.value) == ICCID_SIZE:
            return self.core.inventory.find(iccid=iccid.value)
        raise Refused(self.core.config.version.no_identifier)


def _needed(request: Tlv, tag: int) -> Tlv:
    """A field that must be there; 6A80 if it is not."""
    found = request.find(tag)
    if found is None:
        raise SW.WRONG_DATA
    return found


def _byte(field: Tlv) -> int:
    if len(field.value) != 1:
        raise Refused(Result.COMMAND_ERROR)
    return field.value[0]


def _flag(request: Tlv) -> bool:
    """The refresh flag. Any value but zero means yes: senders do not agree on one (FF or 01)."""
    field = request.find(0x81)
    return field is not None and _byte(field) != 0


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _reset_options(raw: bytes) -> frozenset[int]:
    """The named bits. Without the number of unused bits, as pySim sends it, they are as clear."""
    return positions(b"\0" + raw if len(raw) == 1 and raw[0] > 7 else raw)


def _result(tag: int, number: int) -> bytes:
    return tlv(tag, tlv(0x80, bytes((number,))))
