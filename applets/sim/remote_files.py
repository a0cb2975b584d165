"""Remote file management: packets that manage the files of a subscription.

A packet's commands run on a channel of their own, and leave the phone's selection unchanged.
Spec: ETSI TS 102 226, 7 (RFM), 8.2.1.3.2.2 (access domains).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.tree import MF, File, Kind, Path
from applets.uicc.arr import RESIZE, ArrRules
from applets.uicc.ota.access_domain import FULL, AccessDomain
from applets.uicc.ota.download import OtaKeys, Target, plain_command
from applets.uicc.ota.scripts import Execute
from applets.uicc.selection import UiccPlace
from vcard import SW, Applet, Command, Later, Response
from vcard.channel import Channel

from .subscription import SubscriptionFiles

CHANNEL = 0
_OUTGOING = frozenset({0xB0, 0xB2, 0xF2, 0x84, 0xC0})
_ADMINISTRATIVE = Mode.CREATE_EF | Mode.CREATE_DF
_ALWAYS_ADMINISTRATIVE = Mode.DELETE | Mode.TERMINATE | RESIZE


@dataclass(frozen=True, slots=True)
class Access:
    """The access domains of a directory tree: for its files' contents, and for administration."""

    contents: AccessDomain = FULL
    administration: AccessDomain = FULL

    def to(self, file: File, mode: Mode) -> AccessDomain:
        """The access domain that applies to an operation."""
        creating = file.kind is Kind.DF and mode & _ADMINISTRATIVE
        return self.administration if creating or mode & _ALWAYS_ADMINISTRATIVE else self.contents


@dataclass(frozen=True, slots=True)
class Reach:
    """The files that a packet's application may access: the card's, and those of one ADF.

    Commands start in that ADF, or in the MF if there is none.
    """

    card: Access = Access()
    adf: Access = Access()
    start: Callable[[SubscriptionFiles], Path] = lambda _: (MF,)


class RemoteFiles(SubscriptionFiles):
    """The files under remote management: access domains replace verified PINs.

    With full access every PIN counts as verified; forbidden operations stay forbidden.
    """

    def __init__(self, files: SubscriptionFiles, reach: Reach) -> None:
        super().__init__(files.subscription, files.section)
        for pin in self.pins:
            pin.pin.verified = True
        self.start = reach.start(self)
        self.access = RemoteRules(self, reach)


class RemoteRules(ArrRules):
    """The access rules of the files, by access domains."""

    def __init__(self, files: RemoteFiles, reach: Reach) -> None:
        super().__init__(files, files.pins.satisfied)
        self._pins, self._start, self._reach = files.pins, files.start, reach

    def permits(self, file: File, mode: Mode) -> bool:
        """Whether the access domain suffices for an operation."""
        inside = len(self._start) > 1 and file.path[: len(self._start)] == self._start
        domain = (self._reach.adf if inside else self._reach.card).to(file, mode)
        if domain.nothing:
            return False
        known = self._pins.satisfied(file.path)
        off = {one for one in known if not self._pins.find(one, file.path).enabled}
        return self.condition(file, mode).met(off | domain.verified(known))


def file_target(
    application: Applet,
    files: Callable[[int], SubscriptionFiles],
    reach: Reach,
    level: int,
    keys: OtaKeys | None = None,
) -> Target:
    """Make the target for remote file management of `reach`; `level` and `keys` are Target's."""

    def session(port: int, version: int) -> Execute:  # noqa: ARG001 - a session's shape
        shown = RemoteFiles(files(port), reach)
        adf = shown.start if shown.start != (MF,) else None
        channel = Channel(CHANNEL, port)
        channel.applet, channel.session = application, UiccPlace(shown, df=shown.start, adf=adf)
        return executed(application, channel)

    return Target(session, _OUTGOING, level, keys)


def executed(applet: Applet, channel: Channel) -> Execute:
    """Run commands on a channel hidden from phones; then the applet returns to its own channel."""

    def execute(command: Command) -> tuple[bytes, SW]:
        before = getattr(applet, "channel", None)
        applet.channel = channel
        try:
            reply = applet.process(plain_command(command))
        except SW as word:
            reply = word
        finally:
            if before is not None:
                applet.channel = before
        while isinstance(reply, Later):
            reply = reply.then()
        if isinstance(reply, SW):
            return b"", reply
        if isinstance(reply, Response):
            return reply.data, reply.sw
        return reply or b"", SW.OK

    return execute
