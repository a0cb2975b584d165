"""A stand-in for an eIM's server: it holds packages for an IPA, and receives results.

Spec: GSMA SGP.32, 6.1 and 6.3 (ESipa, ASN.1 over HTTP); TLS is left out.
"""

from __future__ import annotations

import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from applets.esim.iot.eim import Eim
from applets.shared.der import integer
from vcard import Tlv, tlv

PATH = "/gsma/rsp2/asn1"
NO_PACKAGE = bytes.fromhex("BF4F03020101")


class EimServer:
    """A context manager that serves on loopback. `results` are those from IPAs, the newest last.

    `deaf` is the number of results to answer with an error, like a lost network.
    """

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque()
        self.results: list[bytes] = []
        self.deaf = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                status, said = outer.answer(self.path, asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.eim = Eim("eim.example.com", fqdn=f"127.0.0.1:{self.http.server_address[1]}")

    def __enter__(self) -> EimServer:
        self._thread = threading.Thread(target=self.http.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self._thread.join()
        self.http.server_close()

    def answer(self, path: str, asked: bytes) -> tuple[int, bytes]:
        """The status and body for one request."""
        request = Tlv.parse(asked)
        if path != PATH:
            return 404, b""
        if request.tag == 0xBF4F:  # GetEimPackage
            return 200, tlv(0xBF4F, self.waiting.popleft()) if self.waiting else NO_PACKAGE
        if request.tag == 0xBF50:  # ProvideEimPackageResult
            return self._provided(request)
        return 204, b""

    def _provided(self, request: Tlv) -> tuple[int, bytes]:
        if self.deaf:
            self.deaf -= 1
            return 200, b""
        result = request.find(0xBF51) or request.find(0x30, 0xBF51)
        assert result is not None
        self.results.append(bytes(result))
        told = request.find(0x30, 0xBF2B)
        numbers = [] if told is None else _numbers(told)
        return 200, tlv(0xBF50, tlv(0xBF53, *(tlv(0x80, integer(one)) for one in numbers)))


def _numbers(told: Tlv) -> list[int]:
    """Return the numbers of the notifications sent with a result."""
    listed = told.find(0xA0)
    found = []
    for one in [] if listed is None else listed.children:
        number = one.find(0xBF2F, 0x80) or one.find(0xBF27, 0xBF2F, 0x80)
        if number is not None:
            found.append(int.from_bytes(number.value, "big"))
    return found
