"""ES9+ and ES11 for an LPA, JSON over HTTP, in front of the stand-in server.

Spec: GSMA SGP.22, 6.5.2 (JSON binding).
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from tests.kits.esim.smdp import RefusedError, Smdp, metadata


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass
class Es9:
    """Answers requests one after another. `reports` are the received notifications.

    `events` makes it a discovery server: the addresses that it knows. `change` may damage the
    pieces of a package.
    """

    smdp: Smdp
    events: tuple[str, ...] = ()
    change: object = lambda pieces: pieces
    reports: list[bytes] = field(default_factory=list)
    reasons: list[int] = field(default_factory=list)

    def __call__(self, path: str, body: bytes) -> tuple[int, bytes]:
        """The HTTP status and the body of the answer to a POST."""
        return self.answer(path.rsplit("/", 1)[1], json.loads(body))

    def answer(self, name: str, asked: dict) -> tuple[int, bytes]:
        """The same for a function and its fields."""
        raw = {key: _decoded(value) for key, value in asked.items()}
        try:
            said = getattr(self, f"_{name}")(raw)
        except RefusedError as error:
            subject, reason = error.args
            told = {"subjectCode": subject, "reasonCode": reason, "message": "Refused"}
            return 200, _answer({}, {"status": "Failed", "statusCodeData": told})
        if said is None:
            return 204, b""
        return 200, _answer(said, {"status": "Executed-Success"})

    def _initiateAuthentication(self, raw: dict) -> dict:
        signed, signature, key, certificate = self.smdp.initiate(raw["euiccChallenge"], b"")
        return {
            "transactionId": self.smdp.transaction.hex().upper(),
            "serverSigned1": coded(signed),
            "serverSignature1": coded(signature),
            "euiccCiPKIdToBeUsed": coded(key),
            "serverCertificate": coded(certificate),
        }

    def _authenticateClient(self, raw: dict) -> dict:
        signed, signature, certificate = self.smdp.authenticate(raw["authenticateServerResponse"])
        if self.events:
            return {"eventEntries": [{"rspServerAddress": one} for one in self.events]}
        return {
            "transactionId": self.smdp.transaction.hex().upper(),
            "profileMetadata": coded(self.smdp.metadata or metadata(self.smdp.elements)),
            "smdpSigned2": coded(signed),
            "smdpSignature2": coded(signature),
            "smdpCertificate": coded(certificate),
        }

    def _getBoundProfilePackage(self, raw: dict) -> dict:
        pieces = self.smdp.bound_package(raw["prepareDownloadResponse"])
        return {"boundProfilePackage": coded(b"".join(self.change(pieces)))}

    def _handleNotification(self, raw: dict) -> None:
        self.reports.append(raw["pendingNotification"])

    def _cancelSession(self, raw: dict) -> dict:
        self.reasons.append(self.smdp.cancelled(raw["cancelSessionResponse"]))
        return {}


def _answer(said: dict, status: dict) -> bytes:
    return json.dumps({"header": {"functionExecutionStatus": status}, **said}).encode()


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError:
        return b""  # no field of the card's
