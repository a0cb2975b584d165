"""onomondo's IPAd manages our IoT eUICC through pcscd, without its own emulation of one.

It speaks version 1.0 of SGP.32. The eIM is a stand-in.
"""

import re
import subprocess

import pytest

from applets.esim.iot.eim import (
    Eim,
    configure_immediate,
    delete,
    delete_eim,
    disable,
    enable,
    get_rat,
    list_eims,
    list_profiles,
)
from readers.models import PLAIN
from tests.external.bench import END, need
from tests.external.esim.esipa import EimServer
from tests.kits.esim.ipa import A, B, C, card
from tests.kits.pcsc.desk import desk
from vcard import tlv

pytestmark = pytest.mark.pcsc
VERSION = "1.0"


class Ipad:
    """The program, with a card and the server of its packages."""

    def __init__(self, place, folder, server):
        self.place, self.folder, self.server = place, folder, server
        self.program = need("onomondo-ipa", "onomondo-ipa, from its sources")
        self.said = ""

    def __call__(self, *options):
        """Run it; the status."""
        done = subprocess.run(
            [self.program, "-r", "0", "-S", *options],
            env={**self.place.environ},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=END,
            check=False,
        )
        self.said = done.stdout.decode(errors="replace")
        return done.returncode

    def add(self, eim):
        """Bring the first eIM onto the card."""
        (self.folder / "eim.ber").write_bytes(eim.initial(token=True))
        assert self("-f", "eim.ber") == 0, self.said
        eim.token = 1

    def work(self, *packages):
        """Let it fetch all packages; return their results."""
        self.server.waiting.extend(packages)
        before = len(self.server.results)
        status = self()
        assert status == 0, self.said
        return self.server.results[before:]


@pytest.fixture
def ipad(tmp_path):
    euicc = card(version=VERSION)
    with desk(PLAIN, euicc) as place, EimServer() as server:
        one = Ipad(place, tmp_path, server)
        one.card = euicc
        one.add(server.eim)
        yield one


def done(ipad, *operations, eims=False):
    """The results of one package of operations."""
    eim = ipad.server.eim
    make = eim.eim_package if eims else eim.package
    (result,) = ipad.work(make(ipad.card.eid, *operations))
    return [bytes(one).hex() for one in eim.outcomes(result, ipad.card.core.euicc.certificate)]


def enabled(ipad):
    one = ipad.card.ports[0].enabled
    return one and one.iccid


def test_profiles_are_listed_enabled_disabled_and_deleted(ipad):
    (listed,) = done(ipad, list_profiles())
    assert listed.count("e3") >= 3
    assert done(ipad, enable(B.iccid)) == ["830100"]
    assert enabled(ipad) == B.iccid
    assert done(ipad, delete(A.iccid)) == ["850100"]
    assert done(ipad, disable(B.iccid)) == ["840100"]
    assert enabled(ipad) is None
    assert done(ipad, enable(A.iccid)) == ["830101"]
    assert [one.iccid for one in ipad.card.inventory] == [B.iccid, C.iccid]


def test_what_it_has_reported_is_not_kept(ipad):
    done(ipad, enable(B.iccid))
    done(ipad, get_rat())
    assert ipad.card.memory["iot/results"] == ()


def test_several_packages_are_fetched_one_after_the_other(ipad):
    eid, eim = ipad.card.eid, ipad.server.eim
    results = ipad.work(
        eim.package(eid, enable(B.iccid)),
        eim.package(eid, get_rat()),
        eim.package(eid, enable(A.iccid), configure_immediate()),
    )
    certificate = ipad.card.core.euicc.certificate
    codes = [[bytes(one).hex() for one in eim.outcomes(one, certificate)] for one in results]
    assert codes[0] == ["830100"]
    assert codes[1][0].startswith("a6")
    assert codes[2] == ["830100", "870100"]


def test_a_lost_network_is_rolled_back(ipad):
    eim = ipad.server.eim
    ipad.server.deaf = 1
    package = eim.package(ipad.card.eid, enable(B.iccid, rollback=True))
    (result,) = ipad.work(package)
    outcomes = eim.outcomes(result, ipad.card.core.euicc.certificate)
    assert [bytes(one).hex() for one in outcomes] == ["8c0100"]
    assert "rollback successful" in ipad.said
    assert enabled(ipad) == A.iccid


def test_a_rollback_that_was_not_permitted_is_not_tried(ipad):
    ipad.server.deaf = 1
    ipad.server.waiting.append(ipad.server.eim.package(ipad.card.eid, enable(B.iccid)))
    ipad()
    assert enabled(ipad) == B.iccid
    assert "rollback not allowed by eIM" in ipad.said


def test_eims_are_added_listed_updated_and_deleted(ipad):
    other = Eim("other.example.com")
    assert done(ipad, other.add(), eims=True) == ["a803020100"]
    (listed,) = done(ipad, list_eims(), eims=True)
    assert listed.endswith(
        tlv(0x30, tlv(0x80, b"other.example.com"), bytes.fromhex("840102")).hex()
    )
    other.counter = 3
    assert done(ipad, other.update(), eims=True) == ["8a0100"]
    assert done(ipad, delete_eim("other.example.com"), eims=True) == ["890100"]
    assert len(ipad.card.iot.eims) == 1


def test_a_second_first_eim_is_refused(ipad):
    (ipad.folder / "eim.ber").write_bytes(Eim("other.example.com").initial())
    ipad("-f", "eim.ber")
    assert re.search(r"error code 2=", ipad.said)
    assert len(ipad.card.iot.eims) == 1


def test_the_memory_is_reset(ipad):
    assert ipad("-m") == 0, ipad.said
    assert len(ipad.card.iot.eims) == len(ipad.card.inventory) == 0
