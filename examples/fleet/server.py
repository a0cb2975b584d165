"""Serve the tests' SM-DP+ over HTTPS: ES9+ of SGP.22, every order filled with the same package.

    python -m examples.fleet.server --port 8443

Its certificates are those of the demonstration hierarchy, which every `esim` card trusts; or of
`--pki FOLDER`, made by `vcard esim pki FOLDER`. It listens on loopback unless `--host` says
otherwise. It needs `pip install 'vcard-emulator[fleet]'`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from applets.esim.eid import numbered
from applets.esim.pki import Pki
from tests.kits.esim.es9 import Es9, transaction_of
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp

MOST_SESSIONS = 10_000
RESTING = 120
"""Seconds after which a connection without requests is closed."""
FIRST = "initiateAuthentication"
HOME = "/gsma/rsp2/es9plus"
Event, Scope = dict[str, Any], dict[str, Any]
Receive, Send = Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Sessions:
    """One stand-in server for each session, by transaction; the oldest end when there are many."""

    def __init__(self, pki: Pki, filler: int) -> None:
        self.pki, self.elements = pki, package(filler=filler)
        self.protected = Smdp(pki, elements=self.elements).protect()
        self.open: OrderedDict[bytes, Es9] = OrderedDict()

    def answer(self, name: str, body: bytes) -> tuple[int, bytes]:
        """The HTTP status and body for one function."""
        if name == FIRST:
            session = Es9(Smdp(self.pki, elements=self.elements, protected=self.protected))
            answer = session(f"/{name}", body)
            self.open[session.smdp.transaction] = session
            if len(self.open) > MOST_SESSIONS:
                self.open.popitem(last=False)
            return answer
        if name == "handleNotification":
            return 204, b""
        found = self.open.get(transaction_of(body))
        return (404, b"") if found is None else found(f"/{name}", body)


def application(sessions: Sessions) -> Application:
    """The ASGI application; without a framework, which would cost more than the cryptography."""

    async def es9(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        home, _, name = scope["path"].rpartition("/")
        known = scope["method"] == "POST" and home == HOME
        # a few milliseconds: no thread is worth it
        status, said = sessions.answer(name, body) if known else (404, b"")
        length = str(len(said)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    return es9


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--pki", type=Path, help="certificates of `vcard esim pki`")
    parser.add_argument("--filler", type=int, default=8000, help="bytes of a file in the profile")
    wanted = parser.parse_args(arguments)
    folder = wanted.pki
    pki = Pki.demo(numbered(0)) if folder is None else Pki.read(lambda n: (folder / n).read_bytes())
    with tempfile.TemporaryDirectory() as private:
        key, chain = Path(private, "key.pem"), Path(private, "chain.pem")
        key.touch(0o600)
        key.write_bytes(pki.dp_tls.key_pem)
        chain.write_bytes(pki.dp_tls.pem)
        uvicorn.run(
            application(Sessions(pki, wanted.filler)),
            host=wanted.host,
            port=wanted.port,
            ssl_keyfile=str(key),
            ssl_certfile=str(chain),
            log_level="warning",
            access_log=False,
            timeout_keep_alive=RESTING,
        )


if __name__ == "__main__":
    main()
