from readers.ccid.descriptor import Descriptor
from readers.exchange.apdu import ExtendedApdu, ShortApdu
from readers.exchange.character import Character
from readers.exchange.levels import exchange_for
from readers.exchange.tpdu import Tpdu
from readers.models import Model, Quirk


def test_the_descriptor_chooses_the_strategy():
    cases = [
        (0, Character),
        (0x10000, Tpdu),
        (0x20000, ShortApdu),
        (0x40000, ExtendedApdu),
        (0x60000, ExtendedApdu),
    ]
    for features, kind in cases:
        assert type(exchange_for(Model("x", descriptor=Descriptor(dwFeatures=features)))) is kind


def test_a_reader_that_chains_in_spite_of_its_descriptor_does():
    """As 076B:3A21, 046A:00A7 and 2F7C:6007 do, which hosts raise to the extended level."""
    descriptor = Descriptor(dwFeatures=0x000204BA, dwMaxCCIDMessageLength=271)
    assert type(exchange_for(Model("x", descriptor=descriptor))) is ShortApdu
    chaining = exchange_for(Model("x", descriptor=descriptor, quirks=Quirk.CHAINS_SHORT_APDU))
    assert type(chaining) is ExtendedApdu
    assert chaining.room == 261


def test_a_senseless_message_length_ends_no_chain():
    short = Descriptor(dwMaxCCIDMessageLength=4)
    assert exchange_for(Model("x", descriptor=short)).room == 1
