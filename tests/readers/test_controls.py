from dataclasses import replace

from readers.models import PLAIN
from readers.models.quirks import Quirk
from tests.kits.reader_host import Host

MODEL = replace(PLAIN, data_rates=(9600, 19200), clock_frequencies=(4000,))


def test_lists_are_told_where_there_are_some():
    cases = [
        (MODEL, 2, "A00F0000"),
        (MODEL, 3, "80250000 004B0000"),
        (MODEL, 4, None),
        (PLAIN, 2, None),
        (replace(MODEL, quirks=Quirk.NO_DATA_RATES), 3, None),
    ]
    for model, request_, data in cases:
        expected = None if data is None else bytes.fromhex(data)
        assert Host(model).reader.control(request_) == expected
