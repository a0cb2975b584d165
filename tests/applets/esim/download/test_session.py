from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from applets.esim.download import AuthenticateError, DownloadError
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import DEMO_START, Pki
from applets.esim.pki.issuing import DP_AUTH, DP_PB, DS_AUTH, Plan, issue
from applets.esim.small_profile import profile
from applets.shared.credentials import Credential
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp, other_pki
from vcard import Tlv, tlv

EID = numbered(1)
PKI = Pki.demo(EID)


@pytest.fixture
def lpa():
    return Lpa(Euicc(eid=EID, pki=PKI)).start()


def error(answer: Tlv) -> int:
    return answer.find(0xA1, 0x02).value[0]


def state(lpa: Lpa) -> dict:
    return lpa.card.memory.snapshot()


def test_a_downloaded_profile_is_there_disabled_and_reported(lpa):
    events = []
    lpa.card.core.listener = lambda *event: events.append(event)
    result = lpa.download(Smdp(PKI))
    assert result.find(0xBF27, 0xA2, 0xA0, 0x04).value.hex() == "3007a0053003800100"
    (info,) = lpa.profiles().values()
    assert (info[0x9F70], info[0x92]) == (b"\0", b"Downloaded")
    assert [event[:2] for event in lpa.notifications()] == [(1, 0x80)]
    assert lpa.enable(info[0x5A]) == 0
    assert [name for name, _ in events] == ["downloaded", "enabled"]


def test_a_downloaded_profile_shows_its_files(lpa):
    lpa.download(Smdp(PKI))
    (info,) = lpa.profiles().values()
    lpa.enable(info[0x5A])
    lpa.send("00A40004023F00")
    lpa.send("00A40004022FE2")
    assert lpa.send("00B000000A") == (info[0x5A], 0x9000)
    lpa.send("00A4040007A0000000871002")
    lpa.send("00A40004026F07")
    assert lpa.send("00B0000009") == (bytes.fromhex("080910101032547698"), 0x9000)


def other_curve(role: str) -> Credential:
    """A certificate for a key on P-384, and still the server's other key."""
    names = (x509.RegisteredID(x509.ObjectIdentifier("2.999.10")),)
    key = ec.generate_private_key(ec.SECP384R1())
    return replace(issue(Plan("x", role, names=names), DEMO_START, key, PKI.ci), key=PKI.dp_pb.key)


WRONG_SERVERS = [
    ({"pki": replace(PKI, dp_auth=other_pki(EID).dp_auth)}, 1),
    ({"pki": replace(PKI, dp_auth=replace(PKI.dp_auth, key=PKI.dp_pb.key))}, 2),
    ({"pki": replace(PKI, dp_auth=other_curve(DP_AUTH))}, 3),
    ({"pki": replace(PKI, dp_auth=PKI.dp_pb)}, 5),
    ({"challenge": bytes(16)}, 6),
    ({"issuer": bytes(20)}, 7),
    ({"pki": other_pki(EID)}, 7),
    ({"address": b"\xff"}, 127),
]


@pytest.mark.parametrize(("changes", "number"), WRONG_SERVERS)
def test_a_server_that_is_wrong_is_refused_with_the_number_for_it(lpa, changes, number):
    before = state(lpa)
    assert error(lpa.authenticate(Smdp(**{"pki": PKI, **changes}))) == number
    assert state(lpa) == before


def test_a_discovery_server_is_a_server_but_binds_no_profiles(lpa):
    names = (x509.RegisteredID(x509.ObjectIdentifier("2.999.10")),)
    found = issue(Plan("DS", DS_AUTH, names=names), DEMO_START, PKI.dp_auth.key, PKI.ci)
    server = Smdp(replace(PKI, dp_auth=found))
    answer = lpa.authenticate(server)
    assert answer.find(0xA0) is not None
    server.pki = replace(PKI, dp_pb=replace(found, key=PKI.dp_auth.key))
    assert error(lpa.prepare(server, answer)) == 1


def test_a_server_without_a_challenge_has_no_session(lpa):
    server = Smdp(PKI)
    parts = server.initiate(bytes(16), b"")
    assert error(lpa.ask(tlv(0xBF38, *parts, tlv(0xA0)))) == 4


WRONG_BINDERS = [
    ({"dp_pb": other_pki(EID).dp_pb}, 1),
    ({"dp_pb": PKI.dp_auth}, 1),
    ({"dp_pb": replace(PKI.dp_pb, key=PKI.ci.key)}, 2),
    ({"dp_pb": other_curve(DP_PB)}, 3),
]


def test_every_number_of_the_standard_is_answered():
    shown = {number for _, number in WRONG_SERVERS}
    assert shown | {AuthenticateError.NO_SESSION} == set(AuthenticateError)
    shown = {number for _, number in WRONG_BINDERS}
    below = {DownloadError.NO_SESSION, DownloadError.TRANSACTION_ID, DownloadError.UNDEFINED}
    assert shown | below == set(DownloadError)


