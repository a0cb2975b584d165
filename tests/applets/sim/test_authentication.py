import pytest

from applets.sim.usim import challenge
from tests.kits.esim.uicc import USIM, made
from vcard.exclusive_or import mixed


def subscribed(**options):
    lpa = made(**options)
    lpa.send(USIM)
    return lpa, lpa.card.ports[0].enabled.subscription.aka.make()


RAND = bytes(range(16))


def authenticate(lpa, sqn, algorithm, flip=0):
    autn = bytearray(challenge(algorithm, sqn, RAND))
    autn[-1] ^= flip
    return lpa.send(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + bytes(autn))


def test_authentication_gives_keys_and_resynchronises():
    lpa, algorithm = subscribed()
    keys = algorithm.f2345(RAND)
    data, word = authenticate(lpa, 64, algorithm)
    assert word == 0x9000
    assert data[:11] == b"\xdb\x08" + keys.res + b"\x10"
    assert data[-9:-8] == b"\x08"
    auts, word = authenticate(lpa, 64, algorithm)
    assert (auts[:2].hex(), word) == ("dc0e", 0x9000)
    known = int.from_bytes(mixed(auts[2:8], algorithm.f5_star(RAND)), "big")
    assert authenticate(lpa, known + 32, algorithm)[0][0] == 0xDB
    assert authenticate(lpa, 999, algorithm, flip=1) == (b"", 0x9862)


def test_used_sequence_numbers_survive_a_reset():
    lpa, algorithm = subscribed()
    authenticate(lpa, 64, algorithm)
    lpa.start()
    lpa.send(USIM)
    assert authenticate(lpa, 64, algorithm)[0][0] == 0xDC


def test_the_gsm_context_gives_sres_and_kc():
    lpa, _ = subscribed()
    data, word = lpa.send("0088008011" + "10" + RAND.hex())
    assert (data[0], data[5], len(data), word) == (4, 8, 14, 0x9000)


@pytest.mark.parametrize(
    ("command", "word"),
    [("0088008101" + "10", 0x6700), ("0088008011" + "0F" + "00" * 16, 0x6A80),
     ("0088008012" + "10" + "00" * 17, 0x6700), ("00880082" + "01FF", 0x6A86)],
)  # fmt: skip
def test_a_malformed_challenge_has_its_status_word(command, word):
    assert subscribed()[0].send(command)[1] == word


def test_authentication_needs_the_application_and_its_pin():
    lpa = made(pin_enabled=True)
    lpa.send("00A40004023F00")
    assert lpa.send("0088008011" + "10" + RAND.hex())[1] == 0x6985
    lpa.send(USIM)
    assert lpa.send("0088008011" + "10" + RAND.hex())[1] == 0x6982
