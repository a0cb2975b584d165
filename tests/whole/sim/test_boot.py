"""The boot of a phone with our card."""

from applets.sim.sim import Sim
from applets.sim.small_usim import small_subscription
from applets.uicc.aram.aram import Aram
from tests.kits.sim.boot import Boot
from tests.kits.sim.terminal import Terminal
from tests.whole.sim.menu import MENU, Shop

CLASSES = {0x90, 0x91, 0x61, 0x62, 0x63, 0x9F}
ABSENT = 0x6A82


def booted(**options):
    one = small_subscription("8949000000000000018", "001010000000001", isim=True, **options)
    return Boot(Terminal(Sim(one, application=Shop(), more=[Aram()]))).run()


def test_a_boot_is_answered_and_what_is_not_there_is_not_found():
    words = booted().words
    assert len(words) > 150
    strange = [
        f"{command} {word:04X}"
        for command, word in words
        if word >> 8 not in CLASSES and word != ABSENT
    ]
    assert strange == []


def test_the_menu_is_set_up_on_the_way():
    boot = booted()
    answered = [command.items for command, _ in boot.phone.card.cat.answers]
    assert answered == [MENU]


def test_files_behind_the_pin_are_refused_until_it_is_shown():
    refused = [word for _, word in booted(pin_enabled=True).words if word == 0x6982]
    assert len(refused) > 20
