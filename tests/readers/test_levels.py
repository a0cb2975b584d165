from readers.apdu import ExtendedApdu, ShortApdu
from readers.character import Character
from readers.descriptor import Descriptor
from readers.levels import exchange_for
from readers.tpdu import Tpdu


def test_the_descriptor_chooses_the_strategy():
    cases = [
        (0, Character),
        (0x10000, Tpdu),
        (0x20000, ShortApdu),
        (0x40000, ExtendedApdu),
        (0x60000, ExtendedApdu),
    ]
    for features, kind in cases:
        assert type(exchange_for(Descriptor(dwFeatures=features))) is kind
