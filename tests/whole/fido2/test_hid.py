"""python-fido2 over HID: its CtapHidDevice on the composite USB device of a reader with a key."""

from __future__ import annotations

import os
from threading import Event

import pytest
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap import CtapError
from fido2.ctap1 import ApduError, Ctap1
from fido2.ctap2 import Ctap2
from fido2.hid import CAPABILITY
from fido2.server import Fido2Server

from tests.kits.fido2.hid_port import opened
from tests.kits.fido2.platform import PIN, fido
from vcard.touch import Touch


class Person(UserInteraction):
    def request_pin(self, permissions, rp_id):
        return PIN


def test_the_device_says_what_it_can():
    port, device = opened(fido())
    assert (device.version, device.device_version) == (2, (1, 0, 0))
    assert device.capabilities == CAPABILITY.WINK | CAPABILITY.CBOR
    device.wink()
    long = os.urandom(7609)
    assert device.ping(long) == long
    port.close()


@pytest.mark.parametrize("resident", ["required", "discouraged"])
def test_a_login_with_a_pin(resident):
    _, device = opened(fido(PIN))
    collector = DefaultClientDataCollector("https://example.com")
    client = Fido2Client(device, client_data_collector=collector, user_interaction=Person())
    server = Fido2Server({"id": "example.com", "name": "Example"}, attestation="direct")
    user = {"id": b"user", "name": "A. User"}
    options, state = server.register_begin(
        user, resident_key_requirement=resident, user_verification="required"
    )
    made = server.register_complete(state, client.make_credential(options["publicKey"]))
    known = [made.credential_data]
    options, state = server.authenticate_begin(
        None if resident == "required" else known, user_verification="required"
    )
    result = client.get_assertion(options["publicKey"]).get_response(0)
    used = server.authenticate_complete(state, known, result)
    assert used.credential_id == made.credential_data.credential_id


def test_u2f_waits_for_the_touch():
    applet = fido(touch=Touch(None))
    port, device = opened(applet)
    ctap1 = Ctap1(device)
    with pytest.raises(ApduError) as refused:
        ctap1.register(bytes(32), bytes(32))
    assert refused.value.code == 0x6985
    port.now += 0.25
    applet.touch.press()
    ctap1.register(bytes(32), bytes(32)).verify(bytes(32), bytes(32))


def test_a_touch_is_waited_for_and_can_be_cancelled():
    _, device = opened(fido(touch=Touch(2.0)))
    told = []
    Ctap2(device).selection(on_keepalive=told.append)
    assert [int(each) for each in told] == [2]
    cancelled = Event()
    cancelled.set()
    _, device = opened(fido(touch=Touch(None)))
    with pytest.raises(CtapError) as refused:
        Ctap2(device).selection(event=cancelled)
    assert refused.value.code == CtapError.ERR.KEEPALIVE_CANCEL


def test_nobody_waits_longer_than_thirty_seconds():
    port, device = opened(fido(touch=Touch(None, pressable=False)))
    with pytest.raises(CtapError) as refused:
        Ctap2(device).selection()
    assert refused.value.code == CtapError.ERR.USER_ACTION_TIMEOUT
    assert 30.0 <= port.now < 30.2


def test_a_reset_of_the_card_is_no_power_up_of_the_device():
    applet = fido()
    port, device = opened(applet)
    applet.card.power_up()
    port.now = 11.0
    with pytest.raises(CtapError) as refused:
        Ctap2(device).reset()
    assert refused.value.code == CtapError.ERR.NOT_ALLOWED


def test_a_reset_is_allowed_for_ten_seconds_after_power_up():
    port, device = opened(fido())
    port.now = 9.0
    Ctap2(device).reset()
    port.now = 11.0
    with pytest.raises(CtapError) as refused:
        Ctap2(device).reset()
    assert refused.value.code == CtapError.ERR.NOT_ALLOWED
