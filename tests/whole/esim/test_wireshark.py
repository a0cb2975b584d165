"""Wireshark reads a recorded session of an LPA."""

import pytest

from applets.esim.cards import create, demo_profiles
from readers import models
from tests.ifd_bridge.trace.test_capture import POWER_ON, Bench, xfr
from tests.kits.bridge import tshark

B = demo_profiles()[1].iccid.hex()
SESSION = (
    "80AA00000AA9088100820101830107", "0070000001", "01A4040010A0000005591010FFFFFFFF8900000100",
    "81E2910006BF3E035C015A", "81C0000015", "81E2910003BF2D00", "81C000007D",
    f"81E2910014BF3111A00C5A0A{B}810100", "81C0000006", "81E2910003BF2800", "81C0000067",
    "00A40004022FE2", "00C0000019", "00B000000A", "0070800100",
)  # fmt: skip


@tshark.needs_tshark
@pytest.mark.slow
def test_each_command_of_a_session_is_found_in_a_capture(tmp_path):
    bench = Bench(models.PLAIN)
    bench.readers[0].insert(create(None, {}))
    bench.send(0, POWER_ON, *(xfr(command, number % 256) for number, command in enumerate(SESSION)))
    path = tmp_path / "session.pcapng"
    path.write_bytes(bench.file.getvalue())
    fields = tshark.read(path, "-Y", "iso7816.apdu.ins", "-T", "fields", "-e", "iso7816.apdu.ins")
    known = [one for one in SESSION if one[0] == "0"]  # Wireshark reads no proprietary class
    assert fields.split() == [f"0x{command[2:4].lower()}" for command in known]
    assert tshark.malformed(path) == []
    said = tshark.read(path, "-V").replace(":", "").lower()
    assert B in said  # the response of READ BINARY
