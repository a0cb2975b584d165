"""pySim's OTA classes make packets that our card executes, and read its proofs of receipt.

Needs `pySim-python` in PATH: an interpreter that can import pySim. VCARD_PYSIM names a checkout of
pySim, for its test profiles.
"""

import json
import os
import subprocess
from itertools import product
from pathlib import Path

import pytest

from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from applets.esim.saip.applications import read_domain
from applets.esim.saip.element import SECURITY_DOMAIN, elements
from applets.sim.digits import imsi_bytes
from tests.external.bench import PROGRAMS, need
from tests.kits.esim.applications import domain, key_set, remote_files
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import USIM, with_elements
from tests.kits.esim.smdp import Smdp
from tests.kits.sim.ota import envelopes
from tests.kits.sim.terminal import Terminal, terminal

PKI = Pki.demo(numbered(1))
KEY = bytes(range(0x40, 0x50)).hex()
IMSI = imsi_bytes("001010000000001").hex()
ALGORITHMS = [
    ("single_des", "single_des", 1, KEY[:16]),
    ("triple_des_cbc2", "triple_des_cbc2", 1, KEY),
    ("aes_cbc", "aes_cmac", 2, KEY),
    ("aes_cbc", "aes_cmac", 2, bytes(range(24)).hex()),
    ("aes_cbc", "aes_cmac", 2, bytes(range(32)).hex()),
]
COMMANDS = [
    (kind, check, ciphered)
    for kind, check, ciphered in product(ALGORITHMS, ("no_rc_cc_ds", "rc", "cc"), (True, False))
    if check != "rc" or kind[0] == "triple_des_cbc2"  # the number of CRC 32 is that of this one
]


