"""Load an SM-DP+ with eUICCs: each user is one that downloads, reports and deletes a profile.

    python -m locust -f examples/fleet/locustfile.py --headless -u 100 -r 20 -t 30s \
        --host https://127.0.0.1:8443

Locust spreads it over processes and machines: docs/how-to/fleet.md. The table has a line for each
function of ES9+, and the line `download` for the whole, including the card's computation.
"""

from __future__ import annotations

import functools
import itertools
import random
import time
from pathlib import Path
from typing import Any

import gevent.ssl
from locust import FastHttpUser, events, task
from locust.runners import WorkerRunner

from applets.esim import Euicc
from applets.esim.eid import numbered
from applets.esim.pki import SERVER_NAME, Pki
from examples.fleet.es9 import HEADERS, PATH, RemoteServer
from tests.kits.esim.lpa import Lpa
from vcard import Tlv, tlv

WORKER = 1_000_000
"""The number of EIDs for each worker."""
NUMBERS = itertools.count(1)
AFTER_FAILURE = 1.0


@events.init_command_line_parser.add_listener
def options(parser: Any) -> None:
    """Add options to Locust's own."""
    parser.add_argument("--smdp", default=SERVER_NAME, help="the address that the server signs")
    parser.add_argument("--matching-id", default="", help="the order that each eUICC asks for")
    parser.add_argument("--pki", default="", help="certificates of `vcard esim pki FOLDER`")
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds between two downloads of an eUICC"
    )
    parser.add_argument("--block", type=int, default=120, help="bytes in each STORE DATA")


class FailedError(Exception):
    """The server or the card refused."""


class EuiccUser(FastHttpUser):
    """One eUICC with its LPA. The card itself verifies the server, with its own certificates."""

    insecure = True
    max_retries = 1  # servers close idle connections
    ssl_context_factory = staticmethod(functools.cache(gevent.ssl._create_unverified_context))
    """One context for all users: each would take a megabyte."""

    def wait_time(self) -> float:
        """Wait a random time between downloads; at least a second after a failure."""
        rest: float = self.environment.parsed_options.pause * random.uniform(0.5, 1.5)
        return max(rest, AFTER_FAILURE) if self.failed else rest

    def on_start(self) -> None:
        """Make the card, with its own EID and certificate."""
        wanted = self.environment.parsed_options
        runner = self.environment.runner
        index = runner.worker_index if isinstance(runner, WorkerRunner) else 0
        eid = numbered(index * WORKER + next(NUMBERS))
        folder = wanted.pki
        pki = Pki.read(lambda name: Path(folder, name).read_bytes()) if folder else Pki.demo(eid)
        self.lpa = Lpa(Euicc(eid=eid, pki=pki.for_eid(eid) if folder else pki), size=wanted.block)
        self.lpa.start()
        self.server = RemoteServer(self.post, wanted.smdp)
        self.matching = wanted.matching_id
        self.failed = False

    def post(self, function: str, fields: dict[str, str]) -> dict[str, Any]:
        """Call a function of ES9+; FailedError with the server's codes if it refuses."""
        with self.client.post(
            PATH + function, json=fields, headers=HEADERS, name=function, catch_response=True
        ) as answer:
            done = answer.status_code in (200, 204)
            said: dict[str, Any] = answer.json() if done and answer.content else {}
            status = said.get("header", {}).get("functionExecutionStatus", {})
            if not done or status.get("status") == "Failed":
                codes = status.get("statusCodeData", {})
                reason = f"{codes.get('subjectCode')} {codes.get('reasonCode')}" if codes else ""
                reason = reason or str(answer.error or answer.status_code)
                answer.failure(reason)
                raise FailedError(reason)
        return said

    @task
    def download(self) -> None:
        """Download, report and delete a profile, and tell Locust how long it took."""
        began, failure, size = time.perf_counter(), None, 0
        try:
            size = self.work()
        except Exception as error:
            failure = error
        self.failed = failure is not None
        events.request.fire(
            request_type="eUICC",
            name="download",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=size,
            exception=failure,
            context={},
        )

    def work(self) -> int:
        """Do all of it; return the size of the installation result in bytes."""
        result = self.lpa.download(self.server, self.matching)
        if result.find(0xBF27, 0xA2, 0xA0) is None:
            raise FailedError(bytes(result).hex())
        for one in self.lpa.ask("BF2B00").children[0].children:
            self.server.notify(bytes(one))
        for number, _, _ in self.lpa.notifications():
            self.lpa.ask(tlv(0xBF30, tlv(0x80, number.to_bytes(4, "big"))))
        iccid = result.find(0xBF27, 0xBF2F, 0x5A)
        assert isinstance(iccid, Tlv)
        self.lpa.delete(iccid.value)
        return len(bytes(result))
