"""Our card downloads from osmo-smdpp through lpac, and pySim reads the result.

Needs lpac, osmo-smdpp.py, pySim-shell.py and pySim-read.py in PATH. VCARD_PACKAGES may name a
directory with profile packages of others (*.der), such as pySim's smdpp-data/upp: all are tried.
"""

import contextlib
import os
import socket
import subprocess
from pathlib import Path

import pytest

from applets.esim import saip
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from readers.models import PLAIN
from tests.external.bench import END, Bench, need
from tests.external.esim.lpac import Lpac
from tests.kits.esim.package import package
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
EID = numbered(77)
ADDRESS = "testsmdpplus1.example.com"
ICCID = "8949001111111111119"


def others():
    """Packages of others, one for each ICCID."""
    found = {}
    for one in sorted(Path(os.environ.get("VCARD_PACKAGES", "/nowhere")).glob("*.der")):
        found.setdefault(saip.decode(one.read_bytes()).iccid, one)
    return list(found.values())


@pytest.fixture(scope="module")
def pki():
    return Pki.demo(EID)


@pytest.fixture(scope="module")
def server(pki, tmp_path_factory):
    """The address of an osmo-smdpp that has one package, named PACKAGE."""
    program = need("osmo-smdpp.py", "pySim, from its sources")
    place = tmp_path_factory.mktemp("smdpp")
    for name, contents in pki.files().items():
        path = place / "smdpp-data" / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    packages = place / "smdpp-data" / "upp"
    packages.mkdir()
    (packages / "PACKAGE.der").write_bytes(package(filler=3000))
    for one in others():
        (packages / one.name).write_bytes(one.read_bytes())
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(port), "-s", "-v", "-c", "own"],
            cwd=place, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            while True:
                assert process.poll() is None, (place / "log").read_text()
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), END).close()
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()  # it keeps nothing, and may be stuck in a malformed package
            process.wait(END)


@pytest.fixture(scope="module")
def filled(server, pki):
    """A desk with a card that was filled, and what lpac said."""
    with desk(PLAIN, Euicc(eid=EID, pki=pki)) as place:
        lpac = Lpac(environ=place.environ, server=server)
        yield place, lpac, lpac("profile", "download", "-s", ADDRESS, "-m", "PACKAGE")


def test_a_profile_is_downloaded_enabled_and_reported(filled):
    _, lpac, result = filled
    assert result["code"] == 0, (result, lpac.said)
    assert (result["data"]["iccid"], result["data"]["seqNumber"]) == (ICCID, 1)
    assert lpac("profile", "enable", ICCID)["code"] == 0
    assert lpac("notification", "process", "-a", "-r")["code"] == 0
    assert lpac("notification", "list")["data"] == []


def test_the_same_profile_is_not_installed_twice(filled):
    _, lpac, _ = filled
    again = lpac("profile", "download", "-s", ADDRESS, "-m", "PACKAGE")
    assert again["code"] == -1
    assert "iccid_already_exists" in again["data"]


def test_a_package_that_the_server_has_not_is_refused(filled):
    _, lpac, _ = filled
    assert lpac("profile", "download", "-s", ADDRESS, "-m", "NOTHING")["code"] == -1


def test_a_card_of_another_issuer_is_refused(server):
    from tests.kits.esim.smdp import other_pki

    lpac = Lpac(card=Euicc(eid=EID, pki=other_pki(EID)), server=server)
    assert lpac("profile", "download", "-s", ADDRESS, "-m", "PACKAGE")["code"] == -1


def test_pysim_shell_shows_what_was_downloaded(filled):
    place, lpac, _ = filled
    lpac("profile", "enable", ICCID)
    program = need("pySim-shell.py", "pySim, from its sources")
    commands = [
        "select ADF.ISD-R", "get_eid", "select MF", "select EF.ICCID", "read_binary_decoded",
        "select ADF.USIM", "select EF.IMSI", "read_binary_decoded",
    ]  # fmt: skip
    words = [word for command in commands for word in ("-e", command)]
    said = Bench(place).run(program, "-p", "0", "--noprompt", *words)
    for expected in ("Consumer eUICC", EID, f'"iccid": "{ICCID}"', '"imsi": "001010123456789"'):
        assert expected in said


def test_pysim_read_reads_the_card_by_the_class_of_2g(filled):
    place, lpac, _ = filled
    lpac("profile", "enable", ICCID)
    program = need("pySim-read.py", "pySim, from its sources")
    said = Bench(place).run(program, "-p", "0")
    assert f"ICCID: {ICCID}" in said
    assert said.rstrip().endswith("Done !")


@pytest.mark.slow
def test_packages_of_others_are_installed_and_read(server, pki):
    packages = others()
    if not packages:
        pytest.skip("VCARD_PACKAGES names no directory with packages")
    with desk(PLAIN, Euicc(eid=EID, pki=pki)) as place:
        lpac = Lpac(environ=place.environ, server=server)
        for one in packages:
            result = lpac("profile", "download", "-s", ADDRESS, "-m", one.stem)
            assert result["code"] == 0, (one, result)
            iccid = result["data"]["iccid"]
            assert lpac("profile", "enable", iccid)["code"] == 0
            said = Bench(place).run(need("pySim-read.py", "pySim, from its sources"), "-p", "0")
            assert f"ICCID: {iccid}" in said
            assert said.rstrip().endswith("Done !"), one
        assert lpac("notification", "process", "-a", "-r")["code"] == 0
        assert lpac("notification", "list")["data"] == []
