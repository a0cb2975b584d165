"""An applet behind a secure channel: it receives plain commands, and its host sends protected ones.

Spec: GlobalPlatform Card Specification 2.3.1, 10 (sessions), E.5; Amendment D, 7.1; Amendment F,
7.5 and 7.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric import ec

from vcard import SW, Applet, Command, Later, Reply, Response, handles

from . import scp11
from .curves import private_key, public_key
from .domain import Opening, Protocol, SecurityDomain
from .host_certificates import HostChain
from .keys import KeyType
from .scp11 import CA_KIDS, VARIANTS, Variant
from .session import Level, Session, has_protected_response

INITIALIZE_UPDATE, PERFORM_SECURITY_OPERATION = 0x50, 0x2A
EXTERNAL_AUTHENTICATE, INTERNAL_AUTHENTICATE = 0x82, 0x88
_MORE_CERTIFICATES = 0x80
AUTHENTICATION_FAILED = SW(0x6300)


@dataclass
class ChannelState:
    """A channel's secure channel: begun (SCP02, SCP03), certificates shown (SCP11), or open."""

    opening: Opening | None = None
    protocol: Protocol | None = None
    chain: HostChain | None = None
    session: Session | None = None


class SecuredApplet(Applet):
    """An applet that a host may reach through a secure channel with the keys of `domain`.

    Each selection begins without a session. A plain command ends one that has a C-MAC, a wrong MAC
    ends it with 6982. Handlers check `secure_session` or `needs_host`.
    """

    secure_messaging = True
    domain: SecurityDomain

    @property
    def secure_session(self) -> Session | None:
        """The session of the channel whose command is handled."""
        return self._state.session

    def needs_host(self) -> Session:
        """The session, if its host has authenticated itself; else raises 6982."""
        session = self.secure_session
        if session is None or not session.host_authenticated:
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        return session

    @property
    def _state(self) -> ChannelState:
        state = self.channel.secure_channel
        if not isinstance(state, ChannelState):
            state = self.channel.secure_channel = ChannelState()
        return state

    def process(self, command: Command) -> Reply:
        """Process a command as any applet; a session unwraps it and wraps the answer."""
        state = self._state
        if command.class_byte.secure:
            return self._protected(command, state)
        if state.session is not None and state.session.level & Level.C_MAC:
            state.session = None
        return super().process(command)

    def _protected(self, command: Command, state: ChannelState) -> Reply:
        session, begun = state.session, state.opening
        if command.ins == EXTERNAL_AUTHENTICATE and (begun or not session):
            return self._external_authenticate(command, state)
        if session is None:
            return SW.SECURITY_STATUS_NOT_SATISFIED
        try:
            plain = session.open(command)
        except SW:
            state.session = None
            raise
        return self._wrapped(session, lambda: super(SecuredApplet, self).process(plain))

    def _wrapped(self, session: Session, work: Callable[[], Reply]) -> Reply:
        """Do the work and protect its reply; a raised status word rolls back its writes."""
        try:
            with self.card.memory.transaction():
                reply = work()
        except SW as raised:
            if not has_protected_response(raised):
                raise
            reply = raised
        if isinstance(reply, Later):
            then = reply.then
            return replace(reply, then=lambda: self._wrapped(session, then))
        response = _response(reply)
        return replace(response, data=session.close(response.data, response.sw))

    # SCP02 and SCP03

    @handles(ins=INITIALIZE_UPDATE, cla=0x80)
    def initialize_update(self, command: Command) -> Reply:
        """INITIALIZE UPDATE: P1 is the key version, the data are the host challenge."""
        if command.p2:
            return SW.INCORRECT_P1_P2
        state = self.channel.secure_channel = ChannelState()
        aid = self.channel.aid
        try:
            state.opening, state.protocol, answer = self.domain.open(command.p1, command.data, aid)
        except SW as refused:
            return self._refused(refused)
        return answer

    def _refused(self, sw: SW) -> SW:
        """Pass on the refusal; once all keys are blocked, restore the factory's (`restores`)."""
        if sw == SW.AUTHENTICATION_BLOCKED and self.domain.restores and self.domain.all_blocked():
            self.domain.restore()
        return sw

    def _external_authenticate(self, command: Command, state: ChannelState) -> Reply:
        """EXTERNAL AUTHENTICATE: P1 is the security level. One failure ends the attempt."""
        begun, protocol = state.opening, state.protocol
        state.opening = state.session = None
        if begun is None or protocol is None:
            return SW.CONDITIONS_NOT_SATISFIED
        if command.p2 or command.p1 not in protocol.levels():
            return SW.INCORRECT_P1_P2
        try:
            state.session = begun.accept(command)
        except SW as error:
            wrong = error == SW.SECURITY_STATUS_NOT_SATISFIED
            return AUTHENTICATION_FAILED if wrong else error
        self.domain.opened(begun.kvn)
        return None

    # SCP11

    @handles(ins=PERFORM_SECURITY_OPERATION, cla=0x80)
    def perform_security_operation(self, command: Command) -> Reply:
        """Process a certificate of the host; P1-P2 name the CA's key, P2 also if more follow.

        The key identifier 00 stands for whichever CA has signed the certificate.
        """
        chain = self._chain(command.p1, command.p2 & ~_MORE_CERTIFICATES, command.data)
        if chain is None:
            return SW.REFERENCED_DATA_NOT_FOUND
        state = self._state
        state.chain = None
        try:
            self.domain.attempt(*chain.reference)
            chain.add(command.data, last=not command.p2 & _MORE_CERTIFICATES)
        except SW as refused:
            return self._refused(refused)
        except ValueError:
            return SW.WRONG_DATA
        self.domain.succeeded(*chain.reference)
        state.chain = chain
        return None

    def _chain(self, kvn: int, kid: int, certificate: bytes) -> HostChain | None:
        """The chain in progress under a CA's key, or a new one; None without that key."""
        begun = self._state.chain
        if begun is not None and begun.key is None and kid in (0, begun.reference[1]):
            return begun
        new = [self._new_chain(each) for each in self.domain.keys.find(kvn or None, kid or None)]
        chains = [chain for chain in new if chain is not None]
        signed = (chain for chain in chains if chain.begins_with(certificate))
        return next(signed, chains[0] if chains else None)

    def _new_chain(self, reference: tuple[int, int]) -> HostChain | None:
        """Begin a chain under a key, if that is the key of a CA."""
        key = self.domain.keys.get(*reference)
        if key is None or key.kind is not KeyType.EC_PUBLIC or reference[1] not in CA_KIDS:
            return None
        allowed = self.domain.records.serials(reference)
        return HostChain(reference, public_key(key.value, key.curve), allowed)

    @handles(ins=EXTERNAL_AUTHENTICATE, cla=0x80)
    def scp11_mutual_authenticate(self, command: Command) -> Reply:
        """Key agreement of SCP11a and c, after the host's certificates."""
        variant = VARIANTS.get(command.p2)
        if variant is None or not variant.host_keys:
            return SW.REFERENCED_DATA_NOT_FOUND
        return self._agree(command, variant)

    @handles(ins=INTERNAL_AUTHENTICATE, cla=0x80)
    def scp11_internal_authenticate(self, command: Command) -> Reply:
        """Key agreement of SCP11b."""
        variant = VARIANTS.get(command.p2)
        if variant is None or variant.host_keys:
            return SW.REFERENCED_DATA_NOT_FOUND
        return self._agree(command, variant)

    def _agree(self, command: Command, variant: Variant) -> Reply:
        state = self._state
        chain = state.chain
        state.chain = state.session = state.opening = None
        key = self.domain.keys.get(command.p1, variant.kid)
        if key is None:
            return SW.REFERENCED_DATA_NOT_FOUND
        host: ec.EllipticCurvePublicKey | None = None if chain is None else chain.key
        try:
            self.domain.attempt(command.p1, variant.kid)
            request = scp11.Request.parse(command.data, variant)
            if variant.host_keys and host is None:
                return SW.CONDITIONS_NOT_SATISFIED
            pair = private_key(key)
            state.session, answer = scp11.agree(request, variant, command.p1, pair, host)
        except SW as refused:
            return self._refused(refused)
        except ValueError:
            return SW.WRONG_DATA
        self.domain.succeeded(command.p1, variant.kid)
        return answer


def _response(reply: Reply) -> Response:
    """Convert a handler's reply to data and status word."""
    if isinstance(reply, Response):
        return reply
    if isinstance(reply, SW):
        return Response(sw=reply)
    assert reply is None or isinstance(reply, bytes)
    return Response(reply or b"")
