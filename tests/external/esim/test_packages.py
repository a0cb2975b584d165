"""Download public profile packages: every file reads back as two decoders expect.

VCARD_PACKAGES names directories with packages (*.der, *.rename2der), separated by colons.
VCARD_PYSIM names a checkout of pySim, VCARD_PYSIM_PYTHON an interpreter that has what it needs.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from applets.esim import saip
from applets.esim.core import Config
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from applets.esim.services import missing
from tests.external.bench import END, PROGRAMS, need
from tests.external.esim.lpac import Lpac
from tests.kits.esim.comparer import Comparer, Expected
from tests.kits.esim.es9 import Es9
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp
from tests.kits.torn import Torn
from vcard import Memory

EID = numbered(15)
PKI = Pki.demo(EID)
PACKAGES = sorted(
    path
    for place in filter(None, os.environ.get("VCARD_PACKAGES", "").split(os.pathsep))
    for path in Path(place).iterdir()
    if path.suffix in (".der", ".rename2der")
)
pytestmark = pytest.mark.skipif(not PACKAGES, reason="VCARD_PACKAGES names no packages")


def opened(store, raw):
    """A card in this state; it is lenient if the package demands what our card does not have."""
    demands = saip.read_package(raw, lenient=True).header.demands
    services = [one.name for one in demands if one.status is saip.Status.FEATURE_NOT_SUPPORTED]
    config = Config(lenient=bool(missing(services)))
    return Euicc(eid=EID, pki=PKI, memory=Memory(store), config=config)


def as_administrator(lpa, profile):
    """Verify every PIN, so that every readable file can be read."""
    files = lpa.card.files(0)
    for pin in files.pins:
        pin.pin.verified = True
    return Comparer(lpa, {adf.path: adf.aid for adf in profile.subscription.tree.adfs})


def in_use(store, raw, profile):
    """The card after a power-up, with the profile enabled, ready to be compared."""
    lpa = Lpa(opened(store, raw)).start()
    lpa.enable(profile.iccid, refresh=False)
    lpa.send("0070800100")
    lpa.channel = 0
    return as_administrator(lpa, profile)


@pytest.fixture(scope="module", params=PACKAGES, ids=lambda path: path.name)
def installed(request):
    """The bytes of a package, what we make of it, and the memory of a card that downloaded it."""
    raw = request.param.read_bytes()
    store = Torn()
    lpa = Lpa(opened(store, raw), size=250).start()
    assert lpa.download(Smdp(PKI, elements=raw)).find(0xBF27, 0xA2, 0xA0)
    return request.param, raw, saip.decode(raw, lenient=True), store


def compared(installed, expected):
    _, raw, profile, store = installed
    for _ in ("as downloaded", "after the power was cut"):
        comparer = in_use(store, raw, profile)
        assert comparer.differences(expected) == []
        assert comparer.read > 0.9 * sum(one.content is not None for one in expected)
        store = Torn(store.load())


def test_every_file_is_as_our_decoder_says(installed):
    files = installed[2].subscription.files
    assert len(files) > 20
    compared(installed, [Expected.of(file) for file in files])


def test_every_file_is_as_pysim_says(installed):
    checkout = os.environ.get("VCARD_PYSIM")
    if not checkout:
        pytest.skip("VCARD_PYSIM names no checkout of pySim")
    told = pysim(checkout, installed[0])
    ours = {file.path for file in installed[2].subscription.files}
    assert {one.path for one in told} == ours
    compared(installed, told)


def test_lpac_brings_the_same(installed):
    _, raw, profile, _ = installed
    need("lpac", "lpac, or build it from its sources")
    store = Torn()
    lpac = Lpac(card=opened(store, raw), server=Es9(Smdp(PKI, elements=raw)))
    said = lpac("profile", "download", "-s", "testsmdpplus1.example.com")
    assert (said["code"], said["message"]) == (0, "success")
    expected = [Expected.of(file) for file in profile.subscription.files]
    assert in_use(store, raw, profile).differences(expected) == []


def pysim(checkout, path):
    """Return pySim's description of a package's files."""
    python = os.environ.get("VCARD_PYSIM_PYTHON", sys.executable)
    done = subprocess.run(
        [python, PROGRAMS / "pysim_files.py", checkout, path],
        capture_output=True, text=True, timeout=END, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    made = {tuple(row["path"]): expected(row) for row in rows}
    links = {tuple(row["path"]): linked(row["link"]) for row in rows if row["link"]}
    for one, target in links.items():
        other = made[target]
        made[one] = replace(made[one], size=other.size, record=other.record, content=other.content)
    return list(made.values())


def expected(row):
    access = bytes.fromhex(row["access"])
    directory = row["type"] == 0x78
    content = None if row["content"] is None or directory else bytes.fromhex(row["content"])
    short = row["sfi"] if row["sfi"] is not None else row.get("template_sfi")
    return Expected(
        tuple(row["path"]), row["type"], None if directory else row["size"], row["record"],
        None if directory else short, access if len(access) == 3 else None, row["life"],
        bytes.fromhex(row["pins"]) or None, bytes.fromhex(row["aid"]), content,
    )  # fmt: skip


def linked(path):
    return (0x3F00, *(int(path[i : i + 4], 16) for i in range(0, len(path), 4)))
