"""pySim's programs read our card: by UICC and 2G class, port by port."""

import re

import pytest

from applets.esim.cards import create, demo_profiles
from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.small_usim import ADF_USIM, ALWAYS_PIN
from applets.sim.usim import challenge
from readers.models import PLAIN
from tests.external.bench import Bench, need
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
PROFILES = demo_profiles()
DIGITS = [one.metadata.digits for one in PROFILES]
IMSIS = ["001010000000001", "001010000000002"]
READ_ICCID = ("select MF", "select EF.ICCID", "read_binary_decoded")
READ_IMSI = ("select ADF.USIM", "select EF.IMSI", "read_binary_decoded")
# 3GPP TS 35.208, 4.3.1: the first demonstration profile has this set's key
RAND = bytes.fromhex("23553CBE9637A89D218AE64DAE47BF35")
RES, CK = "a54211d5e3ba50bf", "b40ba9a3c58b2a05bbf0d987b21bf8cb"
IK = "f769bcd751044604127672711c6d3441"


@pytest.fixture
def bench(request):
    """A bench with a card, and a function that runs the shell's commands."""
    options = getattr(request, "param", {})
    with desk(PLAIN, create(None, options)) as place:
        yield Bench(place), place.reader.slots[0].card


def shell(bench, *commands):
    program = need("pySim-shell.py", "pySim, from its sources")
    words = [word for command in commands for word in ("-e", command)]
    return bench.run(program, "-p", "0", "--noprompt", *words)


def test_the_shell_knows_the_card_and_lists_its_profiles(bench):
    place, card = bench
    said = shell(place, "select ADF.ISD-R", "get_eid", "get_profiles_info", *READ_ICCID, *READ_IMSI)
    known = ("Card is of type: Consumer eUICC (SGP.22)", card.eid, *DIGITS, "Demo one", "Demo two")
    for expected in (*known, f'"imsi": "{IMSIS[0]}"'):
        assert expected in said


def test_after_another_profile_is_enabled_the_shell_shows_that(bench):
    place, _ = bench
    assert f'"iccid": "{DIGITS[0]}"' in shell(place, *READ_ICCID)
    shell(place, "select ADF.ISD-R", f"enable_profile --iccid {DIGITS[1]}")
    said = shell(place, *READ_ICCID, *READ_IMSI)
    assert f'"iccid": "{DIGITS[1]}"' in said
    assert f'"imsi": "{IMSIS[1]}"' in said


MANAGED = {
    "get_euicc_configured_addresses": ("testrootsmds.example.com",),
    "set_default_dp_address dp.example": ('"set_default_dp_addr_res": "ok"',),
    "get_euicc_challenge": ("euicc_challenge",),
    "get_euicc_info1": ('"svn": "2.2.2"',),
    "get_euicc_info2": ("VCARD-TEST-1",),
    f"enable_profile --iccid {DIGITS[1]}": ('"enable_result": "ok"',),
    "list_notification": ('"seq_number": 1', '"seq_number": 2'),
    "remove_notification_from_list 1": ('"delete_notification_status": "ok"',),
    "remove_notification_from_list 7": ('"delete_notification_status": "nothingToDelete"',),
    f"disable_profile --iccid {DIGITS[1]}": ('"disable_result": "ok"',),
    f"set_nickname {DIGITS[0]} --profile-nickname mine": ('"set_nickname_result": "ok"',),
    "get_profiles_info --all": ('"profile_nickname": "mine"',),
    f"delete_profile --iccid {DIGITS[1]}": ('"delete_result": "ok"',),
    "euicc_memory_reset --delete-operational": ('"reset_result": "ok"',),
    "euicc_memory_reset --reset-smdp-address": ('"reset_result": "ok"',),
    "get_profiles_info": ('"profile_info_seq": null',),
}


@pytest.mark.parametrize("bench", [{}, {"proactive": ""}], indirect=True)
def test_the_shell_manages_a_card(bench):
    place, _ = bench
    steps = [step for command in MANAGED for step in ("select ADF.ISD-R", command)]
    said = shell(place, *steps)
    for command, expected in MANAGED.items():
        for words in expected:
            assert words in said, command


def with_objects():
    """A card whose profile also has a BER-TLV file."""
    file = File((MF, ADF_USIM, 0x6FFE), Kind.BER_TLV, rule=ALWAYS_PIN, limit=300)
    return Euicc([profile(DIGITS[0], IMSIS[0], isim=True, file=(file,))], enable=1)


def test_the_shell_exports_every_file_that_is_there():
    program = need("pySim-shell.py", "pySim, from its sources")
    with desk(PLAIN, with_objects()) as place:
        said = Bench(place).run(program, "-p", "0", "--noprompt", "-e", "export")
    failed = [line for line in said.splitlines() if line.startswith("#  MF/")]
    assert len(failed) > 10  # it tries files that a small profile has not
    assert [line for line in failed if "6a82" not in line] == []
    assert said.count("# file: ") + said.count("# structure: ") > 40


def test_the_shell_writes_and_reads_objects():
    with desk(PLAIN, with_objects()) as place:
        said = shell(
            Bench(place), "select ADF.USIM", "select EF.MuDMiDConfigData",
            "set_data 0x80 " + "ab" * 200, "set_data 0x81 cd", "retrieve_tags",
            "retrieve_data 0x80", "delete_data 0x80", "retrieve_tags",
        )  # fmt: skip
    assert "ab" * 200 in said
    assert re.findall(r"\[[0-9, ]+\]", said)[-2:] == ["[128, 129]", "[129]"]


def test_pysim_read_reads_by_the_class_of_2g(bench):
    place, _ = bench
    said = place.run(need("pySim-read.py", "pySim, from its sources"), "-p", "0")
    for expected in (f"ICCID: {DIGITS[0]}", f"IMSI: {IMSIS[0]}", "vcard One"):
        assert expected in said
    assert said.rstrip().endswith("Done !")


@pytest.mark.parametrize("bench", [{"mep": "a1", "protocol": "t0"}], indirect=True)
def test_manage_lsi_shows_the_shell_the_profile_of_each_port(bench):
    place, _ = bench
    said = shell(place, "apdu 807C0001", *READ_ICCID, "apdu 807C0002", *READ_ICCID)
    assert re.findall(r'"iccid": "(\d+)"', said)[-2:] == DIGITS


def test_a_challenge_is_answered_as_the_test_set_says(bench):
    place, _ = bench
    autn = challenge(PROFILES[0].subscription.aka.make(), 64, RAND)
    wrong = bytes((*autn[:-1], autn[-1] ^ 1))
    words = f"authenticate {RAND.hex()} {autn.hex()}"  # the second time it is not fresh
    strange = f"apdu 0088008122{16:02x}{RAND.hex()}{16:02x}{wrong.hex()}"
    said = shell(place, "select ADF.USIM", words, words, strange)
    for expected in (f'"res": "{RES}"', f'"ck": "{CK}"', f'"ik": "{IK}"', '"auts": "', "SW: 9862"):
        assert expected in said
