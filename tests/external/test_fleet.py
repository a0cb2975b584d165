"""Locust loads the stand-in SM-DP+ over HTTPS with a fleet: a short run, one worker."""

import base64
import importlib.util
import json
import signal
import socket
import ssl
from http.client import HTTPSConnection

import pytest

from applets.esim import Euicc
from applets.esim.eid import numbered
from applets.esim.pki import Pki
from bench.fleet import answers, free_port, measured, started
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp

# importing Locust would patch this process
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("locust") is None,
    reason="locust is missing: pip install 'vcard-emulator[fleet]'",
)


def test_a_master_and_a_worker_download_without_a_failure():
    run = measured(1, users=4, seconds=8)
    assert run.failures == 0
    assert run.rate > 0
    assert "getBoundProfilePackage" in run.table


def test_a_package_is_cut_as_an_lpa_cuts_it():
    from examples.fleet.es9 import pieces

    eid = numbered(1)
    pki = Pki.demo(eid)
    lpa, server = Lpa(Euicc(eid=eid, pki=pki)).start(), Smdp(pki, replace_keys=True)
    whole = server.bound_package(bytes(lpa.prepare(server, lpa.authenticate(server))))
    assert list(pieces(b"".join(whole))) == whole


def test_a_session_that_the_server_does_not_know_is_not_found():
    from examples.fleet.server import Sessions

    sessions = Sessions(Pki.demo(numbered(0)), 0)
    assert sessions.answer("authenticateClient", b'{"transactionId": "00"}') == (404, b"")
    assert sessions.answer("cancelSession", b"{}") == (404, b"")
    for nonsense in (b"[]", b"{", b"\xff"):
        assert sessions.answer("cancelSession", nonsense) == (400, b"")
    assert sessions.answer("handleNotification", b"{}") == (204, b"")


def test_the_oldest_sessions_end_when_there_are_many(monkeypatch):
    from examples.fleet import server

    monkeypatch.setattr(server, "MOST_SESSIONS", 2)
    sessions = server.Sessions(Pki.demo(numbered(0)), 0)
    challenge = json.dumps({"euiccChallenge": base64.b64encode(bytes(16)).decode()}).encode()
    first, *others = (
        json.loads(sessions.answer(server.FIRST, challenge)[1])["transactionId"] for _ in range(3)
    )
    assert list(sessions.open) == others
    assert first not in sessions.open


def test_what_is_no_function_of_es9_is_not_found():
    from examples.fleet import server

    sessions = server.Sessions(Pki.demo(numbered(0)), 0)
    assert sessions.serve("POST", f"{server.HOME}/handleNotification", b"{}") == (204, b"")
    assert sessions.serve("GET", f"{server.HOME}/handleNotification", b"{}") == (404, b"")
    assert sessions.serve("POST", "/other/handleNotification", b"{}") == (404, b"")


def test_the_server_ends_at_a_signal_while_a_client_rests():
    port = free_port()
    with started("examples.fleet.server", "--port", str(port), "--filler", "0") as process:
        answers(port, process)
        client = HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context())
        for _ in range(2):  # the same connection
            client.request("POST", "/gsma/rsp2/es9plus/handleNotification?x", b"{}")
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (204, b"")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        client.close()


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("examples.fleet.server", "--port", str(port), "--filler", "0") as process:
            assert process.wait(20) == 2
            assert f"port {port}: ".encode() in process.stdout.read()
