"""The real lpac, over PC/SC or with a card in this process, and its connection to servers."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from tests.external.bench import END, need
from tests.kits.esim.lpa import Lpa


@dataclass
class Lpac:
    """Runs lpac. `card` answers its stdio protocol; without one it finds its reader by PC/SC.

    Its requests go to `server`: an address, by plain HTTP, or a function. `answer` is typed at its
    preview. `said` is the progress of the last run.
    """

    environ: dict[str, str] = field(default_factory=dict)
    card: object = None
    server: object = ""
    answer: str = ""
    said: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str) -> dict:
        """The payload of the result line."""
        program = need("lpac", "lpac, or build it from its sources")
        backend = "pcsc" if self.card is None else "stdio"
        environ = {"LPAC_APDU": backend, "LPAC_HTTP": "stdio", **self.environ}
        process = subprocess.Popen(
            [program, *arguments],
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said, result = [], {}
        lpa = None if self.card is None else Lpa(self.card, channel=0)
        try:
            for line in process.stdout:
                message = json.loads(line)
                payload = message.get("payload")
                if message["type"] == "lpa":
                    result = payload
                elif message["type"] == "progress":
                    self.said.append(payload["message"])
                    if payload["message"] == "preview":
                        process.stdin.write(self.answer)
                        process.stdin.flush()
                elif message["type"] == "notification":
                    result = message
                elif message["type"] == "driver":
                    result = payload
                else:
                    is_apdu = message["type"] == "apdu"
                    answer = _apdu(lpa, payload) if is_apdu else self._http(payload)
                    reply = {"type": message["type"], "payload": answer}
                    process.stdin.write(json.dumps(reply) + "\n")
                    process.stdin.flush()
            assert process.wait(END) in (0, 255)
        finally:
            process.kill()
            process.wait()
        return result

    def _http(self, asked: dict) -> dict:
        path = asked["url"].split("/", 3)[3]
        if callable(self.server):
            status, body = self.server(path, bytes.fromhex(asked["tx"]))
            return {"rcode": status, "rx": body.hex()}
        request = urllib.request.Request(
            f"{self.server}/{path}",
            bytes.fromhex(asked["tx"]),
            dict(one.split(": ", 1) for one in asked["headers"] or ()),
        )
        try:
            with urllib.request.urlopen(request, timeout=END) as answer:
                return {"rcode": answer.status, "rx": answer.read().hex()}
        except urllib.error.HTTPError as error:
            return {"rcode": error.code, "rx": error.read().hex()}


def _apdu(lpa: Lpa, asked: dict) -> dict:
    name, parameter = asked["func"], asked["param"]
    if name == "connect":
        lpa.card.power_up()
    elif name == "logic_channel_open":
        number = lpa.send("0070000001")[0][0]
        aid = bytes.fromhex(parameter)
        word = lpa.send(bytes((number, 0xA4, 4, 0, len(aid))) + aid)[1]
        return {"ecode": number if word == 0x9000 else -1}
    elif name == "logic_channel_close":
        lpa.send(f"007080{int(parameter, 16):02X}")
    elif name == "transmit":
        return {"ecode": 0, "data": lpa.card.exchange(bytes.fromhex(parameter)).hex()}
    return {"ecode": 0}
