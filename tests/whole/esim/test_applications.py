"""A power cut at each write of a profile's applications keeps all of it, or nothing."""

from itertools import product

import pytest

from applets.esim import saip
from applets.esim.euicc import Euicc
from tests.applets.sim.test_issuer_domain import opened
from tests.kits.esim.applications import (
    PACKETS,
    SESSIONS,
    access_rules,
    domain,
    remote_files,
    rule_data,
    server,
)
from tests.kits.esim.package import USIM, with_elements
from tests.kits.sim.terminal import Terminal
from tests.kits.torn import Torn, changed, cut_run, whole_run
from vcard import Memory

PROFILE = saip.decode(
    with_elements(domain([*SESSIONS, *PACKETS]), remote_files(adf=USIM), access_rules(rule_data()))
)
ARAM = "A00000015141434C00"


def prepared():
    store = Torn()
    return Terminal(Euicc((PROFILE,), enable=1, memory=Memory(store))), store


def rules(phone):
    phone.select(ARAM)
    phone.word("80E29000", "F100")


def keys(phone):
    channel = opened(phone, 3)
    data = b"\x21" + (b"\x80\x10" + channel.wrap_key(bytes(range(16))) + b"\0") * 3
    channel.send(f"80D80081{len(data):02X}{data.hex()}00")


def packet(phone):
    server(phone).send("00A40004026F07" + "00D600000108")


def lock(phone):
    opened(phone, 3).send("80F0408309" + ARAM)


@pytest.mark.parametrize("step", [rules, keys, packet, lock])
def test_a_cut_at_any_write_leaves_a_state_from_before_or_after(step):
    _, done, writes = whole_run(prepared, step)
    assert writes
    states = [_steps(step, number) for number in range(writes + 1)]
    assert changed(states[-1], done) <= {name for name in done if name.endswith("/tag")}
    for number, kept in product(range(1, writes + 1), (False, True)):
        phone, _, left = cut_run(prepared, step, number, kept=kept)
        expected = states[number if kept else number - 1]
        assert all(name.endswith("/tag") for name in changed(expected, left))
        phone.card.power_up()
        assert phone.select(ARAM) in ("9000", "6A82")
        assert phone.data("00A4040008A000000151000000")
        assert phone.data("80CA00E000").startswith("e0")
        server(phone, counter=50).send("00A40004026F07")


def _steps(step, number):
    """The memory after a number of writes."""
    if not number:
        return whole_run(prepared, lambda _: None)[0]
    phone, store = prepared()
    store.cut(number, kept=True)
    with pytest.raises(AssertionError):
        step(phone)
    return store.load()
