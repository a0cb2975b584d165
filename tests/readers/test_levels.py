import pytest

from readers.apdu import ExtendedApdu, ShortApdu
from readers.descriptor import Descriptor
from readers.levels import LEVELS, exchange_for


@pytest.mark.parametrize(
    ("features", "kind"), [(0x20000, ShortApdu), (0x40000, ExtendedApdu), (0x60000, ExtendedApdu)]
)
def test_the_descriptor_chooses_the_strategy(features, kind):
    assert type(exchange_for(Descriptor(dwFeatures=features))) is kind


def test_a_level_without_a_strategy_is_refused(monkeypatch):
    monkeypatch.delitem(LEVELS, next(iter(LEVELS)))
    with pytest.raises(ValueError, match="SHORT_APDU"):
        exchange_for(Descriptor(dwFeatures=0x20000))
