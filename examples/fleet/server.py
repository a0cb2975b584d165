"""Serve the tests' SM-DP+ over HTTPS: ES9+ of SGP.22, every order filled with the same package.

    python -m examples.fleet.server --port 8443

Its certificates are those of the demonstration hierarchy, which every `esim` card trusts, or those
in `--pki FOLDER`, made by `vcard esim pki FOLDER`. It listens on loopback unless `--host` says
otherwise. It needs `pip install 'vcard-emulator[fleet]'`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop

from applets.esim.eid import numbered
from applets.esim.pki import Pki
from examples.fleet.connection import Connection
from tests.kits.esim.es9 import Es9
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp

MOST_SESSIONS = 10_000
FIRST = "initiateAuthentication"
HOME = "/gsma/rsp2/es9plus"


class Sessions:
    """A stand-in server for each session, by transaction; the oldest are dropped beyond a limit."""

    def __init__(self, pki: Pki, filler: int) -> None:
        self.pki, self.elements = pki, package(filler=filler)
        self.protected = Smdp(pki, elements=self.elements).protect()
        self.open: OrderedDict[str, Es9] = OrderedDict()

    def answer(self, name: str, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and body for one function."""
        if name == "handleNotification":
            return 204, b""
        try:
            asked = json.loads(body)
        except ValueError:
            return 400, b""
        if not isinstance(asked, dict):
            return 400, b""
        if name == FIRST:
            return self._begin(asked)
        found = self.open.get(str(asked.get("transactionId")).upper())
        return (404, b"") if found is None else found.answer(name, asked)

    def _begin(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        session = Es9(Smdp(self.pki, elements=self.elements, protected=self.protected))
        answer = session.answer(FIRST, asked)
        self.open[session.smdp.transaction.hex().upper()] = session
        if len(self.open) > MOST_SESSIONS:
            self.open.popitem(last=False)
        return answer

    def serve(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and body for one request."""
        home, _, name = path.rpartition("/")
        known = method == "POST" and home == HOME
        return self.answer(name, body) if known else (404, b"")


async def listen(sessions: Sessions, host: str, port: int, tls: ssl.SSLContext) -> None:
    """Serve until a signal arrives."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: Connection(sessions.serve), host, port, ssl=tls)
    await stopped.wait()
    server.close()


def context(pki: Pki) -> ssl.SSLContext:
    """Make a TLS context with the hierarchy's certificate; Python reads the key from a file."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as private:
        key, chain = Path(private, "key.pem"), Path(private, "chain.pem")
        key.touch(0o600)
        key.write_bytes(pki.dp_tls.key_pem)
        chain.write_bytes(pki.dp_tls.pem)
        made.load_cert_chain(chain, key)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--pki", type=Path, help="certificates of `vcard esim pki`")
    parser.add_argument("--filler", type=int, default=8000, help="bytes of a file in the profile")
    wanted = parser.parse_args(arguments)
    folder = wanted.pki
    pki = Pki.demo(numbered(0)) if folder is None else Pki.read(lambda n: (folder / n).read_bytes())
    sessions = Sessions(pki, wanted.filler)
    try:
        uvloop.run(listen(sessions, wanted.host, wanted.port, context(pki)))
    except OSError as error:
        parser.error(f"{wanted.host}, port {wanted.port}: {error.strerror}")


if __name__ == "__main__":
    main()
