import hashlib
import hmac

import pytest

from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.gba import plain_token, service_key
from applets.sim.sim import Sim
from applets.sim.small_usim import ADF_USIM, small_subscription
from applets.sim.usim import challenge
from tests.kits.sim.terminal import PIN, USIM, Terminal

RAND = bytes(range(16))
NAF, IMPI = b"naf.example.org\x01\0\0\0\0", b"user@ims.example.org"
PARAMETERS = File((MF, ADF_USIM, 0x6FD6), Kind.TRANSPARENT, b"\xff" * 20)


def phone(**options):
    options.setdefault("file", (PARAMETERS,))
    one = small_subscription("8949000000000000018", "001010000000001", **options)
    made = Terminal(Sim(one))
    made.select(USIM)
    return made, one.aka.make()


def bootstrap(algorithm, sqn=64, flip=0):
    """Make the command for the challenge of a bootstrapping server."""
    autn = bytearray(plain_token(challenge(algorithm, sqn, RAND), algorithm.f2345(RAND).ik))
    autn[-1] ^= flip
    return b"\0\x88\0\x84\x23\xdd\x10" + RAND + b"\x10" + bytes(autn)


def derive(naf=NAF, impi=IMPI):
    data = b"\xde" + bytes((len(naf),)) + naf + bytes((len(impi),)) + impi
    return b"\0\x88\0\x84" + bytes((len(data),)) + data


def test_a_bootstrapping_gives_a_key_for_each_service():
    one, algorithm = phone()
    keys = algorithm.f2345(RAND)
    assert one.data(bootstrap(algorithm)) == "db08" + keys.res.hex()
    text = b"\x01"
    for part in (b"gba-me", RAND, IMPI, NAF):
        text += part + len(part).to_bytes(2, "big")
    expected = hmac.new(keys.ck + keys.ik, text, hashlib.sha256).hexdigest()
    assert one.data(derive()) == "db20" + expected
    assert one.data(derive(b"other")) != "db20" + expected
    assert service_key(keys.ck + keys.ik, RAND, IMPI, NAF).hex() == expected
    one.administer()
    assert one.words("00A40004026FD6") == ["9000"]
    assert one.card.files(0).content(PARAMETERS)[:17] == b"\x10" + RAND


def test_what_a_reset_leaves_is_the_key():
    one, algorithm = phone()
    one.send(bootstrap(algorithm))
    again = Terminal(one.card)
    again.select(USIM)
    assert again.data(derive()).startswith("db20")


def test_a_used_token_and_a_wrong_one_are_answered_as_in_3g():
    one, algorithm = phone()
    assert one.words(bootstrap(algorithm, flip=1)) == ["9862"]
    one.send(bootstrap(algorithm))
    assert one.data(bootstrap(algorithm))[:4] == "dc0e"
    plain = challenge(algorithm, 96, RAND)
    assert one.words(b"\0\x88\0\x84\x23\xdd\x10" + RAND + b"\x10" + plain) == ["9862"]


@pytest.mark.parametrize(
    ("data", "word"),
    [("", "6A80"), ("DB", "6A80"), ("DD", "6700"), ("DD0F" + "00" * 31, "6A80"),
     ("DE0141", "6700"), ("DE014101", "6700"), ("DE01410142", "6985"), ("DE0141014243", "6700")],
)  # fmt: skip
def test_what_is_no_request_is_refused(data, word):
    assert phone()[0].word("00880084", data) == word


def test_the_pin_and_the_application_are_needed():
    one, algorithm = phone(pin_enabled=True)
    assert one.words(bootstrap(algorithm), derive()) == ["6982", "6982"]
    assert one.word("00200001", PIN) == "9000"
    assert one.data(bootstrap(algorithm))[:2] == "db"
    assert Terminal(one.card).words(bootstrap(algorithm)) == ["6985"]


def test_a_card_without_the_file_for_it_bootstraps_as_well():
    one, algorithm = phone(file=())
    assert one.data(bootstrap(algorithm))[:2] == "db"
