import pytest

from readers.apdu import ExtendedApdu, ShortApdu
from readers.character import Character
from readers.descriptor import Descriptor
from readers.levels import exchange_for
from readers.tpdu import Tpdu


@pytest.mark.parametrize(
    ("features", "kind"),
    [
        (0, Character),
        (0x10000, Tpdu),
        (0x20000, ShortApdu),
        (0x40000, ExtendedApdu),
        (0x60000, ExtendedApdu),
    ],
)
def test_the_descriptor_chooses_the_strategy(features, kind):
    assert type(exchange_for(Descriptor(dwFeatures=features))) is kind
