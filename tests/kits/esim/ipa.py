"""A small IoT profile assistant: an IPA's actions on a card, and its eIM."""

from __future__ import annotations

from applets.esim import Config, Euicc
from applets.esim.iot.eim import Eim
from applets.esim.iot.versions import VERSIONS
from applets.esim.small_profile import profile
from vcard import Tlv, tlv

from .lpa import Lpa

A = profile("8949000000000000018", "001010000000001", name="A")
B = profile("8949000000000000026", "001010000000002", name="B", fallback_allowed=True)
C = profile("8949000000000000034", "001010000000003", name="C", fallback_allowed=True)


def card(*profiles, version="1.2", lenient=False, **options) -> Euicc:
    """An IoT eUICC with profiles, the first of them enabled."""
    config = Config(iot=VERSIONS[version], lenient=lenient)
    return Euicc(profiles or (A, B, C), config=config, **{"enable": 1, **options})


class Ipa(Lpa):
    """An assistant whose card is associated with `eim`, unless `eim` is None."""

    def __init__(self, euicc: Euicc | None = None, *, eim: Eim | None = None, **options):
        super().__init__(card() if euicc is None else euicc, **options)
        self.eim = Eim("eim.example.com") if eim is None else eim

    def associated(self, *others: Eim, token: bool = False) -> Ipa:
        """Start, and bring the first eIMs onto the card."""
        self.start()
        answer = self.ask(self.eim.initial(*others, token=token))
        for eim, one in zip((self.eim, *others), answer.find(0xA0).children, strict=True):
            eim.token = int.from_bytes(one.value, "big")
        return self

    def perform(self, package: bytes, eim: Eim | None = None) -> list[Tlv]:
        """The results of a package, their signature checked."""
        answer = bytes(self.ask(package))
        return (eim or self.eim).outcomes(answer, self.card.core.euicc.certificate)

    def do(self, *operations: bytes) -> list[str]:
        """The results of operations on profiles, in hexadecimal."""
        return [
            bytes(one).hex() for one in self.perform(self.eim.package(self.card.eid, *operations))
        ]

    def do_eims(self, *operations: bytes) -> list[str]:
        """The results of operations on eIMs, in hexadecimal."""
        found = self.perform(self.eim.eim_package(self.card.eid, *operations))
        return [bytes(one).hex() for one in found]

    def results(self) -> list[Tlv]:
        """The package results that are kept."""
        return self.ask("BF2B04A0028200").find(0xA2).children

    def sequence(self, result: Tlv) -> int:
        """The number of a result."""
        return int.from_bytes(result.find(0xA0, 0x30, 0x83).value, "big")

    def acknowledge(self, sequence: int) -> int:
        """Remove a result or notification."""
        return self.result(tlv(0xBF30, tlv(0x80, sequence.to_bytes(2, "big"))))

    def enabled(self) -> bytes:
        """The ICCID of the profile that is enabled."""
        one = self.card.ports[0].enabled
        return b"" if one is None else one.iccid
