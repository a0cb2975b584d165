from __future__ import annotations

from applets.hello import Hello
from ifd_bridge.worlds.tray import Tray
from vcard import Card


class Phone(Card):
    busy = False

    def profiles_shown(self) -> list[dict[str, object]]:
        if self.busy:
            raise KeyError("entry")
        return [{"name": "one", "iccid": "89", "enabled": True, "port": None}]


def test_an_euiccs_profiles_are_shown_while_it_is_in() -> None:
    card = Phone(Hello())
    shown = {"slot": 1, "card": "esim", "inserted": True, "profiles": card.profiles_shown()}
    assert Tray("esim", card, inserted=True).state(1) == shown
    assert "profiles" not in Tray("esim", card).state(0)
    card.busy = True
    assert "profiles" not in Tray("esim", card, inserted=True).state(0)
    assert "profiles" not in Tray("hello", Card(Hello()), inserted=True).state(0)


def test_the_profiles_of_a_card_in_several_slots_are_those_of_the_card() -> None:
    tray = Tray()
    tray.load("ports:esim?mep=a1")
    tray.inserted = True
    assert [profile["port"] for profile in tray.state(0)["profiles"]] == [1, 2]


def test_long_work_is_told_while_the_card_is_in() -> None:
    card = Phone(Hello())
    card.progress = ("download", 1, 2)  # type: ignore[attr-defined]  # as an eUICC has it
    tray = Tray("esim", card, inserted=True)
    assert tray.state(0)["progress"] == ("download", 1, 2)
    tray.inserted = False
    assert "progress" not in tray.state(0)
