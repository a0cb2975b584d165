from dataclasses import replace

from readers.models import PLAIN
from readers.models.quirks import Quirk


def test_a_model_has_the_quirks_that_it_names():
    model = replace(PLAIN, quirks=Quirk.PPDU | Quirk.CHECKS_ATR)
    assert model.has(Quirk.PPDU)
    assert not model.has(Quirk.ZERO_LENGTH_PACKETS)
    assert not PLAIN.has(Quirk.PPDU)
