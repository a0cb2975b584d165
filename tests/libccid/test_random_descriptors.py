"""Random descriptors under the genuine driver: it refuses or drives a reader; nothing hangs."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from applets.catalogue import CARDS
from ifd_bridge.pcscd.daemon import PcscdError
from ifd_bridge.worlds import endpoint as endpoints
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader
from readers.models import PLAIN, TWO_SLOT, Model
from tests.kits.pcsc.client import Client, ScardError
from tests.kits.random_models import RANDOM_MODELS

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid, pytest.mark.slow]

EXAMPLES = int(os.environ.get("VCARD_EXAMPLES", "12"))
REFUSED_AFTER_S = 1.0


def driven(model: Model) -> str:
    """Return the fate of a reader: refused (by its door, or by the driver), or its client's
    response."""
    reader = CcidReader(replace(model, vendor_id=0xFFFF, product_id=1))
    reader.insert(CARDS["pin-dump"](None, {"atr": "3B8780018065766361726481"}))
    try:
        with endpoint(reader, driver="libccid") as world, Client(world.environ) as client:
            assert world.pcscd.running
            return used(client)
    except (PcscdError, ValueError):
        return "refused"


def odd(features: int = 0, **fields: int) -> Model:
    """The plain reader at the extended level, and otherwise."""
    changed = {"dwFeatures": 0x40030 | features, **fields}
    return replace(PLAIN, descriptor=replace(PLAIN.descriptor, **changed))


def used(client: Client) -> str:
    try:
        client.connect(0)
        return str(client.transmit("00A4040006A000000018FF").hex())
    except ScardError as refused:
        return hex(refused.code)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@example(replace(TWO_SLOT, interface_protocol=2))
@example(replace(TWO_SLOT, endpoints=TWO_SLOT.endpoints[::2]))
@example(replace(TWO_SLOT, interface_protocol=1, endpoints=TWO_SLOT.endpoints[:1]))
@example(odd(bVoltageSupport=0x88))
@example(odd(features=0x0C, dwMaxCCIDMessageLength=10))
@given(RANDOM_MODELS)
def test_the_genuine_driver_refuses_or_drives_it(model: Model) -> None:
    before, endpoints.START_TIMEOUT_S = endpoints.START_TIMEOUT_S, REFUSED_AFTER_S
    try:
        assert driven(model)
    finally:
        endpoints.START_TIMEOUT_S = before
