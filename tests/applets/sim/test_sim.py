import pytest

import applets.sim
from applets.sim.cards import DEMO, create
from applets.sim.sim import Sim
from applets.sim.small_usim import small_subscription
from applets.sim.usim import challenge
from vcard import Atr, Memory
from vcard.secret import SecretCommand

USIM = "00A4040007A0000000871002"
ISDR = "00A4040010A0000005591010FFFFFFFF8900000100"
RAND = bytes.fromhex("23553CBE9637A89D218AE64DAE47BF35")


def send(card, command):
    answer = card.exchange(command if isinstance(command, bytes) else bytes.fromhex(command))
    data = b""
    while answer[-2] == 0x61:
        data += answer[:-2]
        answer = card.exchange(bytes((0, 0xC0, 0, 0, answer[-1])))
    return data + answer[:-2], int.from_bytes(answer[-2:], "big")


@pytest.fixture
def card():
    card = create(None, {})
    card.power_up()
    return card


def authenticate(card, sqn):
    autn = challenge(card.subscription.aka.make(), sqn, RAND, bytes.fromhex("B9B9"))
    return send(card, b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn + b"\0")


def test_the_usim_is_selected_and_its_imsi_read(card):
    data, word = send(card, USIM)
    assert (data[:1], word) == (b"\x62", 0x9000)
    assert send(card, "00A40004026F07")[1] == 0x9000
    assert send(card, "00B0000009") == (bytes.fromhex("080910100000000010"), 0x9000)


def test_a_challenge_of_the_3gpp_test_set_gets_its_keys(card):
    send(card, USIM)
    data, word = authenticate(card, int.from_bytes(bytes.fromhex("00000000FF21")))
    assert word == 0x9000
    assert data[:10].hex() == "db08" + "a54211d5e3ba50bf"
    assert data[11:27].hex() == "b40ba9a3c58b2a05bbf0d987b21bf8cb"
    assert data[28:44].hex() == "f769bcd751044604127672711c6d3441"


def test_an_old_challenge_asks_for_resynchronisation(card):
    send(card, USIM)
    assert authenticate(card, 64)[0][:1] == b"\xdb"
    assert authenticate(card, 64)[0][:1] == b"\xdc"


def test_it_is_no_euicc(card):
    assert send(card, ISDR)[1] == 0x6A82
    assert send(card, "807C0100")[1] == 0x6D00


def test_2g_finds_its_directories(card):
    assert card.exchange(bytes.fromhex("A0A40000023F00")) == b"\x9f\x17"
    assert card.exchange(bytes.fromhex("A0A40000027F20"))[0] == 0x9F


@pytest.mark.parametrize("protocols", [(0,), (1,), (0, 1)])
def test_the_atr_tells_the_protocols(protocols):
    atr = Atr.parse(Sim(small_subscription(DEMO["iccid"], DEMO["imsi"]), protocols=protocols).atr)
    assert not atr.problems
    assert set(atr.protocols) - {15} == set(protocols)


def test_state_outlives_the_card():
    memory = Memory()
    first = create(memory, {"pin_enabled": "", "imsi": "262010000000007"})
    first.power_up()
    assert send(first, "0020000108" + "31" * 8)[1] == 0x63C2
    again = Sim(memory=memory)
    again.power_up()
    assert send(again, "0020000100")[1] == 0x63C2
    send(again, "0020000108" + "30303030FFFFFFFF")
    send(again, USIM)
    send(again, "00A40004026F07")
    assert send(again, "00B0000009")[0].hex() == "082926100000000070"


def test_a_reset_forgets_that_the_pin_was_verified():
    card = create(None, {"pin_enabled": "yes"})
    card.power_up()
    send(card, "0020000108" + "30303030FFFFFFFF")
    card.power_up()
    send(card, USIM)
    send(card, "00A40004026F07")
    assert send(card, "00B0000009")[1] == 0x6982


def test_a_new_card_needs_a_subscription():
    with pytest.raises(ValueError, match="subscription"):
        Sim()


def test_the_room_shows_what_users_need_and_nothing_else():
    assert (applets.sim.Sim, applets.sim.small_subscription) == (Sim, small_subscription)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = applets.sim.nonsense


def test_a_person_is_the_phone(card):
    assert card.phone_shown() == {"menu": None, "asks": None}
    assert card.phone_told("queue", words=["display-text", "Hi"])["asks"]["text"] == "Hi"
    assert card.phone_told("on")["asks"]["command"] == "DISPLAY TEXT"
    assert card.phone_told("answer")["asks"] is None
    with pytest.raises(RuntimeError, match="no entry"):
        card.phone_told("choose", item=3)
    with pytest.raises(ValueError, match="the phone's user can"):
        card.phone_told("sing")
    assert card.phone_told("look")["menu"] is None


def test_what_is_written_to_key_files_shows_in_no_trace(card):
    update = SecretCommand(0xD6)
    assert update not in card.secret_commands
    assert update in create(None, {"model": "sja5"}).secret_commands
    assert update not in create(None, {"model": "gr1"}).secret_commands
