from dataclasses import replace

import pytest

from readers.ccid.descriptor import Descriptor
from readers.models.model import Model
from readers.models.quirks import Quirk


def test_a_model_tells_what_its_descriptor_says():
    model = Model("x", descriptor=Descriptor(bMaxSlotIndex=2, bPINSupport=1))
    assert (model.slots, model.has_pinpad) == (3, True)
    assert not model.has(Quirk.PPDU)


@pytest.mark.parametrize("name", ["", "x" * 122])
def test_a_name_that_pcsc_cannot_carry_is_refused(name):
    with pytest.raises(ValueError, match="characters"):
        replace(Model("x"), name=name)
