"""A power cut at each write: the committed state is complete, and the card continues to work."""

import pytest

from applets.sim.cards import create
from applets.sim.usim import challenge
from applets.uicc.aram.aram import ARAM_AID
from applets.uicc.ota.parameters import Status
from tests.applets.sim.test_issuer_domain import opened
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import PIN, USIM, Terminal
from tests.kits.torn import power_cuts
from tests.whole.sim.test_fuzz import check
from vcard import Memory, tlv

OPTIONS = {"isim": "", "pin_enabled": "", "model": "sja5"}
FILE = "6217" + "82024121" + "83024F01" + "8A0105" + "8B032F0604" + "80020005" + "880158"
RAND = bytes(range(16))
NEW_PIN = "31313131FFFFFFFF"


def life(phone, server):
    """Files, PINs, challenges, packets, rules, keys."""
    phone.on().administer()
    assert phone.word("00E00000", FILE) in ("9000", "6A89")
    yield None
    yield phone.word("00D60000", "AABB")
    phone.on()
    yield phone.word("80D40000", "620883024F0180020009")
    phone.on()
    yield phone.word("00E40000", "4F01")
    yield phone.word("00200001", NEW_PIN)  # wrong
    yield phone.word("00240001", PIN + NEW_PIN)
    phone.select(USIM)
    autn = challenge(phone.card.subscription.aka.make(), 64, RAND)
    yield phone.send(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn)
    yield server.send("00A40004026F07" + "00D600000108")
    phone.select(ARAM_AID.hex())
    rule = tlv(0xE2, tlv(0xE1, tlv(0xC1, bytes(20))), tlv(0xE3, tlv(0xD0, b"\1")))
    yield phone.word("80E29000", tlv(0xF0, rule))
    channel = opened(phone, 3)
    keys = b"\x21" + (b"\x80\x10" + channel.wrap_key(bytes(range(16))) + b"\0") * 3
    yield channel.send(f"80D80081{len(keys):02X}{keys.hex()}00")
    phone.on("2FE2")
    yield phone.words("807600000401010203")


def new(store):
    """A card, its terminal and the server that sends it packets."""
    return Server(Terminal(create(Memory(store), OPTIONS)))


def live(server):
    """A life that a power cut may end."""
    phone = server.phone
    try:
        for _ in life(phone, server):
            check(phone.card)
    except (AssertionError, TypeError):
        assert not phone.card.powered


@pytest.mark.slow  # a life for each write
@pytest.mark.parametrize("kept", [False, True])
def test_after_a_power_cut_at_any_write_the_card_is_whole(kept):
    for store, server in power_cuts(new, live, kept=kept, least=12):
        again = create(Memory(store), OPTIONS)
        phone = server.phone = Terminal(again)
        check(again)
        assert phone.word("00200001", PIN) == "9000" or phone.word("00200001", NEW_PIN) == "9000"
        assert server.send("00A40004023F00")[0] is Status.OK
        server.counter -= 1
        assert server.send("00A40004023F00")[0] is Status.COUNTER_LOW
