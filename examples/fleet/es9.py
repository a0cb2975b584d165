"""The HTTP side of an LPA: ES9+ as JSON with a remote server. Spec: SGP.22, 6.5.2."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from vcard import Tlv
from vcard.tlv import read, read_length, read_tag

Post = Callable[[str, dict[str, str]], dict[str, Any]]
"""Calls a function of ES9+ with its fields; returns the fields of the response, or raises."""
HEADERS = {"User-Agent": "gsma-rsp-lpad", "X-Admin-Protocol": "gsma/rsp/v2.2.2"}
PATH = "/gsma/rsp2/es9plus/"


class RemoteServer:
    """An SM-DP+ with the interface that the tests' LPA expects (tests/kits/esim), over `post`."""

    def __init__(self, post: Post, address: str) -> None:
        self.post, self.address = post, address
        self.transaction = ""

    def initiate(self, challenge: bytes, info: bytes) -> tuple[bytes, ...]:
        """InitiateAuthentication."""
        said = self.post(
            "initiateAuthentication",
            {
                "euiccChallenge": coded(challenge),
                "euiccInfo1": coded(info),
                "smdpAddress": self.address,
            },
        )
        self.transaction = said["transactionId"]
        names = ("serverSigned1", "serverSignature1", "euiccCiPKIdToBeUsed", "serverCertificate")
        return tuple(decoded(said[name]) for name in names)

    def authenticate(self, answer: bytes) -> tuple[bytes, ...]:
        """AuthenticateClient."""
        said = self._go_on("authenticateClient", "authenticateServerResponse", answer)
        names = ("smdpSigned2", "smdpSignature2", "smdpCertificate")
        return tuple(decoded(said[name]) for name in names)

    def bound_package(self, answer: bytes) -> list[bytes]:
        """GetBoundProfilePackage, split into the pieces for the card."""
        said = self._go_on("getBoundProfilePackage", "prepareDownloadResponse", answer)
        return list(pieces(decoded(said["boundProfilePackage"])))

    def notify(self, notification: bytes) -> None:
        """HandleNotification."""
        self.post("handleNotification", {"pendingNotification": coded(notification)})

    def _go_on(self, function: str, name: str, answer: bytes) -> dict[str, Any]:
        fields = {"transactionId": self.transaction, name: coded(answer)}
        return self.post(function, fields)


def pieces(package: bytes) -> Iterator[bytes]:
    """Split a bound profile package: list headers on their own, then segments one by one.

    Spec: GSMA SGP.22, 2.5.5.
    """
    first, *rest = Tlv.parse(package).children
    _, start = read_length(package, read_tag(package)[1])
    yield package[:start] + bytes(first)
    for part in rest:
        whole = bytes(part)
        if part.tag in (0xA0, 0xA2):
            yield whole
            continue
        _, start = read_length(whole, read_tag(whole)[1])
        yield whole[:start]
        offset = start
        while offset < len(whole):
            _, end = read(whole, offset)
            yield whole[offset:end]
            offset = end


def coded(raw: bytes) -> str:
    """Encode as Base64."""
    return base64.b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """Decode Base64."""
    return base64.b64decode(text)
