import pytest

from applets.fido2.hid_packets import BROADCAST, Command, Packet, reports
from applets.openpgp import OpenPgp
from applets.openpgp.codes import PREFIX as OPENPGP_AID
from applets.openpgp.codes import USER_SLOTS
from applets.piv import AID as PIV_AID
from applets.piv import Algorithm, Slot
from applets.piv.codes import TouchPolicy
from applets.piv.dynamic_authentication import Template
from applets.piv.keys import KeyPair
from applets.piv.piv import Piv
from applets.shared.key_kinds import KINDS
from applets.shared.secure_channel.secured import SecuredApplet
from applets.yubikey.adopted import READ_CONFIG, WRITE_CONFIG, TokenPgp, TokenPiv
from applets.yubikey.codes import OATH_AID
from vcard import SW
from vcard.hid import hid_function_of
from vcard.touch import Touch

DISABLE_OATH = bytes.fromhex("0403020313")


def asked(function, command, data=b""):
    """The command and the data that answer a message of one packet on channel 1."""
    [sent] = reports(1, command, data)
    answers = [Packet.parse(report) for report in function.receive(sent, 0.0)]
    data = answers[0].body[2:] + b"".join(each.body for each in answers[1:])
    return answers[0].command, data[: answers[0].length]


def opened(host):
    function = hid_function_of(host.card)
    [opening] = reports(BROADCAST, Command.INIT, bytes(8))
    [told] = function.receive(opening, 0.0)
    assert told[7 + 8 + 5 : 7 + 8 + 8] == bytes(host.card.device.version)
    return function


def test_the_bus_tells_the_device_information_and_takes_settings(token):
    host = token()
    function = opened(host)
    assert asked(function, READ_CONFIG, b"\0") == (READ_CONFIG, host.card.device.information(0))
    assert asked(function, READ_CONFIG, b"\1") == (Command.ERROR, b"\2")
    assert asked(function, WRITE_CONFIG, b"\1") == (Command.ERROR, b"\2")
    assert asked(function, WRITE_CONFIG, DISABLE_OATH) == (WRITE_CONFIG, b"")
    assert host.select(OATH_AID).sw == SW.FILE_NOT_FOUND


def test_a_token_without_fido_has_nothing_on_the_bus(token):
    host = token()
    host.card.device.configure(bytes.fromhex("0403020138"))
    assert hid_function_of(host.card) is None


def test_openpgp_has_the_last_digits_of_the_serial_number(token):
    host = token(serial=0xFFFF_FFFF)
    assert host.select(OPENPGP_AID).sw == SW.OK
    assert host.send(0xCA, 0, 0x4F).data.hex()[20:28] == "94967295"


def test_a_power_up_of_the_card_leaves_the_touch_to_the_bus(token):
    host = token(touch=Touch(None))
    function = opened(host)
    assert asked(function, Command.CBOR, b"\x0b")[0] == Command.KEEPALIVE
    host.card.power_up()
    assert host.card.device.touch.wanted
    host.card.device.touch.press()
    [answer] = function.tick(0.2)
    assert Packet.parse(answer).command == Command.CBOR


def test_a_touch_that_the_contacts_wanted_ends_with_their_power(token):
    host = token(touch=Touch(None))
    opened(host)
    host.card.device.touch.ask()
    host.card.power_up()
    assert not host.card.device.touch.wanted


@pytest.mark.parametrize(("ours", "own"), [(TokenPiv, Piv), (TokenPgp, OpenPgp)])
def test_the_secure_channel_takes_no_command_from_an_application(ours, own):
    """Handlers of the same name would hide the application's."""

    def routes(applet):
        return {
            (route.ins, route.cla, route.p1, route.p2, getattr(applet, route.name).__qualname__)
            for found in applet._routes.values()
            for route in found
        }

    assert routes(own) <= routes(ours)
    assert routes(SecuredApplet) <= routes(ours)


def test_a_key_for_authentication_signs(token):
    host = token(openpgp={"algorithms": dict.fromkeys(USER_SLOTS, "Ed25519")})
    host.select(OPENPGP_AID)
    assert host.send(0x20, 0, 0x83, b"12345678").sw == SW.OK
    assert host.send(0x47, 0x80, 0, b"\xa4\0").sw == SW.OK
    assert host.send(0x20, 0, 0x82, b"123456").sw == SW.OK
    assert len(host.send(0x88, data=b"digest").data) == 64


@pytest.mark.parametrize(
    ("policy", "seen"),
    [
        (TouchPolicy.NEVER, []),
        (TouchPolicy.ALWAYS, ["touch"] * 2),
        (TouchPolicy.CACHED, ["touch"]),
    ],
)
def test_a_key_of_piv_wants_a_touch_always_or_once(token, policy, seen):
    touch, asked = Touch(0.2), []
    host = token(touch=touch)
    host.select(PIV_AID)
    touch.changed = lambda: asked.append("touch") if touch.wanted else None
    key = KeyPair(KINDS["P-256"].generate(), Algorithm.P256, touch_policy=policy)
    host.card.piv.keys.put(Slot.AUTHENTICATION, key)
    host.send(0x20, 0, 0x80, b"123456\xff\xff")
    signed = Template(challenge=bytes(32), response=b"")
    for _ in range(2):
        assert host.send(0x87, Algorithm.P256, 0x9A, bytes(signed)).sw == SW.OK
    assert asked == seen


def test_a_key_of_piv_that_is_not_touched_signs_nothing(token):
    host = token(touch=Touch(None, timeout=1))
    host.select(PIV_AID)
    key = KeyPair(KINDS["P-256"].generate(), Algorithm.P256, touch_policy=TouchPolicy.ALWAYS)
    host.card.piv.keys.put(Slot.AUTHENTICATION, key)
    host.send(0x20, 0, 0x80, b"123456\xff\xff")
    signed = Template(challenge=bytes(32), response=b"")
    answer = host.send(0x87, Algorithm.P256, 0x9A, bytes(signed))
    assert answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED
