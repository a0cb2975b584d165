import pytest

from applets.sim.sim import Sim
from applets.sim.small_usim import small_subscription
from applets.sim.subscription import Subscription
from applets.sim.usim import challenge
from tests.kits.esim.uicc import made
from tests.kits.sim.terminal import ISIM, Terminal, terminal
from tests.kits.sim.terminal import USIM as USIM_AID
from vcard.exclusive_or import mixed

USIM = "00A4040007" + USIM_AID


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


def test_an_isim_can_have_keys_and_sequence_numbers_of_its_own():
    phone = terminal(isim="", isim_k="AA" * 16)
    algorithm = dict(phone.card.subscription.others)[(0x3F00, 0x7FD1)].make()
    phone.select(ISIM)
    command = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + challenge(algorithm, 64, RAND)
    keys = algorithm.f2345(RAND)
    assert phone.data(command)[4:20] == keys.res.hex()
    phone.select(USIM_AID)
    assert phone.words(command) == ["9862"]
    other = phone.card.subscription.aka.make()
    fresh = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + challenge(other, 64, RAND)
    assert phone.data(fresh)[:2] == "db"


def test_without_keys_there_is_no_authentication():
    card = Sim(Subscription(small_subscription("8949000000000000018", "001010000000001").files))
    phone = Terminal(card)
    phone.select(USIM_AID)
    assert phone.words("0088008011" + "10" + RAND.hex()) == ["6985"]
