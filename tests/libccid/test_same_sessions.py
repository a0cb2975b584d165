"""Our driver against the genuine one: the same client, the same reader, the same messages.

Every PC_to_RDR message that libccid sends to a model must be the one that our driver sends, but for
what told.py leaves out, and every result that its client gets must be the same.
"""

import pytest

from applets.catalogue import CARDS
from ifd_bridge import endpoint
from readers.ccid.descriptor import ExchangeLevel
from readers.models import MODELS, PINPAD, PLAIN, at_level
from readers.pinpad.entry import CANCEL, OK
from readers.reader import CcidReader
from tests.kits.genuine import options
from tests.kits.pcsc.client import RESET, T0, T1, UNPOWER, Client, ScardError
from tests.libccid.told import told, without_timing
from tests.pcsc.test_pinpad import CHANGE, CTL, MODIFY, TEMPLATE, VERIFY, modify, verify

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

LOAD_TEXTS = bytes.fromhex("B2A0004D4C")
TLV_PROPERTIES, OWN_VENDOR = CTL + 0x330012, 0x1209  # our own readers tell more
CHOSEN = {
    **MODELS,
    "short": at_level(PINPAD, ExchangeLevel.SHORT_APDU),
    "tpdu": at_level(PINPAD, ExchangeLevel.TPDU),
    "character": at_level(PLAIN, ExchangeLevel.CHARACTER),
}
ATRS = {
    "both": "3B8780018065766361726481",
    "t0": "3B00",
    "t1": "3B84800100009000 95".replace(" ", ""),
    "fast": "3B9096801F C3 80 31 FE 45 00".replace(" ", ""),
    "specific": "3B901801 10 00".replace(" ", ""),
    "inverse": "3F00",
    "wi 0": "3B951540006801020000",
    "wi 0 again": "3BA70040008065A208000000",
    "T=0 twice": "3BDD96008010FE8031806301FFC073B3211B8105",
    "no known form": "3BD91800C00910FE54594 64F4E45000000".replace(" ", ""),
    "bwi 7": "3B8281317643C002C5",
    "crc": "3B8081717F45 01 4A".replace(" ", ""),
    "slow keys": "3BFA1300FF813180450031C173C00100009000B1",
    "too fast": "3B9097801FC3 4B".replace(" ", ""),
    "implicit": "3B90181011",
    "cut": "3B9F11",
}


class Session:
    """A client's calls, and their results."""

    def __init__(self, client, reader):
        self.client = client
        self.reader = reader
        self.results = []

    def do(self, what, *arguments):
        try:
            result = what(*arguments)
        except ScardError as refused:
            result = hex(refused.code)
        self.results.append(result.hex() if isinstance(result, bytes) else result)

    def typed(self, code, structure, *keys):
        """A PIN command with the keys that answer it, if there is a keypad."""
        if self.reader.model.has_pinpad:
            self.reader.pinpad.queue(*keys)
        self.do(self.client.control, code, structure)

    def run(self, protocols):
        client = self.client
        self.do(client.connect, 0, 2, protocols)
        if client.card is None:
            return
        for code in (CTL + 3400, CTL + 0x33000A, CTL + 1, CTL + 3601):
            self.do(client.control, code, b"\x02")
        self.do(client.control, CTL + 0x330008, b"\x02\0\0\0\0")  # shorter is read past its end
        if self.reader.model.vendor_id != OWN_VENDOR:
            self.do(client.control, TLV_PROPERTIES)
        for number in (0x10100, 0x10102, 0x10103, 0x90300, 0x90301, 0x90303, 0x7A007, 0x30120):
            self.do(client.attribute, number)
        self.do(client.transmit, "00A4040006A000000018FF")
        for command in ("80300000", "8034001010", "80320000030001 02", "8036000502000105"):
            self.do(client.transmit, command)
        self.do(client.transmit, b"\x80\x32\0\0\0\x01\x2c" + bytes(i & 255 for i in range(300)))
        self.pins()
        self.do(client.reconnect, RESET, protocols)
        self.do(client.transmit, "0020000000")
        self.do(client.disconnect, UNPOWER)

    def pins(self):
        self.typed(VERIFY, verify(TEMPLATE), "12345678", OK)
        self.typed(VERIFY, verify(TEMPLATE, end=7, timeout=30), "12", CANCEL)
        self.typed(VERIFY, verify(TEMPLATE, end=0), "1234", OK)
        for confirm in range(4):
            keys = ["1234", OK] * (1 + confirm // 2 + confirm % 2)
            self.typed(MODIFY, modify(CHANGE, confirm=confirm), *keys)
        self.do(self.client.control, VERIFY, verify(TEMPLATE)[:-1])
        self.do(self.client.control, MODIFY, modify(CHANGE) + b"\0")


def observed(model, driver, atr, protocols):
    """The messages that reach the reader, and the client's results."""
    reader = CcidReader(model)
    reader.insert(CARDS["pin-dump"](None, {"atr": atr}))
    messages = told(reader)
    how = options(driver)
    with endpoint(reader, driver=driver, options=how) as world, Client(world.environ) as client:
        session = Session(client, reader)
        session.run(protocols)
    return without_timing(map(without_texts, messages)), session.results


def without_texts(message):
    """A keypad's own texts differ."""
    return message[:15] if message[10:15] == LOAD_TEXTS else message


def same(model, atr="both", protocols=T0 | T1):
    ours = observed(model, "bridge", ATRS[atr], protocols)
    genuine = observed(model, "libccid", ATRS[atr], protocols)
    assert ours[1] == genuine[1]
    assert ours[0] == genuine[0]


@pytest.mark.parametrize("name", CHOSEN)
def test_each_model_gets_the_messages_of_the_genuine_driver(name):
    same(CHOSEN[name])


@pytest.mark.parametrize("protocol", [T0, T1])
@pytest.mark.parametrize("level", list(ExchangeLevel))
def test_each_level_and_protocol_is_driven_alike(level, protocol):
    same(at_level(PINPAD, level), protocols=protocol)


@pytest.mark.parametrize("atr", ATRS)
@pytest.mark.parametrize("level", [ExchangeLevel.EXTENDED_APDU, ExchangeLevel.TPDU])
def test_each_atr_leads_to_the_same_parameters(level, atr):
    same(at_level(PLAIN, level), atr)
