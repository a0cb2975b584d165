"""The real lpac downloads from the stand-in server to our card: each success and each failure.

Compares lpac's output between PC/SC and stdio; needs only lpac.
"""

from dataclasses import replace

import pytest
from cryptography import x509

from applets.esim import Config, Euicc, Pki
from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START
from applets.esim.pki.issuing import DS_AUTH, Plan, issue
from readers.models import PLAIN
from tests.external.esim.lpac import Lpac
from tests.kits.esim.es9 import Es9
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp, other_pki
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
EID = numbered(78)
PKI = Pki.demo(EID)
NAMES = (x509.RegisteredID(x509.ObjectIdentifier("2.999.15")),)
DS = issue(Plan("discovery", DS_AUTH, names=NAMES), DEMO_START, PKI.dp_auth.key, PKI.ci)
DOWNLOAD = ("profile", "download", "-s", "testsmdpplus1.example.com")
ICCID = "8949001111111111119"


def flipped(pieces):
    wrong = bytearray(pieces[-1])
    wrong[-20] ^= 1
    return [*pieces[:-1], bytes(wrong)]


STEPS = {
    "another order": (Es9(Smdp(PKI, matching="AN-ORDER")), "", (*DOWNLOAD, "-m", "ANOTHER")),
    "the user says no": (Es9(Smdp(PKI)), "n", (*DOWNLOAD, "-p")),
    "no code": (Es9(Smdp(PKI, code="4711")), "", DOWNLOAD),
    "a wrong code": (Es9(Smdp(PKI, code="4711")), "", (*DOWNLOAD, "-c", "0815")),
    "another CI": (Es9(Smdp(other_pki(EID))), "", DOWNLOAD),
    "another role": (Es9(Smdp(replace(PKI, dp_auth=PKI.dp_pb))), "", DOWNLOAD),
    "a flipped byte": (Es9(Smdp(PKI), change=flipped), "", DOWNLOAD),
    "too big": (Es9(Smdp(PKI, elements=package(filler=9000))), "", DOWNLOAD),
    "all right": (
        Es9(Smdp(PKI, matching="AN-ORDER", code="4711")), "y",
        (*DOWNLOAD[:2], "-a", "LPA:1$testsmdpplus1.example.com$AN-ORDER$$1", "-c", "4711", "-p"),
    ),
    "once more": (Es9(Smdp(PKI)), "", DOWNLOAD),
    "discovery": (
        Es9(Smdp(replace(PKI, dp_auth=DS)), events=("one.example", "two.example")), "",
        ("profile", "discovery"),
    ),
    "reports": (Es9(Smdp(PKI)), "", ("notification", "process", "-a", "-r")),
    "list": (None, "", ("notification", "list")),
    "profiles": (None, "", ("profile", "list")),
}  # fmt: skip


@pytest.fixture(scope="module")
def runs():
    """lpac's output at each step, over PC/SC and over stdio, and the server's view."""

    def card():
        return Euicc(eid=EID, pki=PKI, config=Config(memory=8000))

    def run(lpac):
        found = {}
        for name, (known, lpac.answer, arguments) in STEPS.items():
            lpac.server = server = known and replace(known, reports=[], reasons=[])
            found[name] = lpac(*arguments), server and (len(server.reports), server.reasons)
        return found

    with desk(PLAIN, card()) as place:
        return run(Lpac(environ=place.environ)), run(Lpac(card=card()))


def test_both_ways_say_the_same_of_every_step(runs):
    outside, inside = runs
    assert outside == inside


FAILURES = {
    "another order": ("es9p_authenticate_client", "Refused", [0]),
    "the user says no": ("cancelled", "", [0]),
    "no code": ("es10b_prepare_download", "", [0]),
    "a wrong code": ("es9p_get_bound_profile_package", "Refused", [0]),
    "another CI": ("es9p_authenticate_client", "Refused", []),
    "another role": ("es9p_authenticate_client", "Refused", []),
    "a flipped byte": (
        "es10b_load_bound_profile_package",
        "load_profile_elements,scp03t_security_error", [],
    ),
    "too big": (
        "es10b_load_bound_profile_package",
        "load_profile_elements,install_failed_due_to_insufficient_memory_for_profile", [],
    ),
    "once more": (
        "es10b_load_bound_profile_package",
        "store_metadata,install_failed_due_to_iccid_already_exists_on_euicc", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_told_by_its_name_and_the_session_is_cancelled(runs, name):
    said, (_, reasons) = runs[0][name]
    assert (said["message"], said["data"], reasons) == FAILURES[name]
    assert said["code"] == -1


def test_a_code_a_preview_and_an_activation_code_lead_to_a_profile(runs):
    said, _ = runs[0]["all right"]
    assert (said["code"], said["data"]["iccid"]) == (0, ICCID)
    (profile,) = runs[0]["profiles"][0]["data"]
    assert (profile["iccid"], profile["profileState"]) == (ICCID, "disabled")


def test_every_report_is_delivered_once(runs):
    said, (reports, _) = runs[0]["reports"]
    assert (said["code"], reports) == (0, 4)
    assert runs[0]["list"][0]["data"] == []


def test_a_discovery_server_tells_where_profiles_are(runs):
    said, _ = runs[0]["discovery"]
    assert (said["code"], said["data"]) == (0, ["one.example", "two.example"])
