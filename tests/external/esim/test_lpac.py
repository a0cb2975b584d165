"""The real lpac manages our card, with the same results over PC/SC and over stdio."""

import pytest

from applets.esim.cards import create, demo_profiles
from readers.models import PLAIN
from tests.external.esim.lpac import Lpac
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
A, B = (one.metadata.digits for one in demo_profiles())
UNKNOWN = "8949000000000000042"
AID = "A0000005591010FFFFFFFF8900001{}00"
STEPS = [
    ("chip", "info"),
    ("profile", "list"),
    ("profile", "enable", A),
    ("profile", "enable", UNKNOWN),
    ("profile", "enable", B),
    ("profile", "list"),
    ("notification", "list"),
    ("profile", "delete", B),
    ("profile", "nickname", A, "my own"),
    ("profile", "nickname", UNKNOWN, "nobody's"),
    ("profile", "list"),
    ("profile", "disable", B),
    ("profile", "disable", B),
    ("profile", "delete", A),
    ("profile", "delete", A),
    ("notification", "list"),
    ("notification", "dump", "-a"),
    ("notification", "dump", "1"),
    ("notification", "remove", "1"),
    ("notification", "remove", "1"),
    ("notification", "dump", "1"),
    ("notification", "remove", "-a"),
    ("notification", "list"),
    ("profile", "enable", AID.format(1), "0"),
    ("profile", "disable", AID.format(1)),
    ("profile", "delete", AID.format(0)),
    ("chip", "defaultsmdp", "dp.example.com"),
    ("chip", "info"),
    ("chip", "defaultsmdp", ""),
    ("chip", "purge", "yes"),
    ("chip", "purge", "yes"),
    ("profile", "list"),
]


@pytest.fixture(scope="module")
def runs():
    """Every step, over PC/SC and over stdio."""
    inside = Lpac(card=create(None, {}))
    with desk(PLAIN, create(None, {})) as place:
        outside = Lpac(environ=place.environ)
        return [(step, _plain(outside(*step)), _plain(inside(*step))) for step in STEPS]


def _plain(said):
    """Without the signature, which is another one each time."""
    whole = said.pop("pendingNotification", None)
    return said if whole is None else {**said, "message": "dumped", "code": 0, "data": None}


def test_the_reader_is_listed_by_its_name():
    with desk(PLAIN, create(None, {})) as place:
        said = Lpac(environ=place.environ)("driver", "apdu", "list")
    assert [one["name"] for one in said["data"]] == [f"{PLAIN.name} 00 00"]


def test_its_drivers_are_listed_beside_any_card():
    found = Lpac(card=create(None, {}))("driver", "list")
    assert {"pcsc", "stdio"} <= set(found["LPAC_APDU"])


def test_it_tells_its_version_beside_any_card():
    assert Lpac(card=create(None, {}))("version")["code"] == 0


def test_an_empty_card_has_an_empty_list():
    with desk(PLAIN, create(None, {"empty": ""})) as place:
        assert Lpac(environ=place.environ)("profile", "list")["data"] == []


def test_both_ways_give_the_same_result_for_every_command(runs):
    for step, outside, inside in runs:
        assert outside == inside, step
        assert outside["message"], step


def test_each_command_ends_as_the_standard_says(runs):
    codes = [(step[1], outside["code"], outside["data"]) for step, outside, _ in runs]
    failed = [one for one in codes if one[1] != 0]
    assert [one[0] for one in failed] == [
        "enable", "enable", "delete", "nickname", "disable", "delete", "remove", "dump", "delete",
        "purge",
    ]  # fmt: skip
    assert [one[2] for one in failed] == [
        "profile not in disabled state",
        "iccid or aid not found",
        "profile not in disabled state",
        "iccid not found",
        "profile not in enabled state",
        "iccid or aid not found",
        "seqNumber not found",
        "",
        "iccid or aid not found",
        "nothing to delete",
    ]


def test_the_chip_tells_its_eid_and_its_server(runs):
    (_, first, _), (_, later, _) = (run for run in runs if run[0] == ("chip", "info"))
    assert first["data"]["eidValue"] == create(None, {}).eid
    assert later["data"]["EuiccConfiguredAddresses"]["defaultDpAddress"] == "dp.example.com"


def test_a_port_of_a_card_with_several_can_be_managed():
    with desk(PLAIN, create(None, {"mep": "a1"})) as place:
        listed = Lpac(environ=place.environ)("profile", "list")["data"]
    assert [one["profileState"] for one in listed] == ["enabled", "enabled"]
