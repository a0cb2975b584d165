from applets.fido2.pins import ClientPin, pin_hash
from tests.kits.fido2.platform import PIN, Platform, fido
from tests.kits.torn import Torn
from vcard import Memory


def test_only_half_of_the_hash_is_kept(owner):
    memory = owner.core.store.memory
    assert memory["pin"] == pin_hash(PIN)
    assert len(pin_hash(PIN)) == 16
    assert all(PIN.encode() not in value for value in memory.values() if isinstance(value, bytes))


def test_a_try_is_counted_before_the_comparison_also_if_the_power_goes():
    store = Torn()
    platform = Platform(fido(PIN), Memory(store))
    ours, shared = platform.agree()
    sent = platform.protocol.encrypt(shared, pin_hash(PIN))
    from fido2 import cbor

    message = b"\6" + cbor.encode({1: 2, 2: 5, 3: ours, 6: sent})
    store.cut(2)  # the first write counts, the second gives the tries back
    command = bytes.fromhex("8010000000") + len(message).to_bytes(2, "big") + message + b"\0\0"
    assert platform.card.exchange(command) is None
    platform.power_up()
    assert ClientPin(platform.core).tries_left == 7
