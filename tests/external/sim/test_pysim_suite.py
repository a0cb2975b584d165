"""The test suite that pySim-shell has for real cards, with ours in the readers.

VCARD_PYSIM names a checkout of pySim; `pySim-python` in PATH is an interpreter that can import it.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ifd_bridge.cards.opening import open_card
from tests.external.bench import need

pytestmark = [pytest.mark.pcsc, pytest.mark.slow, pytest.mark.timeout(900)]
END = 900.0
HERE = "tests/pySim-shell_test"
EXPLAINED = {
    "test_get_status": "one product calls its ISD-R by the name of an ISD there",
    "test_get_euicc_info": "the answer of one product, with its versions",
    "test_get_profiles_info": "the profiles of one specimen, with icon and nickname",
    "cardinfo": "the eUICC of that product has an ARA-M",
}
"""Tests of the suite that fail, and why."""
SCP03_KEYS = (
    "67230241FD09E4FF46F4B4DB3450DD839BF8B545BDD70199AC2A7788E87E2243"  # ENC
    "F80F4A71F6DBF7ECA8CDC18A9C65C59ABDD07E3DA74B1C48E106954D76CB793F"  # MAC
    "9B3BF6FDA1BC88D9BD6083BB704243F920702A9BD744A484482049EBDAB40EF3"  # DEK
)
GR1 = """
iccid = "2222334455667788990"
imsi = "001010000000077"
[[file]]
path = "3F007F106F3D"
kind = "linear"
record = 14
content = "{}"
rule = 3
""".format("ff" * 70)
PROFILES = {
    "a": ("89000123456789012341", "Operational Profile Name 1", "SP Name 1"),
    "b": ("8949449999999990031", "TS48V1-B-UNIQUE", "OsmocomSPN"),
}


@pytest.fixture
def suite(tmp_path):
    """A copy of the suite whose configuration names our eUICC."""
    source = Path(os.environ.get("VCARD_PYSIM", "/nowhere"))
    if not (source / HERE).exists():
        pytest.skip("VCARD_PYSIM names no checkout of pySim")
    python = need("pySim-python", "pySim, from its sources")
    for name in ("pySim", "tests"):
        shutil.copytree(source / name, tmp_path / name)
    shell = tmp_path / "pySim-shell.py"
    text = (source / "pySim-shell.py").read_text().split("\n", 1)[1]
    shell.write_text(f"#!/usr/bin/env pySim-python\n{text}")
    shell.chmod(0o755)
    card = open_card("esim")
    for name, old, new in (
        ("config.yaml", "3B9F96803F87828031E073FE211F574543753130136502", card.atr.hex()),
        ("config.yaml", "89049044900000000000000000102355", card.eid),
        ("card_data.csv", "89049044900000000000000000102355", card.eid),
    ):
        path = tmp_path / HERE / name
        path.write_text(path.read_text().replace(old, new))
    return python, tmp_path


def cards(place):
    """The cards that the suite wants, from what it has of them."""
    (place / "gr1.toml").write_text(GR1)
    for name, (iccid, title, provider) in PROFILES.items():
        (place / f"{name}.toml").write_text(
            f'iccid = "{iccid}"\nimsi = "001010123456063"\nname = "{title}"\n'
            f'provider = "{provider}"\nisim = true\n'
        )
    domain = "scp=02&kvn=112&keys="
    keys = [
        "51D4FC44BCBA7C4589DFADA3297720AF0449699C472CE71E2FB7B56245EF7684"
        "FFB53E96E5FF99731D51AD7BEAFD0E23",
        "112788F75D15F678F51A8EB606766B1602A6FC022F8F871611237F2A9FC72315"
        "AD1AF0EC5643FFD4986F0F00A48FF244",
    ]
    dump = place / HERE / "fsdump" / "fsdump.json.ok"
    return [
        f"sim?model=sja5&from={dump}&adm=34173960&pin=0000&puk=15091909&{domain}{keys[0]}",
        "sim?model=sja2&isim&iccid=8988211000000467343&adm=67225880&pin=5563&puk=42936344"
        f"&{domain}{keys[1]}",
        f"esim?profile={place}/a.toml,{place}/b.toml&isdr_kvn=50&isdr_keys={SCP03_KEYS}",
        f"sim?model=gr1&profile={place}/gr1.toml",
    ]


def test_the_suite_passes_but_for_what_is_explained(suite):
    python, place = suite
    slots = [word for spec in cards(place) for word in ("--reader", "plain", "--card", spec)]
    suite_run = (python, "-m", "unittest", "discover", "-v", f"./{HERE}/")
    done = subprocess.run(
        [need("vcard", "this package"), "run", *slots, "--", *suite_run],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=END,
        check=False,
    )
    failed = set(re.findall(r"^(?:FAIL|ERROR): (\w+) \((\w+)", done.stderr, re.MULTILINE))
    names = {room if name == "test" else name for name, room in failed}
    assert re.search(r"^Ran 41 tests", done.stderr, re.MULTILINE), done.stderr[-2000:]
    assert names <= EXPLAINED.keys(), done.stderr[-4000:]
