import pytest

from applets.piv import Algorithm, Piv, Slot, SymmetricKey
from applets.piv.state import algorithm
from vcard import SW, Applet, Card, Memory

PIN, GLOBAL = b"123456\xff\xff", b"77777777"


class Other(Applet):
    aid = bytes.fromhex("A0000000990101")


def test_a_memory_that_is_personalised_keeps_what_it_has(host_for, key_for):
    memory = Memory()
    first = host_for(Piv(pin="111111", keys={Slot.SIGNATURE: key_for(Algorithm.P256)}), memory)
    chuid = first.get("5FC102")
    second = host_for(Piv(pin="222222", global_pin="777777"), memory)
    assert second.get("5FC102") == chuid
    assert Slot.SIGNATURE in second.piv.keys
    assert second.verify(b"111111\xff\xff").sw == SW.OK


def test_a_global_pin_stays_with_the_memory(host_for):
    memory = Memory()
    host_for(Piv(global_pin="77777777"), memory)
    assert host_for(Piv(), memory).verify(GLOBAL, 0x00).sw == SW.OK


def test_what_cannot_be_is_refused_where_it_is_said():
    cases = [
        {"pin": "12345"},
        {"global_pin": "x"},
        {"puk": "1"},
        {"pairing_code": "1"},
        {"pin_tries": 0},
        {"puk_tries": 16},
    ]
    for wrong in cases:
        with pytest.raises(ValueError, match=r"6 to 8|tries are 1\.\.15"):
            Piv(**wrong)


def test_selecting_again_keeps_the_security_status(host):
    host.verify()
    host.administer()
    host.send(0xA4, 0x04, 0x00, host.piv.aid[:5])
    assert host.verify(b"").sw == SW.OK
    assert host.put("5FC10C", b"x").sw == SW.OK


@pytest.mark.parametrize("how", ["another application", "a reset", "an unknown application"])
def test_the_security_status_ends_with_the_selection(host, how):
    host.card.install(Other())
    host.verify()
    host.administer()
    if how == "a reset":
        host.power_up()
    elif how == "another application":
        host.send(0xA4, 0x04, 0x00, Other.aid)
        host.send(0xA4, 0x04, 0x00, host.piv.aid)
    else:
        assert host.send(0xA4, 0x04, 0x00, b"\xa0\0\0\0\0").sw == SW.FILE_NOT_FOUND
        assert host.verify(b"").sw == SW.OK
        return
    assert host.verify(b"").sw == SW.tries_left(3)
    assert host.put("5FC10C", b"x").sw == SW.SECURITY_STATUS_NOT_SATISFIED


def test_the_global_pin_outlives_the_selection_but_no_reset(host_for):
    host = host_for(Piv(global_pin="77777777"))
    host.card.install(Other())
    assert host.verify(GLOBAL, 0x00).sw == SW.OK
    host.send(0xA4, 0x04, 0x00, Other.aid)
    host.send(0xA4, 0x04, 0x00, host.piv.aid)
    assert host.verify(b"", 0x00).sw == SW.OK
    host.power_up()
    assert host.verify(b"", 0x00).sw == SW.tries_left(3)


def test_logical_channels_have_their_own_status(host):
    host.verify()
    host.card.exchange(bytes.fromhex("0070000101"))
    host.card.exchange(bytes.fromhex("01A4040005A000000308"))
    assert host.card.exchange(bytes.fromhex("01200080")) == SW.tries_left(3).raw
    assert host.verify(b"").sw == SW.OK


def test_other_keys_than_the_default_administer(host_for):
    key = SymmetricKey(Algorithm.AES_256, bytes(range(32)))
    host = host_for(Piv(management_key=key))
    assert host.administer(key).sw == SW.OK
    assert host.authenticate(0x03, 0x9B, challenge=b"").sw == SW.INCORRECT_P1_P2


def test_algorithm_00_is_3des():
    assert algorithm(0) is algorithm(3) is Algorithm.TDES
    with pytest.raises(SW) as raised:
        algorithm(0x99)
    assert raised.value == SW.INCORRECT_P1_P2


def test_two_cards_do_not_share_a_serial_number():
    numbers = set()
    for _ in range(3):
        piv = Piv()
        Card(piv)
        numbers.add(piv.serial)
    assert len(numbers) == 3


@pytest.mark.parametrize("identity", ["nist", "yubikey"])
def test_selecting_it_again_changes_no_security_status(identity, host_for):
    """Spec: SP 800-73-4, part 2, 3.1.1."""
    host = host_for(Piv(identity=identity))
    assert host.verify(b"123456\xff\xff").sw == SW.OK
    assert host.send(0xA4, 4, 0, host.piv.aid).sw == SW.OK
    assert host.send(0x20, 0, 0x80, le=None).sw == SW.OK
