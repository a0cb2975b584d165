"""Properties of all faces."""

import pytest

from ifd_bridge.faces.face import Face
from ifd_bridge.faces.libusb import UsbFace
from ifd_bridge.faces.serial import SerialFace
from readers import CcidReader, models
from readers.ccid.message import PC_to_RDR_IccPowerOn
from tests.kits.reader_host import FakeCard

MAKERS = {
    "libusb": lambda reader, path: UsbFace(reader, path, 1),
    "serial": lambda reader, _: SerialFace(reader, "GemPCTwin"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_face_that_closes_takes_the_supply_from_its_cards_and_may_be_closed_twice(name, tmp_path):
    reader, card = CcidReader(models.PLAIN), FakeCard()
    face: Face = MAKERS[name](reader, tmp_path)
    face.open()
    assert not face.opened.is_set()
    reader.insert(card)
    reader.handle(bytes(PC_to_RDR_IccPowerOn()), 0.0)
    assert card.powered
    face.close()
    assert not card.powered
    face.close()
