import pytest

from applets.uicc.ota.access_domain import FULL, NONE, AccessDomain

KNOWN = {0x01, 0x0A, 0x81}


@pytest.mark.parametrize(
    ("raw", "verified"),
    [("00", KNOWN), ("02000100", {0x0A}), ("02010000", {0x01}), ("02010100", {0x01, 0x0A}),
     ("02000200", set()), ("02", set()), ("FF", set()), ("", set()), ("01FFFF", set())],
)  # fmt: skip
def test_an_access_domain_stands_for_verified_keys(raw, verified):
    assert AccessDomain.parse(bytes.fromhex(raw)).verified(KNOWN) == verified


def test_the_keys_of_the_second_level_come_last():
    assert AccessDomain.parse(bytes.fromhex("0200001F")).references == set(range(0x8A, 0x8F))


def test_only_no_access_forbids_what_everybody_may_do():
    assert NONE.nothing
    assert not FULL.nothing
    assert not AccessDomain.parse(bytes.fromhex("02000000")).nothing
