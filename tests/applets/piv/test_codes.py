from applets.piv.codes import AID, PinPolicy, Slot, pin_policy


def test_the_application_identifier_is_rid_and_pix():
    assert AID.hex().upper() == "A000000308000010000100"


def test_each_slot_has_the_standards_pin_policy():
    cases = [
        (Slot.AUTHENTICATION, PinPolicy.ONCE),
        (Slot.SIGNATURE, PinPolicy.ALWAYS),
        (Slot.KEY_MANAGEMENT, PinPolicy.ONCE),
        (Slot.CARD_AUTHENTICATION, PinPolicy.NEVER),
        (Slot.RETIRED_20, PinPolicy.ONCE),
    ]
    for slot, policy in cases:
        assert pin_policy(slot) is policy
