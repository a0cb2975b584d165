"""Failed downloads: the right code, an unchanged card, and a working next download."""

from dataclasses import replace

import pytest
from cryptography import x509

from applets.esim import Config, Euicc, Pki
from applets.esim.download.package import Reason, Step
from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START
from applets.esim.pki.issuing import DP_PB, Plan, issue
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import RefusedError, Smdp, other_pki

EID = numbered(1)
PKI = Pki.demo(EID)
REJECTED, POSTPONED = 0, 1


@pytest.fixture
def lpa():
    return Lpa(Euicc(eid=EID, pki=PKI)).start()


def state(lpa, *, reports):
    """All that lasts on a card, but for the reports of installations that failed."""
    snapshot = lpa.card.memory.snapshot()
    there = {name: value for name, value in snapshot.items() if "notification" not in name}
    return there, [one[0] for one in lpa.notifications()][reports:], lpa.card.core.free_memory


def outcome(answer):
    failed = answer.find(0xBF27, 0xA2, 0xA1)
    return failed.find(0x80).value[0], failed.find(0x81).value[0]


def pieces_of(lpa, server):
    return server.bound_package(bytes(lpa.prepare(server, lpa.authenticate(server))))


def then_it_works(lpa):
    assert lpa.download(Smdp(PKI)).find(0xBF27, 0xA2, 0xA0)
    assert len(lpa.profiles()) == 1


def test_the_same_profile_twice(lpa):
    lpa.download(Smdp(PKI))
    before = state(lpa, reports=0)
    expected = (Step.METADATA, Reason.ICCID_EXISTS)
    assert outcome(lpa.download(Smdp(PKI))) == expected
    there, (first, second), free = state(lpa, reports=0)
    assert (there, [first], free) == before
    assert second == first + 1


KINDS = {
    "channel": (0, Step.SECURE_CHANNEL, Reason.SIGNATURE),
    "configuration": (1, Step.CONFIGURE, Reason.SECURITY),
    "metadata": (3, Step.METADATA, Reason.SECURITY),
    "keys": (4, Step.REPLACE_KEYS, Reason.SECURITY),
    "elements": (6, Step.ELEMENTS, Reason.SECURITY),
    "last elements": (-1, Step.ELEMENTS, Reason.SECURITY),
}


@pytest.mark.parametrize(("number", "step", "reason"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("place", [-1, -20])
def test_a_flipped_byte_in_each_kind_of_segment(lpa, number, step, reason, place):
    before = state(lpa, reports=1)
    pieces = pieces_of(lpa, Smdp(PKI, replace_keys=True))
    wrong = bytearray(pieces[number])
    wrong[place] ^= 0x10
    pieces[number] = bytes(wrong)
    assert outcome(lpa.load(pieces)) == (step, reason)
    assert state(lpa, reports=1) == before
    then_it_works(lpa)


def test_a_wrong_confirmation_code(lpa):
    before = state(lpa, reports=0)
    server = Smdp(PKI, code="4711")
    prepared = lpa.prepare(server, lpa.authenticate(server), "0815")
    with pytest.raises(RefusedError):
        server.bound_package(bytes(prepared))
    assert lpa.cancel(server, POSTPONED) == POSTPONED
    assert state(lpa, reports=0) == before
    assert lpa.download(Smdp(PKI, code="4711"), code="4711").find(0xBF27, 0xA2, 0xA0)


def test_a_confirmation_code_that_was_not_given(lpa):
    before = state(lpa, reports=0)
    server = Smdp(PKI, code="4711")
    assert lpa.prepare(server, lpa.authenticate(server)).find(0xA1, 0x02).value == b"\x7f"
    assert state(lpa, reports=0) == before
    then_it_works(lpa)


def test_a_matching_identifier_that_the_server_refuses(lpa):
    before = state(lpa, reports=0)
    server = Smdp(PKI, matching="AN-ORDER")
    answer = lpa.authenticate(server, "ANOTHER")
    with pytest.raises(RefusedError):
        lpa.prepare(server, answer)
    assert lpa.cancel(server, REJECTED) == REJECTED
    assert state(lpa, reports=0) == before
    assert lpa.download(Smdp(PKI, matching="AN-ORDER"), "AN-ORDER").find(0xBF27, 0xA2, 0xA0)


@pytest.mark.parametrize("prepared", [False, True])
def test_a_user_who_cancels(lpa, prepared):
    before = state(lpa, reports=0)
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    pieces = server.bound_package(bytes(lpa.prepare(server, answer))) if prepared else []
    for piece in pieces[:3]:
        assert lpa.store(piece) == (b"", 0x9000)
    server.authenticate(bytes(answer))
    assert lpa.cancel(server, REJECTED) == REJECTED
    assert lpa.store(bytes.fromhex("A300"))[1] == 0x6985
    assert state(lpa, reports=0) == before
    then_it_works(lpa)


def test_a_memory_that_is_full():
    lpa = Lpa(Euicc(eid=EID, pki=PKI, config=Config(memory=8000))).start()
    before = state(lpa, reports=1)
    server = Smdp(PKI, elements=package(filler=9000))
    assert outcome(lpa.download(server)) == (Step.ELEMENTS, Reason.MEMORY)
    assert state(lpa, reports=1) == before
    then_it_works(lpa)


WRONG_SERVERS = {
    "another CI": (other_pki(EID), 7),
    "a certificate of another CI": (replace(PKI, dp_auth=other_pki(EID).dp_auth), 1),
    "a certificate for another role": (replace(PKI, dp_auth=PKI.dp_pb), 5),
}


@pytest.mark.parametrize(("pki", "number"), WRONG_SERVERS.values(), ids=WRONG_SERVERS)
def test_a_server_with_wrong_certificates(lpa, pki, number):
    before = state(lpa, reports=0)
    assert lpa.download(Smdp(pki)).find(0xA1, 0x02).value == bytes((number,))
    assert state(lpa, reports=0) == before
    then_it_works(lpa)


def test_a_certificate_that_has_expired(lpa):
    before = state(lpa, reports=0)
    end = PKI.dp_auth.certificate.not_valid_after_utc.replace(tzinfo=None)
    lpa.card.core.clock = lambda: end.replace(year=end.year + 1)
    assert lpa.download(Smdp(PKI)).find(0xA1, 0x02).value == b"\x01"
    assert state(lpa, reports=0) == before
    lpa.card.core.clock = lambda: end
    then_it_works(lpa)


def test_a_binding_certificate_of_a_server_with_another_oid(lpa):
    before = state(lpa, reports=0)
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    names = (x509.RegisteredID(x509.ObjectIdentifier("2.999.11")),)
    other = issue(Plan("other", DP_PB, names=names), DEMO_START, PKI.dp_pb.key, PKI.ci)
    server.pki = replace(PKI, dp_pb=other)
    assert lpa.prepare(server, answer).find(0xA1, 0x02).value == b"\x01"
    assert state(lpa, reports=0) == before
    then_it_works(lpa)