@pytest.mark.parametrize(("changes", "number"), WRONG_BINDERS)
def test_a_wrong_binding_certificate_is_refused(lpa, changes, number):
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    server.pki = replace(PKI, **changes)
    assert error(lpa.prepare(server, answer)) == number


def test_another_transaction_is_refused(lpa):
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    server.transaction = bytes(16)
    assert error(lpa.prepare(server, answer)) == 5


def test_preparing_without_a_session_is_refused(lpa):
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    lpa.ask("BF2E00")
    assert error(lpa.prepare(server, answer)) == 4


def test_a_confirmation_code_that_is_needed_must_be_there(lpa):
    server = Smdp(PKI, code="4711")
    answer = lpa.authenticate(server)
    assert error(lpa.prepare(server, answer)) == 127
    server = Smdp(PKI, code="4711")
    prepared = lpa.prepare(server, lpa.authenticate(server), "4711")
    assert prepared.find(0xA0, 0x30, 0x04) is not None


def test_a_package_bound_to_the_last_key_can_be_loaded_later(lpa):
    server = Smdp(PKI)
    first = lpa.prepare(server, lpa.authenticate(server)).find(0xA0, 0x30, 0x5F49)
    answer = lpa.authenticate(server)
    signed, _, certificate = server.authenticate(bytes(answer))
    signed = tlv(0x30, Tlv.parse(signed).value, tlv(0x5F49, first.value))
    signature = server._signed(PKI.dp_pb, signed + server.euicc_signature)
    again = lpa.ask(tlv(0xBF21, signed, signature, certificate))
    assert again.find(0xA0, 0x30, 0x5F49) == first


def test_a_session_is_cancelled_once(lpa):
    server = Smdp(PKI)
    lpa.authenticate(server)
    strange = tlv(0xBF41, tlv(0x80, server.transaction), tlv(0x81, b""))
    assert bytes(lpa.ask(strange)).hex() == "bf410381017f"
    request = tlv(0xBF41, tlv(0x80, server.transaction), tlv(0x81, b"\x00"))
    said = lpa.ask(request).find(0xA0, 0x30)
    assert said.find(0x81).value.hex() == "88370a"
    assert bytes(lpa.ask(request)).hex() == "bf4103810105"


@pytest.mark.parametrize("request_", ["BF3800", "BF2103300101", "BF4103800101", "BF21023000"])
def test_a_malformed_request_is_wrong_data(lpa, request_):
    assert lpa.store(bytes.fromhex(request_))[1] == 0x6A80


@pytest.mark.parametrize("piece", ["BF360A", "A00387010011"[:10], "8603010203"])
def test_a_package_without_a_session_is_not_taken(lpa, piece):
    assert lpa.store(bytes.fromhex(piece))[1] == 0x6985


def test_a_reset_ends_the_session(lpa):
    server = Smdp(PKI)
    answer = lpa.authenticate(server)
    lpa.start()
    assert error(lpa.prepare(server, answer)) == 4


def test_a_reset_after_any_single_command_of_a_download_leaves_the_card_as_before():
    count = full_download_apdus()
    for stop in range(3, count):
        there = profile("8949000000000000018", "001010000000001")
        card = Euicc((there,), enable=1, eid=EID, pki=PKI)
        before = card.memory.snapshot()
        lpa = Stopping(card, stop)
        with pytest.raises(UnpluggedError):
            lpa.start().download(Smdp(PKI))
        assert card.memory.snapshot() == before
        card.power_up()
        assert card.core.free_memory == card.core.config.memory - card.inventory.used


def test_a_download_tells_how_far_it_is():
    class Watching(Lpa):
        def store(self, data):
            seen.append(self.card.progress)
            return super().store(data)

    seen = []
    lpa = Watching(Euicc(eid=EID, pki=PKI)).start()
    lpa.download(Smdp(PKI))
    shown = [progress for progress in seen if progress]
    assert shown == sorted(shown)
    assert {what for what, _, _ in shown} == {"download"}
    (total,) = {total for _, _, total in shown[1:]}
    assert 0 < shown[-1][1] < total
    assert lpa.card.progress is None


class UnpluggedError(Exception):
    pass


class Stopping(Lpa):
    def __init__(self, card, stop):
        super().__init__(card, size=250)
        self.stop = stop

    def _exchange(self, raw):
        if self.apdus == self.stop:
            raise UnpluggedError
        return super()._exchange(raw)


def full_download_apdus() -> int:
    lpa = Lpa(Euicc(eid=EID, pki=PKI), size=250).start()
    result = lpa.download(Smdp(PKI))
    assert result.find(0xBF27, 0xA2, 0xA0)
    return lpa.apdus - 2  # the last two: the answer's bytes, fetched after the profile is there
