"""For every descriptor, the reader and our driver refuse it or work, and neither crashes."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from applets.catalogue import CARDS
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.explain.reader_text import explained
from ifd_bridge.ifdh.api import Answer, Code, Power
from readers import CcidReader
from readers.description.usb_bytes import RawDevice, described
from readers.models import Model
from readers.usb.descriptors import configuration_descriptor, device_descriptor
from tests.kits.random_models import RANDOM_MODELS

EXAMPLES = int(os.environ.get("VCARD_EXAMPLES", settings.default.max_examples))
"""The number of descriptors; VCARD_EXAMPLES sets it."""
BOTH = "3B8780018065766361726481"
COMMANDS = ("00A4040006A000000018FF", "80300000", "8034001010", "80320000030001 02")


def driven(model: Model) -> None:
    """Everything a host does first; each call has an answer."""
    reader = CcidReader(model)
    reader.insert(CARDS["pin-dump"](None, {"atr": BOTH}))
    driver = Driver(DirectCable(reader), model)
    if driver.opened is not Code.SUCCESS:
        return
    for slot in driver.slots:
        assert slot.icc_presence() in (Code.ICC_PRESENT, Code.ICC_NOT_PRESENT)
        slot.power_icc(Power.UP)
        for protocol in (2, 1):
            slot.set_protocol_parameters(protocol)
            for command in COMMANDS:
                answer = slot.transmit_to_icc(bytes.fromhex(command), protocol - 1)
                assert isinstance(answer, Answer)
        slot.power_icc(Power.DOWN)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(RANDOM_MODELS)
def test_a_random_descriptor_is_refused_or_driven(model: Model) -> None:
    driven(model)
    assert explained(model).fields
    raw = RawDevice(device_descriptor(model), configuration_descriptor(model))
    (again,) = described(raw).models()
    assert again.descriptor == model.descriptor
    assert again.endpoints == model.endpoints
