"""ES10c: what the user does with profiles, and ES10a: the addresses of servers.

Each function takes the data object of a command and gives that of its answer.
Spec: GSMA SGP.22, 5.7.2 to 5.7.4 (ES10a), 5.7.15 to 5.7.22 (ES10c).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from applets.shared.der import bits, positions
from vcard import SW, Tlv, tlv
from vcard.tlv import read_tag

from .core import Core
from .inventory import Entry
from .lsi import Mep
from .profile_states import Result, State
from .profiles import Profile, ProfileClass
from .switching import Refused, Switch

INCORRECT_INPUT, UNDEFINED = 1, 127
"""ProfileInfoListError. 11, of version 3, is for remote profile management: never answered."""
NICKNAME_LIMIT, ICCID_SIZE = 64, 10
ICCID, ISDP, STATE, PORT, SIZE = 0x5A, 0x4F, 0x9F70, 0x9F24, 0x9F25
_DEFAULT_TAGS = (ICCID, ISDP, STATE, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95)
_RESET_CLASSES = {
    0: ProfileClass.OPERATIONAL,
    1: ProfileClass.TEST,
    4: ProfileClass.PROVISIONING,
}
RESET_ADDRESS = 2


class Es10c:
    """The functions, by tag, in `commands`. `port` is the one that the command came in on."""

    def __init__(self, core: Core, switch: Switch) -> None:
        self.core = core
        self.switch = switch
        self.commands: dict[int, Callable[[Tlv, int], bytes]] = {
            0xBF3E: self.get_eid,
            0xBF3C: self.get_addresses,
            0xBF3F: self.set_default_address,
            0xBF2D: self.get_profiles,
            0xBF31: self.enable,
            0xBF32: self.disable,
            0xBF33: self.delete,
            0xBF34: self.memory_reset,
            0xBF29: self.set_nickname,
            0xBF43: self.get_rat,
        }

    def get_eid(self, request: Tlv, _port: int) -> bytes:
        """GetEID."""
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
        """GetRAT: policy rules 1 and 2 are allowed to every operator, with the user's consent."""
        anyone = tlv(0x30, tlv(0x80, bytes.fromhex("EEEEEE")))
        rule = tlv(0x30, tlv(0x80, bits(1, 2)), tlv(0xA1, anyone), tlv(0x82, bits(0)))
        return tlv(0xBF43, tlv(0xA0, rule))

    def enable(self, request: Tlv, port: int) -> bytes:
        """EnableProfile."""
        wanted = request.find(0x82)
        try:
            entry, refresh = self._chosen(request.find(0xA0)), _flag(request)
            target = None if wanted is None else _byte(wanted)
            chosen = self.switch.enable(entry, port, target, refresh=refresh)
        except Refused as error:
            return _result(0xBF31, error.result)
        if self.core.mode is Mep.NONE:
            return _result(0xBF31, 0)
        return tlv(0xBF31, tlv(0x80, b"\0"), tlv(0x81, bytes((chosen,))))

    def disable(self, request: Tlv, port: int) -> bytes:
        """DisableProfile."""
        try:
            entry, refresh = self._chosen(request.find(0xA0)), _flag(request)
            self.switch.disable(entry, port, refresh=refresh)
        except Refused as error:
            return _result(0xBF32, error.result)
        return _result(0xBF32, 0)

    def delete(self, request: Tlv, _port: int) -> bytes:
        """DeleteProfile."""
        try:
            self.switch.delete(self._chosen(request))
        except Refused as error:
            return _result(0xBF33, error.result)
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
        """SetNickname: 1 for an unknown ICCID, 127 for a wrong name; an empty one removes it."""
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

    def _chosen(self, where: Tlv | None) -> Entry | None:
        """The profile that 4F or 5A names; Refused (command error) if neither is there."""
        aid = None if where is None else where.find(ISDP)
        iccid = None if where is None else where.find(ICCID)
        if aid is not None and 5 <= len(aid.value) <= 16:
            return self.core.inventory.find(aid=aid.value)
        if iccid is not None and len(iccid.value) == ICCID_SIZE:
            return self.core.inventory.find(iccid=iccid.value)
        raise Refused(Result.COMMAND_ERROR)

    # GetProfilesInfo

    def get_profiles(self, request: Tlv, port: int) -> bytes:
        """GetProfilesInfo: all profiles or those that match, with the fields asked for."""
        criteria, wanted = request.find(0xA0), request.find(0x5C)
        found = list(self.core.inventory)
        if criteria is not None:
            if len(criteria.children) != 1 or criteria.children[0].tag not in (ISDP, ICCID, 0x95):
                return _no_list(INCORRECT_INPUT)
            found = [one for one in found if self._matches(one, criteria.children[0])]
        try:
            tags = None if wanted is None else set(_tags(wanted.value))
        except ValueError:
            return _no_list(INCORRECT_INPUT)
        if self.core.cat.changing(port) and (tags is None or STATE in tags):
            return _no_list(UNDEFINED)  # a state is told when the terminal has done the refresh
        infos = (self._info(one, port, tags) for one in found)
        return tlv(0xBF2D, tlv(0xA0, *infos))

    def _matches(self, entry: Entry, criterion: Tlv) -> bool:
        if criterion.tag == 0x95:
            kind = self.core.inventory.profile(entry.iccid).metadata.profile_class
            return criterion.value == bytes((kind,))
        return criterion.value == (entry.aid if criterion.tag == ISDP else entry.iccid)

    def _info(self, entry: Entry, port: int, tags: set[int] | None) -> bytes:
        """ProfileInfo with its fields in the standard's order."""
        profile = self.core.inventory.profile(entry.iccid)
        fields = self._fields(entry, profile, port)
        if tags is None:
            # 9F24 unasked only where it tells more than the state does: a choice of ours.
            tags = {*_DEFAULT_TAGS, PORT} if entry.port else set(_DEFAULT_TAGS)
        return tlv(0xE3, *(tlv(tag, value) for tag, value in fields if tag in tags))

    def _fields(self, entry: Entry, profile: Profile, port: int) -> list[tuple[int, bytes]]:
        about = profile.metadata
        notify = b"".join(
            tlv(0x30, tlv(0x80, _events(event)), tlv(0x81, address.encode()))
            for event, address in about.notifications
        )
        fields = [
            (ICCID, entry.iccid),
            (ISDP, entry.aid),
            (STATE, bytes((self._shown_enabled(entry, port),))),
            (0x90, entry.nickname.encode()),
            (0x91, about.provider.encode()),
            (0x92, about.name.encode()),
            (0x93, b"" if about.icon_type is None else bytes((about.icon_type,))),
            (0x94, about.icon),
            (0x95, bytes((about.profile_class,))),
            (0xB6, notify),
            (0xB7, about.owner),
            (0x99, _policy(about.policy)),
            (PORT, b"" if entry.port is None or not self.core.mode else bytes((entry.port,))),
            (SIZE, profile.size.to_bytes(4, "big").lstrip(b"\0")),
        ]
        kept = (0x91, 0x92)
        return [(tag, value) for tag, value in fields if value or tag in kept]

    def _shown_enabled(self, entry: Entry, port: int) -> bool:
        """Under MEP-B a profile shows as enabled on its own port only."""
        if self.core.mode is Mep.B:
            return entry.port == port
        return entry.state is State.ENABLED


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
    """The refresh flag: any value but zero means yes, as senders differ in the value."""
    field = request.find(0x81)
    return field is not None and _byte(field) != 0


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _tags(raw: bytes) -> list[int]:
    """The tags of a tag list (5C), one after the other."""
    found, offset = [], 0
    while offset < len(raw):
        tag, offset = read_tag(raw, offset)
        found.append(tag)
    return found


def _events(events: int) -> bytes:
    return bits(*(i for i in range(8) if events & 0x80 >> i))


def _policy(policy: int) -> bytes:
    return bits(*(i for i in range(8) if policy & 0x80 >> i)) if policy else b""


def _reset_options(raw: bytes) -> frozenset[int]:
    """The named bits; pySim leaves out the number of unused ones, which cannot be mistaken."""
    return positions(b"\0" + raw if len(raw) == 1 and raw[0] > 7 else raw)


def _no_list(number: int) -> bytes:
    return tlv(0xBF2D, tlv(0x81, bytes((number,))))


def _result(tag: int, number: int) -> bytes:
    return tlv(tag, tlv(0x80, bytes((number,))))
