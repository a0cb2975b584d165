"""An authentication centre for hostapd, in place of hlr_auc_gw, on its socket.

Requests are lines: `SIM-REQ-AUTH imsi number`, `AKA-REQ-AUTH imsi`, `AKA-AUTS imsi AUTS RAND`.
"""

from __future__ import annotations

import secrets
import socket
import threading
from pathlib import Path

from applets.sim.aka import Algorithm, sres_and_kc
from applets.sim.usim import challenge
from vcard.exclusive_or import mixed


class AuthenticationCentre:
    """Knows one subscriber; `asked` are the kinds of requests that came."""

    def __init__(self, path: Path, imsi: str, algorithm: Algorithm, sqn: int = 32) -> None:
        self.path, self.imsi, self.algorithm, self.sqn = path, imsi, algorithm, sqn
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> AuthenticationCentre:
        self._socket.bind(str(self.path))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                request, sender = self._socket.recvfrom(2048)
            except OSError:
                return
            if not request:
                return
            kind, imsi, *more = request.decode().split()
            self.asked.append(kind)
            answer = self._answer(kind, more) if imsi == self.imsi else "FAILURE"
            if answer:
                head = {"SIM-REQ-AUTH": "SIM-RESP-AUTH", "AKA-REQ-AUTH": "AKA-RESP-AUTH"}[kind]
                self._socket.sendto(f"{head} {imsi} {answer}".encode(), sender)

    def _answer(self, kind: str, more: list[str]) -> str:
        if kind == "SIM-REQ-AUTH":
            return " ".join(self._triplet() for _ in range(int(more[0])))
        if kind == "AKA-AUTS":
            auts, rand = bytes.fromhex(more[0]), bytes.fromhex(more[1])
            known = mixed(auts[:6], self.algorithm.f5_star(rand))
            assert self.algorithm.f1_star(rand, known, bytes(2))[:8] == auts[6:]
            self.sqn = int.from_bytes(known, "big")
            return ""
        rand = secrets.token_bytes(16)
        self.sqn += 32
        keys, autn = self.algorithm.f2345(rand), challenge(self.algorithm, self.sqn, rand)
        return " ".join(one.hex() for one in (rand, autn, keys.ik, keys.ck, keys.res))

    def _triplet(self) -> str:
        rand = secrets.token_bytes(16)
        sres, kc = sres_and_kc(self.algorithm.f2345(rand))
        return f"{kc.hex()}:{sres.hex()}:{rand.hex()}"
