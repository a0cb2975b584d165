from readers import MODELS, CcidReader
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.ccid.message import PC_to_RDR_GetSlotStatus
from readers.models import (
    PINPAD,
    PINPAD_DISPLAY,
    PLAIN,
    THREE_SLOT,
    TWO_SLOT,
    at_level,
)
from tests.kits.reader_host import Host


def test_every_model_makes_a_reader_that_answers():
    for model in MODELS.values():
        assert len(CcidReader(model).slots) == model.slots
        assert Host(model).ask(PC_to_RDR_GetSlotStatus(bSeq=5)).bSeq == 5
        assert Descriptor.parse(bytes(model.descriptor)) == model.descriptor


def test_the_models_differ_in_what_they_can_do():
    assert not PLAIN.has_pinpad
    assert PINPAD.has_pinpad
    assert PINPAD.descriptor.lcd == (0, 0)
    assert PINPAD_DISPLAY.descriptor.lcd == (2, 16)
    assert TWO_SLOT.slots == 2


def test_every_model_has_its_own_name_and_ids():
    assert len({model.name for model in MODELS.values()}) == len(MODELS)
    ids = [(m.vendor_id, m.product_id, m.bcd_device) for m in MODELS.values()]
    assert len(set(ids)) == len(ids)


def test_a_model_can_be_put_at_another_level():
    tpdu = at_level(PLAIN, ExchangeLevel.TPDU).descriptor
    assert tpdu.exchange_level is ExchangeLevel.TPDU
    assert tpdu.dwMaxCCIDMessageLength == 271
    assert not tpdu.dwFeatures & Features.AUTO_PPS
    short = at_level(PLAIN, ExchangeLevel.SHORT_APDU).descriptor
    assert short.exchange_level is ExchangeLevel.SHORT_APDU
    assert short.dwFeatures & Features.AUTO_PPS
    assert at_level(PLAIN, ExchangeLevel.EXTENDED_APDU) == PLAIN


def test_our_own_models_count_the_clocks_and_data_rates_that_they_list():
    for model in (PLAIN, PINPAD, PINPAD_DISPLAY, TWO_SLOT, THREE_SLOT):
        descriptor = model.descriptor
        assert descriptor.bNumClockSupported == len(model.clock_frequencies) > 0
        assert descriptor.bNumDataRatesSupported == len(model.data_rates) > 0
        assert model.clock_frequencies[0] == descriptor.dwDefaultClock
        assert model.data_rates[0] == descriptor.dwDataRate
        assert model.data_rates[-1] == descriptor.dwMaxDataRate


def test_models_of_our_own_have_ids_that_are_meant_for_tests():
    ours = [model for model in MODELS.values() if model.vendor_id == 0x1209]
    assert PLAIN in ours
    assert all(1 <= model.product_id <= 0x10 for model in ours)
