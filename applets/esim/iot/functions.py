"""The functions of SGP.32, by tag, and those of SGP.22 that an IPA may not call.

Spec: GSMA SGP.32, 5.9 (ES10a, ES10b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from applets.shared.der import integer, positions
from vcard import Section, Tlv, tlv
from vcard.tlv import parse_all

from ..core import Core
from ..es10b import Es10b
from ..inventory import Entry
from ..profiles import Profile, ProfileClass
from ..profiles_info import CHANGE_ONGOING, DEFAULT_TAGS, Field, ProfilesInfo
from ..switching import Switch
from .associated import AssociatedEims, Refused
from .packages import Packages
from .profile_operations import ProfileOperations, set_default_address
from .recovery import Installed, Recovery
from .results import PackageResults
from .versions import UNDEFINED, EimResult, IotVersion, MemoryReset, Operation

Function = Callable[[Tlv, int], bytes]
OF_A_USER = frozenset((0xBF29, 0xBF31, 0xBF32, 0xBF33, 0xBF34))
"""Functions of ES10c: in SGP.32 an eIM's packages do this."""
FALLBACK, FALLBACK_ALLOWED = 0x9F26, 0x9F67
NO_EMERGENCY_PROFILE, NOT_ENABLED, NO_PARAMETERS = 8, 2, 1
INVALID_ISSUER = 1
_CLASSES = {
    MemoryReset.OPERATIONAL: ProfileClass.OPERATIONAL,
    MemoryReset.TEST: ProfileClass.TEST,
    MemoryReset.PROVISIONING: ProfileClass.PROVISIONING,
}