@pytest.fixture(scope="module")
def pysim():
    """Asks pySim."""
    python = need("pySim-python", "pySim, from its sources")
    with subprocess.Popen(
        [python, PROGRAMS / "pysim_packets.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:

        def ask(request):
            program.stdin.write(json.dumps(request) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield ask
        program.stdin.close()


class Sender:
    """pySim as a server of packets."""

    def __init__(self, ask, phone, kind, **spi):
        crypt, auth, version, key = kind
        self.ask, self.phone = ask, phone
        self.request = {
            "crypt": crypt, "auth": auth, "version": version, "kic": key, "kid": key,
            "counter": 0, "tar": "b00011",
            "spi": {
                "counter": "no_counter", "ciphering": True, "rc_cc_ds": "cc",
                "por_in_submit": False, "por_shall_be_ciphered": True, "por_rc_cc_ds": "cc",
                "por": "por_required", **spi,
            },
        }  # fmt: skip

    def packet(self, data):
        made = bytes.fromhex(self.ask({**self.request, "data": data})["packet"])
        if not self.request["spi"]["ciphering"]:  # pySim leaves the length of these out
            made = len(made).to_bytes(2, "big") + made
        return made

    def deliver(self, packet, **spi):
        (envelope,) = envelopes(packet)
        answer = self.phone.data(b"\x80\xc2\0\0" + bytes((len(envelope),)) + envelope)
        request = {**self.request, "spi": {**self.request["spi"], **spi}, "response": answer}
        return self.ask(request)

    def send(self, data, **spi):
        return self.deliver(self.packet(data), **spi)


IN_CLEAR = {"por_shall_be_ciphered": False, "por_rc_cc_ds": "no_rc_cc_ds"}
READ_IMSI = "00A40004026F07" + "00B0000009"


@pytest.mark.parametrize(("kind", "check", "ciphered"), COMMANDS)
def test_commands_of_pysim_are_done(pysim, kind, check, ciphered):
    phone = terminal(ota_keys=kind[3] if len(kind[3]) > 16 else KEY)
    sender = Sender(pysim, phone, kind, rc_cc_ds=check, ciphering=ciphered)
    assert sender.send(READ_IMSI) == {
        "status": "por_ok", "count": 2, "word": "9000", "data": IMSI,
    }  # fmt: skip


@pytest.mark.parametrize("receipt", [{}, {"por_shall_be_ciphered": False}, IN_CLEAR])
@pytest.mark.parametrize("kind", ALGORITHMS)
def test_pysim_reads_every_receipt(pysim, kind, receipt):
    phone = terminal(ota_keys=kind[3] if len(kind[3]) > 16 else KEY)
    sender = Sender(pysim, phone, kind, **receipt)
    assert sender.send("00A40004023F00")["status"] == "por_ok"
    assert sender.send("00A40004026F99") == {
        "status": "por_ok", "count": 1, "word": "6a82", "data": "",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ALGORITHMS[:3])
def test_a_replay_and_wrong_keys_are_refused_with_the_right_status(pysim, kind):
    sender = Sender(pysim, terminal(), kind, counter="counter_must_be_higher")
    sender.request["counter"] = 5
    packet = sender.packet(READ_IMSI)
    assert sender.deliver(packet)["status"] == "por_ok"
    assert sender.deliver(packet, **IN_CLEAR)["status"] == "cntr_low"
    sender.request["counter"] = 4
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "cntr_low"
    sender.request["counter"] = 7
    sender.request["spi"]["counter"] = "counter_must_be_lower"  # pySim's word for one higher
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "cntr_high"
    sender.request |= {"counter": 9, "kid": bytes.fromhex(kind[3])[::-1].hex()}
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "rc_cc_ds_failed"
    sender.request |= {"kid": kind[3], "tar": "b00099"}
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "tar_unknown"


def test_a_server_that_protects_too_little_is_refused(pysim):
    sender = Sender(pysim, terminal(msl="06"), ALGORITHMS[2], ciphering=False)
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "insufficient_security_level"


def test_applications_are_managed(pysim):
    sender = Sender(pysim, terminal(), ALGORITHMS[1])
    sender.request["tar"] = "b00000"
    said = sender.send("80F28002024F00" + "00C0000000")
    assert said["data"].startswith("e3134f08a000000151000000")


def downloaded(raw):
    """A phone at an eUICC that has downloaded a package and enabled its profile."""
    lpa = Lpa(Euicc(pki=PKI)).start()
    result = lpa.download(Smdp(PKI, elements=raw))
    lpa.enable(result.find(0xBF27, 0xBF2F, 0x5A).value)
    return Terminal(lpa.card)


@pytest.mark.parametrize("kind", ALGORITHMS[:3])
@pytest.mark.parametrize("tar", ["b00120", "b20100", "b00000"])
def test_packets_reach_a_downloaded_profile_with_the_keys_of_its_package(pysim, kind, tar):
    keys = [*key_set(1, bytes.fromhex(KEY), 0x80), *key_set(2, bytes.fromhex(KEY))]
    phone = downloaded(with_elements(domain(keys), remote_files(adf=USIM)))
    sender = Sender(pysim, phone, kind, counter="counter_must_be_higher")
    sender.request |= {"tar": tar, "counter": 1}
    files = tar == "b00120"
    packet = sender.packet(READ_IMSI if files else "80F28002024F00" + "00C0000000")
    said = sender.deliver(packet)
    assert (said["status"], said["word"]) == ("por_ok", "9000")
    assert said["data"].startswith("080910101032547698" if files else "e3134f08a000000151000000")
    assert sender.deliver(packet, **IN_CLEAR)["status"] == "cntr_low"
    sender.request |= {"counter": 2, "kid": bytes.fromhex(kind[3])[::-1].hex()}
    assert sender.send(READ_IMSI, **IN_CLEAR)["status"] == "rc_cc_ds_failed"


@pytest.mark.parametrize("name", ["TS48V2-SAIP2-1-NOBERTLV", "TS48V5-SAIP2-3-BERTLV-SUCI"])
def test_packets_reach_a_public_test_profile(pysim, name):
    package = Path(os.environ.get("VCARD_PYSIM", "/nowhere"), f"smdpp-data/upp/{name}-UNIQUE.der")
    if not package.exists():
        pytest.skip("VCARD_PYSIM names no checkout of pySim")
    phone = downloaded(package.read_bytes())
    for element in elements(package.read_bytes()):
        if element.number == SECURITY_DOMAIN:
            keys = {(key.version, key.identifier): key for key in read_domain(element).keys}
    for version, kind in ((1, ALGORITHMS[1]), (2, ALGORITHMS[2])):
        kic, kid = (keys[version, number].parts[0][1].hex() for number in (1, 2))
        sender = Sender(pysim, phone, kind, counter="counter_must_be_higher")
        sender.request |= {"kic": kic, "kid": kid}
        for counter, tar in enumerate(("b00120", "b00140", "b00141"), 1):
            sender.request |= {"tar": tar, "counter": counter}
            fid = "2FE2" if tar == "b00120" else "6FAD"
            assert sender.send("00A4000402" + fid)["word"].startswith("61")
