"""The genuine libccid is the oracle: our driver must send a reader the same messages.

Both drive the same reader for the same client; the test compares the client's results and the
reader's messages. It leaves out those of told.py, and PC_to_RDR_Escape: each driver begins with
queries for other vendors' readers.
"""

from dataclasses import replace

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from readers.ccid.codes import MessageType
from readers.ccid.descriptor import ExchangeLevel, Features, Voltage
from readers.pinpad.entry import OK
from tests.kits.genuine import options
from tests.kits.pcsc.program import ask
from tests.libccid.told import told, without_timing
from vcard import Card

pytestmark = pytest.mark.libccid

T0, T1 = 1, 2
TA1_ATR = bytes.fromhex("3B9F9680B1FE451F0380318073FF6166436172645F540F900001")

CLIENT = """
def code(value):
    return hex(value & 0xFFFFFFFF)
def connect(protocol):
    global card, pci, connected
    result, card, active = SCardConnect(ctx, reader, SCARD_SHARE_SHARED, protocol)
    connected = result == SCARD_S_SUCCESS
    pci = SCARD_PCI_T0 if active == 1 else SCARD_PCI_T1
    say(["connect", code(result), active])
def send(text):
    if not connected:
        return
    result, answer = SCardTransmit(card, pci, list(bytes.fromhex(text)))
    say([text, code(result), bytes(answer).hex()])
def control(number, text):
    result, answer = SCardControl(card, number, list(bytes.fromhex(text)))
    say([hex(number), code(result), bytes(answer).hex()])
def reset(how, protocol):
    global pci
    result, active = SCardReconnect(card, SCARD_SHARE_SHARED, protocol, how)
    pci = SCARD_PCI_T0 if active == 1 else SCARD_PCI_T1
    say(["reconnect", code(result), active])
while not (SCardGetStatusChange(ctx, 0, [(reader, 0)])[1][0][1] & (SCARD_STATE_PRESENT)):
    pass
"""
SELECT_HELLO = f"00A404000A{Hello.aid.hex()}"
SELECT_DUMP = f"00A4040007{PinDump.aid.hex()}"
TEMPLATE = "00200080" + "08" + "FF" * 8
VERIFY = "1e 1e 82 08 00 08 04 02 01 09 04 00 00 00 00 0d 00 00 00" + TEMPLATE
MODIFY = (
    "1e 1e 82 08 00 00 08 08 04 03 02 03 09 04 00 01 02 00 00 00 15 00 00 00 00 24 00 80 10"
    + "FF" * 16
)
FEATURE_VERIFY, FEATURE_MODIFY = 0x42330006, 0x42330007


def run(driver, reader, code, typed=()):
    """Return the client's output, and the reader's messages."""
    messages = told(reader)
    for pin in typed:
        reader.pinpad.queue(pin, OK)
    with endpoint(reader, driver=driver, options=options(driver)) as pcsc:
        said = ask(pcsc.environ, CLIENT + code)
    return said, without_timing(messages, {MessageType.PC_to_RDR_Escape})


def compare(make_reader, code, typed=()):
    genuine = run("libccid", make_reader(), code, typed)
    ours = run("bridge", make_reader(), code, typed)
    assert ours[0] == genuine[0], "the client sees something else"
    assert ours[1] == genuine[1]
    return ours[0]


def reader_with(model, card):
    def make():
        reader = CcidReader(model)
        reader.insert(card())
        return reader

    return make


def both():
    return Card(Hello(), PinDump())


LEVELS = [
    pytest.param(
        models.at_level(models.PINPAD, level), protocol, id=f"{level.name}-T{protocol - 1}"
    )
    for level in ExchangeLevel
    for protocol in (T0, T1)
]


@pytest.mark.parametrize(("model", "protocol"), LEVELS)
def test_select_and_hello(model, protocol):
    code = f"connect({protocol}); send('{SELECT_HELLO}'); send('0000000000'); send('000000000c')"
    compare(reader_with(model, both), code)


@pytest.mark.parametrize(("model", "protocol"), LEVELS)
def test_commands_of_every_case(model, protocol):
    commands = [SELECT_DUMP, "00300000", "0032000003000102", "0034000505", "003600050300010205"]
    code = f"connect({protocol})\n" + "\n".join(f"send('{text}')" for text in commands)
    compare(reader_with(model, both), code)


@pytest.mark.parametrize(("model", "protocol"), LEVELS)
@pytest.mark.parametrize(
    ("feature", "structure", "typed"),
    [(FEATURE_VERIFY, VERIFY, ["12345678"]), (FEATURE_MODIFY, MODIFY, ["1234", "5678", "5678"])],
    ids=["verify", "modify"],
)
def test_pin_entry(model, protocol, feature, structure, typed):
    code = (
        f"connect({protocol}); send('{SELECT_DUMP}'); control({feature}, '{structure}');"
        "send('00400000ff')"
    )
    compare(reader_with(model, both), code, typed)


@pytest.mark.parametrize(("model", "protocol"), LEVELS)
@pytest.mark.parametrize("how", ["SCARD_RESET_CARD", "SCARD_UNPOWER_CARD", "SCARD_LEAVE_CARD"])
def test_reset_and_reconnect(model, protocol, how):
    code = (
        f"connect({protocol}); send('{SELECT_HELLO}'); reset({how}, {protocol});"
        f"send('{SELECT_HELLO}')"
    )
    compare(reader_with(model, both), code)


