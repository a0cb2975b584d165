"""A bound profile package as it streams in: secure channel, metadata, profile elements.

The pieces may be cut anywhere. Nothing is written to the memory until the last byte has arrived and
been verified; then one transaction writes the profile and the report of its installation.
Spec: GSMA SGP.22, 2.5.4 (bound profile package), 5.5 (ES8+), 5.7.6 (result of an installation).
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import replace
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vcard import Tlv, tlv

from .. import saip
from ..certificates import Server
from ..core import Core
from ..notifications import Notification, metadata
from ..profiles import Event, Metadata, Profile, ProfileClass
from ..signatures import SIGNATURE, signature_object
from .bsp import KEY_LENGTH, KEY_TYPE_AES, Bsp, shared_secret
from .metadata import parse_metadata, profile_class
from .tlv_stream import Stream

log = logging.getLogger("applets.esim")

ONE_TIME_KEY = 0x5F49
INSTALL = 1
PROPRIETARY_LIMIT = 128
"""Longest proprietary data of the server in bytes, with tag and length."""


class Step(IntEnum):
    """BppCommandId: the command in progress."""

    SECURE_CHANNEL = 0
    CONFIGURE = 1
    METADATA = 2
    METADATA_2 = 3
    REPLACE_KEYS = 4
    ELEMENTS = 5


class Reason(IntEnum):
    """ErrorReason of a failed installation."""

    INPUT = 1
    SIGNATURE = 2
    TRANSACTION_ID = 3
    CRT_VALUES = 4
    OPERATION = 5
    CLASS = 6
    STRUCTURE = 7
    SECURITY = 8
    ICCID_EXISTS = 9
    MEMORY = 10
    INTERRUPTED = 11
    ELEMENT = 12
    MISMATCH = 13
    TEST_KEY = 14
    POLICY = 15
    UNDEFINED = 127


NEVER = {Reason.UNDEFINED: "a fault of the card itself is answered with 6F00 or 6581"}
"""Reasons that this card never returns, and why."""


class InstallError(Exception):
    """A failed installation: step, reason, and simaResponse if there is one."""

    def __init__(self, step: Step, reason: Reason, response: bytes = b"") -> None:
        super().__init__(step, reason)
        self.step, self.reason, self.response = step, reason, response


class BoundPackage:
    """The bound package of one session."""

    def __init__(
        self,
        core: Core,
        transaction: bytes,
        address: str,
        binder: Server,
        key: ec.EllipticCurvePrivateKey,
    ) -> None:
        self.core, self.transaction, self.address = core, transaction, address
        self.binder, self.key = binder, key
        self._stream = Stream()
        self._about: Metadata | None = None
        self._warnings: Sequence[saip.Finding] = ()
        self._step = Step.SECURE_CHANNEL
        self._taken = self._size = 0
        self._work = self._process()
        next(self._work)

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes received so far, and the total."""
        return min(self._taken, self._size), self._size

    def feed(self, data: bytes) -> bytes:
        """Process a piece; return ProfileInstallationResult at the end or at the first error."""
        if data[:2] == b"\xbf\x36" and (self._step is not Step.SECURE_CHANNEL or self._stream):
            return self._failed(InstallError(self._step, Reason.INTERRUPTED))
        self._stream.add(data)
        self._taken += len(data)
        try:
            next(self._work)
        except StopIteration as end:
            profile: Profile = end.value
            return self._installed(profile)
        except InstallError as error:
            return self._failed(error)
        except ValueError:
            first = self._step is Step.SECURE_CHANNEL  # not protected yet: no structure of BSP
            reason = Reason.INPUT if first else Reason.STRUCTURE
            return self._failed(InstallError(self._step, reason))
        return b""

    def _process(self) -> Generator[None, None, Profile]:
        yield
        self._size = yield from self._stream.header(0xBF36)
        bsp = self._secure_channel(Tlv.parse((yield from self._stream.object(0xBF23))))
        self._step = Step.CONFIGURE
        yield from self._stream.header(0xA0)
        self._configure(self._expect(bsp, (yield from self._stream.object(0x87)), 0xBF24))
        self._step = Step.METADATA
        self._about = self._metadata((yield from self._segments(bsp, 0xA1, 0x88)))
        self._step = Step.REPLACE_KEYS
        if (yield from self._stream.peek()) == 0xA2:
            yield from self._stream.header(0xA2)
            bsp = self._replaced(self._expect(bsp, (yield from self._stream.object(0x87)), 0xBF26))
        self._step = Step.ELEMENTS
        elements = yield from self._segments(bsp, 0xA3, 0x86)
        return self._profile(self._about, elements)

    def _segments(self, bsp: Bsp, outer: int, inner: int) -> Generator[None, None, bytes]:
        """Decrypt all segments in `outer` and join them."""
        left = yield from self._stream.header(outer)
        opened = bytearray()
        while left > 0:
            segment = yield from self._stream.object(inner)
            left -= len(segment)
            opened += self._opened(bsp, segment, encrypted=inner != 0x88)
            if len(opened) > self.core.free_memory:
                raise InstallError(self._step, Reason.MEMORY)
        if left:
            raise InstallError(self._step, Reason.STRUCTURE)
        return bytes(opened)

    def _opened(self, bsp: Bsp, segment: bytes, *, encrypted: bool) -> bytes:
        try:
            return bsp.open(segment, encrypted=encrypted)
        except ValueError:
            raise InstallError(self._step, Reason.SECURITY) from None

    def _expect(self, bsp: Bsp, segment: bytes, tag: int) -> Tlv:
        found = Tlv.parse(self._opened(bsp, segment, encrypted=True))
        if found.tag != tag:
            raise InstallError(self._step, Reason.INPUT)
        return found

    # Contents of the parts

    def _secure_channel(self, request: Tlv) -> Bsp:
        """InitialiseSecureChannel: the session keys. Spec: SGP.22, 5.5.1."""
        fields = {part.tag: part for part in request.children}
        if not {0x82, 0x80, 0xA6, ONE_TIME_KEY, SIGNATURE} <= fields.keys():
            raise InstallError(self._step, Reason.INPUT)
        if fields[0x80].value != self.transaction:
            raise InstallError(self._step, Reason.TRANSACTION_ID)
        if fields[0x82].value != bytes((INSTALL,)):
            raise InstallError(self._step, Reason.OPERATION)
        own = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        signed = b"".join(bytes(fields[tag]) for tag in (0x82, 0x80, 0xA6, ONE_TIME_KEY))
        if not self.binder.signed(fields[SIGNATURE].value, signed + tlv(ONE_TIME_KEY, own)):
            raise InstallError(self._step, Reason.SIGNATURE)
        template = {part.tag: part.value for part in fields[0xA6].children}
        if (template.get(0x80), template.get(0x81)) != (
            bytes((KEY_TYPE_AES,)),
            bytes((KEY_LENGTH,)),
        ):
            raise InstallError(self._step, Reason.CRT_VALUES)
        try:
            secret = shared_secret(self.key, fields[ONE_TIME_KEY].value)
        except ValueError:
            raise InstallError(self._step, Reason.INPUT) from None
        return Bsp.derive(secret, template.get(0x84, b""), bytes.fromhex(self.core.eid))

    def _configure(self, request: Tlv) -> None:
        """ConfigureISDP: store the server's proprietary data. Spec: SGP.22, 5.5.2."""
        proprietary = request.find(0xB8)
        if proprietary is not None and len(bytes(proprietary)) > PROPRIETARY_LIMIT:
            raise InstallError(self._step, Reason.INPUT)

    def _metadata(self, raw: bytes) -> Metadata:
        """StoreMetadata. Spec: SGP.22, 2.9.3.1 and 5.5.3."""
        try:
            request = Tlv.parse(raw)
            if profile_class(request) not in self.core.config.classes:
                raise InstallError(self._step, Reason.CLASS)
            about = parse_metadata(request)
        except ValueError:
            raise InstallError(self._step, Reason.INPUT) from None
        wrong = about.policy & ~self.core.config.allowed_policy
        if wrong or (about.policy and not about.owner):
            raise InstallError(self._step, Reason.POLICY)
        if self.core.inventory.find(iccid=about.iccid) is not None:
            raise InstallError(self._step, Reason.ICCID_EXISTS)
        return about

    def _replaced(self, request: Tlv) -> Bsp:
        """ReplaceSessionKeys. Spec: SGP.22, 5.5.4."""
        keys = {part.tag: part.value for part in request.children}
        chain, enc, mac = (keys.get(tag, b"") for tag in (0x80, 0x81, 0x82))
        if (len(chain), len(enc), len(mac)) != (16, 16, 16):
            raise InstallError(self._step, Reason.INPUT)
        return Bsp(enc, mac, chain)

    def _profile(self, about: Metadata, elements: bytes) -> Profile:
        """Decode the elements; the profile gets the metadata of the package."""
        core = self.core
        try:
            package = saip.read_package(
                elements,
                provided=core.config.services,
                room=core.free_memory,
                lenient=core.config.lenient,
            )
        except saip.PackageError as error:
            raise self._refused(error.finding) from None
        for warning in package.warnings:
            log.warning("left out of a profile package: %s", warning)
        self._warnings = package.warnings
        profile = package.profile
        if profile.iccid != about.iccid:
            raise InstallError(self._step, Reason.MISMATCH)
        test = about.profile_class is ProfileClass.TEST
        if test and not all(aka.for_tests for aka in profile.subscription.secrets):
            raise InstallError(self._step, Reason.TEST_KEY)
        return replace(profile, metadata=about)

    def _refused(self, finding: saip.Finding) -> InstallError:
        """Log why a package cannot be installed, and make the error."""
        log.warning("a profile package is refused: %s", finding)
        memory = finding.status is saip.Status.NOT_ENOUGH_MEMORY
        reason = Reason.MEMORY if memory else Reason.ELEMENT
        return InstallError(self._step, reason, saip.response([finding], aborted=True))

    # The result

    def _installed(self, profile: Profile) -> bytes:
        entry = self.core.inventory.add(profile)
        response = saip.response(self._warnings, aborted=False)
        result = self._report(tlv(0xA0, tlv(0x4F, entry.aid), tlv(0x04, response)), profile.iccid)
        self.core.notifications.report(profile.metadata, Event.INSTALL, but=self.address)
        self.core.happened("downloaded", entry)
        return result

    def _failed(self, error: InstallError) -> bytes:
        self._work.close()
        iccid = b"" if self._about is None else self._about.iccid
        codes = tlv(0x80, bytes((error.step,))) + tlv(0x81, bytes((error.reason,)))
        response = tlv(0x82, error.response) if error.response else b""
        return self._report(tlv(0xA1, codes, response), iccid)

    def _report(self, outcome: bytes, iccid: bytes) -> bytes:
        """Sign ProfileInstallationResult and keep it as a notification."""
        notifications = self.core.notifications
        number = notifications.next_number()
        data = tlv(
            0xBF27,
            tlv(0x80, self.transaction),
            metadata(number, Event.INSTALL, self.address, iccid),
            tlv(0x06, self.binder.oid_bytes),
            tlv(0xA2, outcome),
        )
        result = tlv(0xBF37, data, signature_object(self.core.euicc.key, data))
        notifications.keep(Notification(number, Event.INSTALL, self.address, iccid, result))
        return result
