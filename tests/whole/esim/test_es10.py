"""Every function of ES10a and ES10c, and the reading ones of ES10b, byte for byte."""

from pathlib import Path

from applets.esim import Euicc, Pki
from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from tests.kits.esim.lpa import Lpa

VECTORS = Path(__file__).parents[2] / "vectors/es10.txt"
EID = numbered(1)


def test_each_request_has_its_response():
    card = Euicc(
        demo_profiles(),
        enable=1,
        eid=EID,
        pki=Pki.demo(EID),
        random=lambda size: bytes(range(size)),
    )
    lpa = Lpa(card).start()
    for line in VECTORS.read_text().splitlines():
        if line.startswith("#"):
            continue
        request, response, meaning, _ = line.split(" | ")
        data, word = lpa.store(bytes.fromhex(request))
        known, signed, _ = response.partition("...")
        said = data.hex().upper()
        assert (said[: len(known)] if signed else said, word) == (known, 0x9000), meaning
