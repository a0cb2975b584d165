from readers.ccid.descriptor import Descriptor
from readers.exchange.apdu import ExtendedApdu, ShortApdu
from readers.exchange.character import Character
from readers.exchange.levels import exchange_for
from readers.exchange.tpdu import Tpdu


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
