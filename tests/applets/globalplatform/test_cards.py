from __future__ import annotations

import pytest

from applets.catalogue import CARDS
from applets.globalplatform.codes import ISD_AID
from tests.kits.secure_channel import Host
from vcard import Card, Memory


def made(**options: str) -> tuple[Card, Host]:
    memory = Memory()
    named = {name.strip("_"): value for name, value in options.items()}
    card = CARDS["globalplatform"](memory, named)
    card.power_up()

    def exchange(raw: bytes) -> bytes:
        answer = card.exchange(raw)
        assert isinstance(answer, bytes)
        return answer

    exchange(b"\0\xa4\4\0\x08" + ISD_AID)
    return card, Host(exchange)


@pytest.mark.parametrize(
    ("options", "scp", "i", "kvn"),
    [({}, 2, None, 0x20), ({"scp": "02"}, 2, None, 0x20), ({"scp": "03"}, 3, 0x70, 0x30),
     ({"scp": "03", "i": "60", "kvn": "255"}, 3, 0x60, 0xFF)],
)  # fmt: skip
def test_options_choose_protocol_parameter_and_version(
    options: dict[str, str], scp: int, i: int | None, kvn: int
) -> None:
    _, host = made(**options)
    assert host.open(0x01).hex() == "9000"
    assert (host.scp, host.answer[10]) == (scp, kvn)
    if i is not None:
        assert host.answer[12] == i


def test_a_card_with_both_protocols_has_keys_for_each() -> None:
    _, host = made()
    host.kvn = 0x30
    assert host.open().hex() == "9000"
    assert host.scp == 3


@pytest.mark.parametrize("size", [16, 24, 32])
def test_keys_may_have_any_length_of_aes(size: int) -> None:
    key = bytes(range(size))
    for text in (key.hex(), (key * 3).hex()):
        _, host = made(scp="03", keys=text)
        host.key = key
        assert host.open().hex() == "9000"


def test_keys_of_a_set_may_differ() -> None:
    card, _ = made(scp="03", keys="11" * 16 + "22" * 16 + "33" * 16)
    keys = next(card.applets[0].domain.keys.sets())  # type: ignore[attr-defined] # the ISD's
    assert [key.value[0] for key in (keys.enc, keys.mac, keys.dek)] == [0x11, 0x22, 0x33]


def test_more_options_add_applets_keys_and_limits() -> None:
    card, host = made(with_="hello,pin-dump", load="random", scp11="", bare="", tries="2", scp="03")
    assert len(card.applets) == 3
    answer = card.exchange(bytes.fromhex("80CA00E000"))
    assert isinstance(answer, bytes)
    assert answer[:2] == b"\xc0\4"
    assert bytes.fromhex("C0041301B120") in answer
    again = CARDS["globalplatform"](card.memory, {"scp11": "", "scp": "03"})
    assert next(iter(again.applets[0].domain.keys)) == (1, 0x13)  # type: ignore[attr-defined] # the ISD's
    update = bytes.fromhex("8050000008000102030405060700")
    card.exchange(update)
    assert card.exchange(update) == b"\x69\x83"
    assert host is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [({"i": "55"}, "one protocol"), ({"kvn": "1"}, "one protocol"),
     ({"scp": "03", "i": "55"}, "no SCP03"), ({"keys": "00" * 17}, "16 bytes each"),
     ({"keys": "00" * 24}, "16 bytes each"), ({"with": "piv"}, "no applet is named 'piv'"),
     ({"load": "nothing"}, "no applet is named 'nothing'"), ({"scp": "04"}, "scp is one of")],
)  # fmt: skip
def test_wrong_options_are_named(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CARDS["globalplatform"](None, options)