class IotFunctions:
    """The functions that SGP.32 adds to those of SGP.22."""

    def __init__(
        self,
        core: Core,
        *,
        version: IotVersion,
        memory: Section,
        switch: Switch,
        es10b: Es10b,
        installed: Callable[[], Installed | None],
    ) -> None:
        self.core, self.version, self.switch = core, version, switch
        self.eims = AssociatedEims(memory, core.issuers)
        self.results = PackageResults(core, memory, es10b)
        self.recovery = Recovery(
            core,
            version=version,
            memory=memory,
            switch=switch,
            eims=self.eims,
            results=self.results,
            installed=installed,
        )
        operations = ProfileOperations(
            core,
            version=version,
            switch=switch,
            profiles=self._profiles(version.default_tags),
            recovery=self.recovery,
        )
        self.packages = Packages(
            core,
            version=version,
            eims=self.eims,
            results=self.results,
            recovery=self.recovery,
            profiles=operations,
        )
        self.commands = self._commands()

    def _profiles(self, tags: tuple[int, ...]) -> ProfilesInfo:
        return ProfilesInfo(self.core, default=tags, further=self._further, ongoing=CHANGE_ONGOING)

    def _commands(self) -> dict[int, Function]:
        recovery = self.recovery
        found: dict[int, Function] = {
            0xBF2B: self.results.retrieve,
            0xBF2D: self._profiles(DEFAULT_TAGS).get,
            0xBF30: self.results.remove,
            0xBF51: self.packages.load,
            0xBF55: self.get_eims,
            0xBF56: self.get_certificates,
            0xBF57: self.add_initial_eims,
            0xBF58: recovery.roll_back,
            0xBF59: recovery.configure,
            0xBF5A: recovery.enable_immediately,
            self.version.reset: self.memory_reset,
        }
        if self.version.fallback:
            found |= {
                0xBF5B: lambda _request, _port: _answer(0xBF5B, NO_EMERGENCY_PROFILE),
                0xBF5C: lambda _request, _port: _answer(0xBF5C, NOT_ENABLED),
                0xBF5D: recovery.execute_fallback,
                0xBF5E: recovery.return_from_fallback,
                0xBF5F: lambda _request, _port: tlv(0xBF5F, tlv(0x81, bytes((NO_PARAMETERS,)))),
                0xBF65: lambda request, _port: set_default_address(self.core, request),
            }
        return found

    def merged(self, functions: Mapping[int, Function], *, lenient: bool) -> dict[int, Function]:
        """Return all functions of the card; a lenient card keeps those of ES10c."""
        kept = {
            tag: function for tag, function in functions.items() if lenient or tag not in OF_A_USER
        }
        return {**kept, **self.commands}

    def _further(self, entry: Entry, profile: Profile) -> Iterable[Field]:
        """The fields of ProfileInfo that SGP.32 adds."""
        if not self.version.fallback:
            return
        spare = self.recovery.fallback
        if spare is not None and spare.iccid == entry.iccid:
            yield FALLBACK, b"\xff"
        if profile.metadata.fallback_allowed:
            yield FALLBACK_ALLOWED, b"\xff"

    def get_eims(self, request: Tlv, _port: int) -> bytes:
        """GetEimConfigurationData: of all eIMs, or of the one that is named."""
        wanted = request.find(0xA0, 0x80)
        found = [one for one in self.eims if wanted is None or one.identifier == wanted.value]
        return tlv(0xBF55, tlv(0xA0, *(one.configuration for one in found)))

    def get_certificates(self, request: Tlv, _port: int) -> bytes:
        """GetCerts: of the EUM and the eUICC; 1 for a CI that the card does not sign under."""
        wanted = request.find(0x80)
        if wanted is not None and wanted.value != next(iter(self.core.issuers)):
            return tlv(0xBF56, tlv(0x81, bytes((INVALID_ISSUER,))))
        eum, euicc = (Tlv.parse(one).value for one in (self.core.eum, self.core.euicc.der))
        return tlv(0xBF56, tlv(0xA0, tlv(0xA5, eum), tlv(0xA6, euicc)))

    def add_initial_eims(self, request: Tlv, _port: int) -> bytes:
        """AddInitialEim: all of them or none, and only while there is no other eIM."""
        configured = request.find(0xA0)
        result = EimResult.ALREADY_EXISTS
        if not len(self.eims):
            try:
                added = self._added(b"" if configured is None else configured.value)
                return tlv(0xBF57, tlv(0xA0, *added))
            except Refused as refused:
                self.eims.clear()
                result = refused.result
        known = self.version.result(Operation.ADD_INITIAL_EIM, result)
        return tlv(0xBF57, tlv(0x81, bytes((known,))))

    def _added(self, raw: bytes) -> list[bytes]:
        """Add eIMs: an empty object, or the token, of each. Raises Refused at the first fault."""
        try:
            fields = [one.children if one.tag == 0x30 else [] for one in parse_all(raw)]
        except ValueError:
            fields = []
        added = [self.eims.add(one) for one in fields or [[]]]
        return [tlv(0x05) if one.token is None else tlv(0x84, integer(one.token)) for one in added]

    def memory_reset(self, request: Tlv, _port: int) -> bytes:
        """EuiccMemoryReset, with a result each for profiles, eIMs and immediate enabling."""
        options = request.find(0x82)
        if options is None:
            return self._reset_answer(UNDEFINED)
        wanted = {
            option
            for bit, option in self.version.reset_options.items()
            if bit in positions(options.value)
        }
        if self.core.cat.busy(0):
            return self._reset_answer(5)
        done = self.switch.reset(frozenset(_CLASSES[one] for one in wanted & _CLASSES.keys()))
        if MemoryReset.ADDRESS in wanted and self.core.inventory.server:
            self.core.inventory.server = ""
            done += 1
        more = []
        if MemoryReset.EIMS in wanted:
            more.append(tlv(0x81, b"\0" if self.eims.clear() else b"\1"))
        if MemoryReset.IMMEDIATE in wanted:
            self.recovery.reset_immediate()
            more.append(tlv(0x82, b"\0"))
        profiles = wanted - {MemoryReset.EIMS, MemoryReset.IMMEDIATE}
        return self._reset_answer(0 if done or not profiles else 1, *more)

    def _reset_answer(self, number: int, *more: bytes) -> bytes:
        return tlv(self.version.reset, tlv(self.version.reset_result, bytes((number,))), *more)


def _answer(tag: int, number: int) -> bytes:
    return tlv(tag, tlv(0x80, bytes((number,))))