def test_the_next_voltage_is_tried():
    descriptor = models.at_level(models.PLAIN, ExchangeLevel.TPDU).descriptor
    bits = descriptor.dwFeatures & ~(Features.AUTO_VOLTAGE | Features.AUTO_ACTIVATION)
    model = replace(
        models.PLAIN,
        descriptor=replace(descriptor, dwFeatures=bits),
        refused_voltages=Voltage.V5 | Voltage.V1_8,
    )
    compare(reader_with(model, both), f"connect({T1}); send('{SELECT_HELLO}')")


@pytest.mark.parametrize("protocol", [T0, T1])
@pytest.mark.parametrize("rate", [10752, 172043, 344086])
def test_speed_is_negotiated_as_far_as_the_reader_goes(protocol, rate):
    model = models.at_level(models.PLAIN, ExchangeLevel.TPDU)
    bits = model.descriptor.dwFeatures & ~(Features.AUTO_CONFIGURATION)
    model = replace(
        model, descriptor=replace(model.descriptor, dwMaxDataRate=rate, dwFeatures=bits)
    )
    card = lambda: Card(Hello(), PinDump(), atr=TA1_ATR)  # noqa: E731
    compare(reader_with(model, card), f"connect({protocol}); send('{SELECT_HELLO}')")


class Failing(CcidReader):
    """Answers one message of a type with an error, after the first `spared` of them."""

    kind, error, spared = MessageType.PC_to_RDR_XfrBlock, 0, 0
    last = 0

    def handle(self, message, now, data=None):
        self.last = message[0]
        super().handle(message, now, data)

    def put(self, answer):
        if self.last == self.kind and answer[7] & 0xC0 == 0:
            self.spared -= 1
            if self.spared == -1:
                answer = answer[:1] + bytes(4) + answer[5:7] + bytes((0x40, self.error, 0))
        super().put(answer)


ERRORS = [0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xF8, 0xF7, 0xF6, 0xF5, 0xF4, 0xF3, 0xF2, 0xF0, 0xEF, 0xE0]
ERRORS += [0x00, 0x01, 0x05, 0x07, 0x08]


def failing(model, kind, error, spared):
    def make():
        reader = Failing(model)
        reader.kind, reader.error, reader.spared = kind, error, spared
        reader.insert(both())
        return reader

    return make


@pytest.mark.parametrize("error", ERRORS, ids="{:02X}".format)
@pytest.mark.parametrize(
    ("level", "spared"),
    [
        pytest.param(ExchangeLevel.EXTENDED_APDU, 0, id="APDU"),
        pytest.param(ExchangeLevel.TPDU, 0, id="PPS"),
        pytest.param(ExchangeLevel.TPDU, 1, id="IFS"),
        pytest.param(ExchangeLevel.TPDU, 2, id="block"),
    ],
)
def test_errors_of_xfr_block(level, spared, error):
    code = f"connect({T1}); send('{SELECT_HELLO}'); send('0000000000')"
    model = models.at_level(models.PLAIN, level)
    compare(failing(model, MessageType.PC_to_RDR_XfrBlock, error, spared), code)


@pytest.mark.parametrize("error", ERRORS, ids="{:02X}".format)
def test_errors_of_set_parameters(error):
    model = models.at_level(models.PLAIN, ExchangeLevel.TPDU)
    compare(failing(model, MessageType.PC_to_RDR_SetParameters, error, 0), f"connect({T1})")


class Garbling(CcidReader):
    """Lets one block of the card arrive broken, after the first `spared` of them."""

    fault, spared = "", 0

    def put(self, answer):
        if answer[0] == MessageType.RDR_to_PC_DataBlock and is_block(answer[10:]):
            self.spared -= 1
            if self.spared == -1:
                answer = broken(answer, self.fault)
        super().put(answer)


def is_block(data):
    """T=1 without NAD: no ATR begins with 00."""
    return len(data) >= 4 and data[0] == 0


def broken(answer, fault):
    if fault == "parity":
        return answer[:1] + bytes(4) + answer[5:7] + bytes((0x40, 0xFD, 0))
    data = answer[10:-1] + (bytes((answer[-1] ^ 1,)) if fault == "edc" else b"")
    return answer[:1] + len(data).to_bytes(4, "little") + answer[5:10] + data


@pytest.mark.parametrize("spared", [1, 2, 3, 5], ids="block {}".format)
@pytest.mark.parametrize("fault", ["edc", "cut", "parity"])
def test_a_block_that_arrives_broken_is_asked_for_again(fault, spared):
    """The first block agrees to the IFS; the echo of 300 bytes takes two blocks each way."""

    made = []

    def make():
        reader = Garbling(models.at_level(models.PLAIN, ExchangeLevel.TPDU))
        made.append(reader)
        reader.fault, reader.spared = fault, spared
        reader.insert(both())
        return reader

    data = bytes(i & 0xFF for i in range(300)).hex()
    code = f"connect({T1}); send('{SELECT_DUMP}'); send('8036012c00012c{data}012c')"
    said = compare(make, code)
    assert said[1][1:] == ["0x0", "9000"]
    assert said[2][1:] == ["0x0", data + "9000"]
    assert all(reader.spared < 0 for reader in made)
