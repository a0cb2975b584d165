from dataclasses import replace

from readers.levels import LEVELS, exchange_for
from readers.models import PLAIN


def test_every_level_has_the_whole_protocol():
    for level in LEVELS:
        exchange = exchange_for(replace(PLAIN.descriptor, dwFeatures=level))
        for name in ("reset", "renegotiated", "transfer", "send_pin", "continue_pin"):
            assert callable(getattr(exchange, name))
