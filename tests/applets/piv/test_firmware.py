"""Firmware versions of a YubiKey, in PIV."""

import pytest

from applets.piv import Algorithm, Piv
from applets.piv.firmware import FIRMWARE, INSTRUCTIONS, USUAL
from applets.piv.identity import identity
from applets.piv.management_key import FACTORY_KEY, SymmetricKey
from tests.kits import golden
from tests.kits.piv.host import PIN, Host
from vcard import SW, Memory


@pytest.fixture
def old(request):
    return lambda version, memory=None: Host(Piv(identity="yubikey", firmware=version), memory)


@pytest.mark.parametrize("version", FIRMWARE)
def test_version_and_unknown_instructions_are_those_of_the_table(old, version):
    host = old(version)
    assert ".".join(map(str, host.send(0xFD, 0, 0).data)) == version
    unknown = {ins for ins in INSTRUCTIONS if host.send(ins, 0, 0).sw == SW.INS_NOT_SUPPORTED}
    assert unknown == FIRMWARE[version].unknown


@pytest.mark.parametrize(("version", "algorithm"), [("5.7.2", 0x0A), ("5.4.3", 3), ("4.3.7", 3)])
def test_the_factorys_management_key_is_aes_192_from_5_7(old, version, algorithm):
    host = old(version)
    assert host.administer(SymmetricKey(Algorithm(algorithm), FACTORY_KEY.key)).sw == SW.OK


def test_a_card_keeps_the_management_key_that_an_older_version_wrote(old):
    memory = Memory()
    old("5.4.3", memory)
    assert old("5.7.2", memory).administer(FACTORY_KEY).sw == SW.OK


def test_newer_algorithms_are_refused_by_older_versions(old):
    host = old("5.4.3")
    host.administer()
    assert host.generate(0x9A, Algorithm.ED25519).sw == SW.WRONG_DATA
    assert host.send(0xFE, Algorithm.X25519, 0x9A, b"").sw == SW.INCORRECT_P1_P2


def test_aes_management_keys_begin_with_5_4(old):
    for version, sw in (("5.4.3", SW.OK), ("5.3.1", SW.WRONG_DATA)):
        host = old(version)
        host.administer()
        assert host.send(0xFF, 0xFF, 0xFF, b"\x08\x9b\x10" + bytes(16)).sw == sw


@pytest.mark.parametrize(("version", "kept"), [("5.7.2", True), ("4.3.7", False)])
def test_old_versions_forget_the_pin_when_selected_again(old, version, kept):
    host = old(version)
    host.verify()
    host.send(0xA4, 4, 0, host.piv.aid)
    assert (host.verify(b"").sw == SW.OK) is kept


@pytest.mark.parametrize(("version", "kept"), [("5.4.3", True), ("5.3.1", False)])
def test_asking_for_the_status_ends_it_in_one_version(old, version, kept):
    host = old(version)
    assert host.verify(PIN).sw == SW.OK
    assert (host.verify(b"").sw == SW.OK) is kept


def test_an_unknown_version_is_refused_with_the_known_ones():
    assert identity("yubikey").firmware is FIRMWARE[USUAL]
    with pytest.raises(ValueError, match=r"5\.7\.2, 5\.4\.3, 5\.3\.1, 4\.3\.7, not '6'"):
        identity("yubikey", "6")


def test_every_value_is_that_of_its_source():
    """Spec: Yubico's releases."""
    golden.check("piv_firmware", golden.values(FIRMWARE))
