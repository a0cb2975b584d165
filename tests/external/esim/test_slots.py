"""Programs without support for ports work on two of them at once, each in its own slot."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from applets.esim.cards import create, demo_profiles
from ifd_bridge.cards.port_slots import PortSlots
from readers.models import THREE_SLOT
from tests.external.bench import Bench, need
from tests.external.esim.lpac import Lpac
from tests.kits.pcsc.client import PRESENT
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
PROFILES = demo_profiles()
ROUNDS = 4


@pytest.fixture
def rack(request):
    """A desk whose three slots are the ports of one card."""
    with desk(THREE_SLOT) as place:
        slots = PortSlots(create(None, request.param))
        slots.attach(place.reader)
        client = place.client()
        for slot in range(len(client.readers)):
            client.wait(PRESENT, slot)
        yield place
        slots.close()


def at_once(*work):
    """Run all of them at the same time; return their results."""
    with ThreadPoolExecutor(len(work)) as pool:
        return [one.result() for one in [pool.submit(each) for each in work]]


@pytest.mark.parametrize("rack", [{"mep": "b", "protocol": "t0"}], indirect=True)
def test_two_lpas_manage_two_ports_at_once(rack):
    def life(slot, profile):
        lpac = Lpac(environ={**rack.environ, "LPAC_APDU_PCSC_DRV_IFID": str(slot)})
        digits, said = profile.metadata.digits, []
        for number in range(ROUNDS):
            steps = (
                ("disable", digits),
                ("nickname", digits, f"{slot}/{number}"),
                ("enable", digits),
            )
            said += [lpac("profile", *step)["code"] for step in steps]
            (own,) = [one for one in lpac("profile", "list")["data"] if one["iccid"] == digits]
            said.append((own["profileState"], own["profileNickname"]))
        return said

    found = at_once(lambda: life(1, PROFILES[0]), lambda: life(2, PROFILES[1]))
    for slot, said in zip((1, 2), found, strict=True):
        rounds = [[0, 0, 0, ("enabled", f"{slot}/{number}")] for number in range(ROUNDS)]
        assert said == [step for steps in rounds for step in steps]


@pytest.mark.parametrize("rack", [{"mep": "a1", "protocol": "t0"}], indirect=True)
def test_two_shells_read_two_profiles_at_once(rack):
    program = need("pySim-shell.py", "pySim, from its sources")
    words = []
    for command in ("select MF", "select EF.ICCID", "read_binary_decoded", "select ADF.USIM",
                    "select EF.IMSI", "read_binary_decoded"):  # fmt: skip
        words += ["-e", command]

    def read(slot):
        return Bench(rack).run(program, "-p", str(slot), "--noprompt", *words)

    found = at_once(lambda: read(1), lambda: read(2))
    for said, profile, imsi in zip(
        found, PROFILES, ("001010000000001", "001010000000002"), strict=True
    ):
        assert f'"iccid": "{profile.metadata.digits}"' in said
        assert f'"imsi": "{imsi}"' in said
