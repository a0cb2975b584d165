"""wpa_supplicant authenticates with our SIM at hostapd's server: EAP-SIM, AKA and AKA'."""

import os
import socket
import subprocess

import pytest

from applets.sim.cards import DEMO, create
from readers.models import PLAIN
from tests.external.bench import need
from tests.external.sim.authentication_centre import AuthenticationCentre
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
SECRET = "testing"
SERVER = """
driver=none
interface=lo
ctrl_interface={place}/hostapd
eap_server=1
eap_user_file={place}/users
eap_sim_db=unix:{place}/centre
eap_sim_aka_result_ind=1
radius_server_clients={place}/clients
radius_server_auth_port={port}
"""
NETWORK = """
network={{
  ssid="x"
  key_mgmt=WPA-EAP
  eap={method}
  pcsc=""
  {pin}
}}
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


@pytest.fixture
def server(tmp_path):
    """hostapd as an authentication server; its place and port."""
    program, port = need("hostapd", "hostapd"), free_port()
    (tmp_path / "users").write_text('"0"* AKA\n"1"* SIM\n"6"* AKA\'\n')
    (tmp_path / "clients").write_text(f"127.0.0.1 {SECRET}\n")
    (tmp_path / "conf").write_text(SERVER.format(place=tmp_path, port=port))
    with subprocess.Popen(
        [program, tmp_path / "conf"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout:
            if "AP-ENABLED" in line or ("interface state" in line and "ENABLED" in line):
                break
        else:
            pytest.skip("hostapd does not run here")
        yield tmp_path, port
        running.terminate()


def authenticated(server, card, method, pin="", known=None, seconds=20):
    """Return eapol_test's output, and the requests to the centre."""
    program = need("eapol_test", "eapoltest")
    place, port = server
    conf = place / "network"
    conf.write_text(NETWORK.format(method=method, pin=f'pin="{pin}"' if pin else ""))
    algorithm = (known or card).subscription.aka.make()
    with AuthenticationCentre(place / "centre", DEMO["imsi"], algorithm) as centre:
        with desk(PLAIN, card) as beside:
            done = subprocess.run(
                [
                    program,
                    "-c",
                    conf,
                    "-a",
                    "127.0.0.1",
                    "-p",
                    str(port),
                    "-s",
                    SECRET,
                    "-t",
                    str(seconds),
                ],
                env={**os.environ, **beside.environ},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )  # fmt: skip
        return done.returncode == 0, centre.asked, done.stdout


@pytest.mark.parametrize(
    ("method", "asked"),
    [("SIM", "SIM-REQ-AUTH"), ("AKA", "AKA-REQ-AUTH"), ("AKA'", "AKA-REQ-AUTH")],
)
def test_the_card_authenticates_its_user(server, method, asked):
    passed, requests, said = authenticated(server, create(None, {}), method)
    assert passed, said[-3000:]
    assert set(requests) == {asked}


def test_a_card_that_knows_a_newer_number_resynchronises(server):
    card = create(None, {})
    card.files(0).use_up((), card.files(0).sequence().accept(1 << 20))
    passed, requests, said = authenticated(server, card, "AKA")
    assert passed, said[-3000:]
    assert requests == ["AKA-REQ-AUTH", "AKA-AUTS", "AKA-REQ-AUTH"]


@pytest.mark.parametrize(("pin", "expected", "seconds"), [("0000", True, 20), ("1111", False, 5)])
def test_the_pin_is_asked_for(server, pin, expected, seconds):
    """After a wrong one the program waits for another until its time is over."""
    card = create(None, {"pin_enabled": ""})
    assert authenticated(server, card, "AKA", pin, seconds=seconds)[0] is expected
    assert card.files(0).pins[1].pin.tries_left == (3 if expected else 2)


def test_other_keys_are_not_those_of_the_network(server):
    other = create(None, {"k": "11" * 16})
    assert authenticated(server, create(None, {}), "AKA", known=other)[0] is False
