"""GetProfilesInfo: list the profiles of a card that match the caller's criteria.

Spec: GSMA SGP.22, 5.7.15 (version 2: ES10c; SGP.32, 5.9.14: ES10b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from applets.shared.der import bits
from vcard import Tlv, tlv
from vcard.tlv import read_tag

from .core import Core
from .inventory import Entry
from .lsi import Mep
from .profile_states import State
from .profiles import Profile

PROFILES_INFO = 0xBF2D
INCORRECT_INPUT, CHANGE_ONGOING, UNDEFINED = 1, 11, 127
"""ProfileInfoListError. SGP.22 has 11 for remote profile management alone, SGP.32 for packages."""
ICCID, ISDP, STATE, CLASS = 0x5A, 0x4F, 0x9F70, 0x95
PORT, SIZE, PRIVILEGES = 0x9F24, 0x9F25, 0xBF76
DEFAULT_TAGS = (ICCID, ISDP, STATE, 0x90, 0x91, 0x92, 0x93, 0x94, CLASS)
_EVEN_EMPTY = (0x91, 0x92)

Field = tuple[int, bytes]


def _nothing(entry: Entry, profile: Profile) -> Iterable[Field]:  # noqa: ARG001 - see `further`
    return ()


class ProfilesInfo:
    """GetProfilesInfo. `further` adds fields after those of SGP.22.

    `ongoing` is the error when states are requested while a REFRESH is pending.
    """

    def __init__(
        self,
        core: Core,
        *,
        default: Sequence[int] = DEFAULT_TAGS,
        further: Callable[[Entry, Profile], Iterable[Field]] = _nothing,
        ongoing: int = UNDEFINED,
    ) -> None:
        self.core, self.default, self.further, self.ongoing = core, default, further, ongoing

    def get(self, request: Tlv, port: int) -> bytes:
        """GetProfilesInfo: all profiles or those that match, with the requested fields.

        Error 1 for a wrong criterion or tag list.
        """
        wanted = request.find(0x5C)
        try:
            found = self._chosen(request.find(0xA0))
            tags = None if wanted is None else set(_tags(wanted.value))
        except ValueError:
            return error(INCORRECT_INPUT)
        if self.core.cat.changing(port) and (tags is None or STATE in tags):
            return error(self.ongoing)
        infos = (self._info(one, port, tags) for one in found)
        return tlv(PROFILES_INFO, tlv(0xA0, *infos))

    def _chosen(self, criteria: Tlv | None) -> list[Entry]:
        """The profiles that match; ValueError unless there is one criterion, of a known kind."""
        if criteria is None:
            return list(self.core.inventory)
        (criterion,) = criteria.children
        if criterion.tag not in (ISDP, ICCID, CLASS):
            raise ValueError(f"{criterion.tag:X} is no criterion")
        return [one for one in self.core.inventory if self._matches(one, criterion)]

    def _matches(self, entry: Entry, criterion: Tlv) -> bool:
        if criterion.tag == CLASS:
            kind = self.core.inventory.profile(entry.iccid).metadata.profile_class
            return criterion.value == bytes((kind,))
        return criterion.value == (entry.aid if criterion.tag == ISDP else entry.iccid)

    def _info(self, entry: Entry, port: int, tags: set[int] | None) -> bytes:
        """ProfileInfo, its fields in the standard's order."""
        profile = self.core.inventory.profile(entry.iccid)
        fields = [*self._fields(entry, profile, port), *self.further(entry, profile)]
        if tags is None:
            # Our choice: 9F24 is sent unrequested only where it says more than the state does.
            tags = {*self.default, PORT} if entry.port else set(self.default)
        return tlv(0xE3, *(tlv(tag, value) for tag, value in fields if tag in tags))

    def _fields(self, entry: Entry, profile: Profile, port: int) -> list[Field]:
        about = profile.metadata
        notify = b"".join(
            tlv(0x30, tlv(0x80, _byte_bits(event)), tlv(0x81, address.encode()))
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
            (CLASS, bytes((about.profile_class,))),
            (0xB6, notify),
            (0xB7, about.owner),
            (0x99, _byte_bits(about.policy) if about.policy else b""),
            (PRIVILEGES, about.privileges),
            (PORT, b"" if entry.port is None or not self.core.mode else bytes((entry.port,))),
            (SIZE, profile.size.to_bytes(4, "big").lstrip(b"\0")),
        ]
        return [(tag, value) for tag, value in fields if value or tag in _EVEN_EMPTY]

    def _shown_enabled(self, entry: Entry, port: int) -> bool:
        """Under MEP-B a profile shows as enabled on its own port only."""
        if self.core.mode is Mep.B:
            return entry.port == port
        return entry.state is State.ENABLED


def error(number: int) -> bytes:
    """ProfileInfoListError."""
    return tlv(PROFILES_INFO, tlv(0x81, bytes((number,))))


def _tags(raw: bytes) -> list[int]:
    """Parse a tag list (the contents of 5C); ValueError if a tag is cut short."""
    found, offset = [], 0
    while offset < len(raw):
        tag, offset = read_tag(raw, offset)
        found.append(tag)
    return found


def _byte_bits(byte: int) -> bytes:
    """A BIT STRING with the bits of one byte."""
    return bits(*(i for i in range(8) if byte & 0x80 >> i))
