"""Locust loads the stand-in SM-DP+ over HTTPS with a fleet: a short run, one worker."""

import base64
import importlib.util
import json

import pytest

from applets.esim import Euicc
from applets.esim.eid import numbered
from applets.esim.pki import Pki
from bench.fleet import measured
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
    assert sessions.answer("cancelSession", b"[]") == (404, b"")
    assert sessions.answer("handleNotification", b"{}") == (204, b"")


def test_the_oldest_sessions_end_when_there_are_many(monkeypatch):
    from examples.fleet import server

    monkeypatch.setattr(server, "MOST_SESSIONS", 2)
    sessions = server.Sessions(Pki.demo(numbered(0)), 0)
    challenge = json.dumps({"euiccChallenge": base64.b64encode(bytes(16)).decode()}).encode()
    first, *others = (
        bytes.fromhex(json.loads(sessions.answer(server.FIRST, challenge)[1])["transactionId"])
        for _ in range(3)
    )
    assert list(sessions.open) == others
    assert first not in sessions.open


def test_what_is_no_function_of_es9_is_not_found():
    import asyncio

    from examples.fleet import server

    answer = server.application(server.Sessions(Pki.demo(numbered(0)), 0))

    def asked(path, method="POST", parts=(b"{", b"}")):
        said = []

        async def ask():
            bodies = iter(parts)
            left = len(parts)

            async def receive():
                nonlocal left
                left -= 1
                return {"body": next(bodies), "more_body": left > 0}

            async def send(event):
                said.append(event)

            await answer({"type": "http", "method": method, "path": path}, receive, send)

        asyncio.run(ask())
        return [one["status"] for one in said if "status" in one]

    assert asked(f"{server.HOME}/handleNotification") == [204]
    assert asked(f"{server.HOME}/handleNotification", "GET") == [404]
    assert asked("/other/handleNotification") == [404]
