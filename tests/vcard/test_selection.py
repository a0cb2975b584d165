from __future__ import annotations

import pytest

from vcard import Applet
from vcard.channel import Channel
from vcard.selection import card_manager, choose


class Named(Applet):
    def __init__(self, *aids: str, port: int = 0, manager: bool = False) -> None:
        self._aids = [bytes.fromhex(aid) for aid in aids]
        self.port = port
        self.manages_card = manager

    @property
    def aids(self) -> list[bytes]:
        return self._aids

    def visible(self, port: int) -> bool:
        return port == self.port


FIRST, SECOND = Named("A00000000101"), Named("A00000000102", "A00000000202")
ELSEWHERE = Named("A00000000103", port=1)
MANAGER = Named("A000000151", manager=True)


@pytest.mark.parametrize(
    ("name", "p2", "chosen"),
    [
        ("A00000000101", 0, (FIRST, "A00000000101")),
        ("A0000000", 0, (FIRST, "A00000000101")),
        ("A0000000", 1, (SECOND, "A00000000202")),
        ("A000000002", 0, (SECOND, "A00000000202")),
        ("", 0, (FIRST, "A00000000101")),
        ("A00000000103", 0, None),
        ("A00000000199", 0, None),
    ],
)
def test_a_name_chooses_an_applet_of_the_port(
    name: str, p2: int, chosen: tuple[Applet, str] | None
) -> None:
    found = choose([FIRST, SECOND, ELSEWHERE], Channel(0, 0), bytes.fromhex(name), p2)
    assert found == (chosen and (chosen[0], bytes.fromhex(chosen[1])))


def test_no_name_chooses_the_card_manager() -> None:
    applets = [FIRST, MANAGER]
    assert choose(applets, Channel(0, 0), b"", 0) == (MANAGER, bytes.fromhex("A000000151"))
    assert choose(applets, Channel(0, 1), b"", 0) is None


def test_the_first_manager_counts() -> None:
    other = Named("A000000152", manager=True)
    assert card_manager([FIRST, other, MANAGER], 0) is other
    assert card_manager([FIRST, SECOND], 0) is None
