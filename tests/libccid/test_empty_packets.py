"""The reader whose empty packet is mistaken for the answer with the parameters."""

import pytest

from applets.hello import Hello
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from tests.kits.pcsc.program import ask
from vcard import Card

pytestmark = pytest.mark.libccid

CLIENT = """
settle(reader, SCARD_STATE_PRESENT)
for protocol in (SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1):
    say(hexed(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, protocol)[0]))
say(bool(settle(reader, SCARD_STATE_PRESENT)))
"""


def meet(driver):
    reader = CcidReader(models.MODELS["gemalto-ct30"])
    reader.insert(Card(Hello()))
    with endpoint(reader, driver=driver) as pcsc:
        return ask(pcsc.environ, CLIENT), pcsc.log


def test_the_stock_driver_says_why_no_card_can_be_connected():
    said, log = meet("libccid")
    assert "SetParameters() Not enough data received: 0 bytes" in log
    assert said[2] is True
    assert "0x0" not in said


def test_our_driver_answers_the_same():
    assert meet("bridge")[0] == meet("libccid")[0]
