"""Readers made from public descriptions: a client gets the same from both drivers.

Of each reader: ATR, features, properties, attributes, commands of every case, PIN entry.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from applets.catalogue import CARDS
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader
from readers.ccid.descriptor import Features
from readers.models import PLAIN, Model
from tests.kits.descriptions import ATTRIBUTES, FOLDER, OURS, Client, described, session
from tests.kits.genuine import options
from tests.kits.pcsc.client import Client as Caller
from tests.kits.pcsc.client import ScardError

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

REFUSED_BY_HARDWARE = {
    "contradictory-0": {"case 3, 255", "case 4, 200", "case 4, 255"},
    "token-b-0": {"case 2, 3000", "case 3, 3000", "case 4, 3000"},
}
"""Commands that cannot work: longer than a message of 64 bytes; longer than a token takes."""
NEVER = {"attribute 10101"}
"""Attributes that no driver answers."""

REAL = list(described(FOLDER)) if FOLDER.is_dir() else []
OWN = list(described(OURS))


def both(name: str, model: Model) -> dict[str, object]:
    genuine, ours = session(model, "libccid"), session(model, "bridge")
    assert ours == genuine
    assert "select" in ours, ours
    refused = {key for key, value in ours.items() if str(value).startswith("0x")} - NEVER
    assert refused == REFUSED_BY_HARDWARE.get(name, set())
    return ours


@pytest.mark.parametrize(("name", "model"), OWN, ids=[name for name, _ in OWN])
def test_our_own_descriptions_are_driven_alike(name: str, model: Model) -> None:
    both(name, model)


@pytest.mark.skipif(not REAL, reason=f"no public descriptions stand in {FOLDER}")
@pytest.mark.parametrize(("name", "model"), REAL, ids=[name for name, _ in REAL])
def test_real_descriptions_are_driven_alike(name: str, model: Model) -> None:
    said = both(name, model)
    if model.has_pinpad and "modify" in said:
        assert said["verify"] == "9000"
        assert str(said["modify, dump"]).endswith("31323334ffffffff35363738ffffffff9000")


def attributes(driver: str, models: list[Model]) -> list[dict[str, object]]:
    """Every attribute of every reader, in the order of the readers."""
    readers = [CcidReader(model) for model in models]
    found = []
    with (
        endpoint(*readers, driver=driver, options=options(driver)) as world,
        Client(world.environ) as client,
    ):
        for name in sorted(client.readers, key=lambda name: name[-5:]):
            client.connect(name, 3, 0)
            found.append({f"{number:X}": asked(client, number) for number in ATTRIBUTES})
            client.disconnect()
    return found


def asked(client: Client, number: int) -> object:
    try:
        return client.attribute(number).hex()
    except Exception as refused:  # a ScardError, whose text has the code
        return str(refused)


def test_two_readers_have_the_attributes_that_the_genuine_driver_tells() -> None:
    models = [model for _, model in OWN if model.interface_protocol == 0][:3]
    ours = attributes("bridge", models)
    assert ours == attributes("libccid", models)
    assert len({str(one["20110"]) for one in ours}) == len(models)


def selected(driver: str, atr: str) -> str:
    """Return the response to SELECT of the PIN dump, in a reader without PPS."""
    characters = Features.AUTO_CLOCK | Features.AUTO_BAUD
    said = replace(PLAIN.descriptor, dwFeatures=characters)
    reader = CcidReader(replace(PLAIN, vendor_id=0x0B97, product_id=0x7762, descriptor=said))
    reader.insert(CARDS["pin-dump"](None, {"atr": atr}))
    with endpoint(reader, driver=driver) as world, Caller(world.environ) as client:
        client.connect(0)
        try:
            return str(client.transmit("00A4040006A000000018FF").hex())
        except ScardError as refused:
            return hex(refused.code)


@pytest.mark.parametrize(
    ("atr", "answer"),
    [("3B021450", "9000"), ("3B80800101", "0x80100016")],
    ids=["T=0 only", "T=0 first, T=1 chosen: pcscd speaks T=1 though no PPS is sent"],
)
def test_a_reader_without_pps_takes_cards_of_one_protocol(atr: str, answer: str) -> None:
    assert {driver: selected(driver, atr) for driver in ("bridge", "libccid")} == {
        "bridge": answer,
        "libccid": answer,
    }
