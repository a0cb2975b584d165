from dataclasses import fields

import pytest

from applets.pin_dump import PinDump
from ifd_bridge.worlds.endpoint import endpoint
from readers import MODELS, CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.ccid.message import (
    PC_to_RDR_Escape,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_Secure,
    PC_to_RDR_SetParameters,
    PC_to_RDR_XfrBlock,
)
from readers.models.real import REAL_MODELS
from tests.kits import golden
from tests.kits.pcsc.program import ask
from tests.kits.reader_host import FakeCard, Host
from tests.readers.commands.test_secure import MODIFY, message
from vcard import Card


def test_a_real_model_is_in_the_catalogue_and_powers_a_card():
    for name in REAL_MODELS:
        model = MODELS[name]
        answer = Host(model, FakeCard()).ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
        assert (answer.bStatus, answer.abData) == (0, FakeCard().atr)


LEVELS = {
    "gemalto-pc-twin": ExchangeLevel.TPDU,
    "acr122u": ExchangeLevel.SHORT_APDU,
    "cherry-kc1000sc": ExchangeLevel.EXTENDED_APDU,
    "kobil-midentity": ExchangeLevel.EXTENDED_APDU,
}


def test_levels_are_those_of_the_devices():
    for name, level in LEVELS.items():
        assert MODELS[name].descriptor.exchange_level is level


def test_escapes_are_answered_as_the_devices_do():
    cases = [
        ("gemalto-pc-twin", "02", b"GemTwRC2-V2.01-GL04"),
        ("gemalto-pc-twin", "010101", b""),
        ("gemalto-pinpad", "6A", bytes.fromhex("02100002600000000400000001040C000000000000")),
        ("scm-spr532", "800200", b""),
    ]
    for name, request_, answer in cases:
        answer_ = Host(MODELS[name]).ask(PC_to_RDR_Escape(abData=bytes.fromhex(request_)))
        assert (answer_.bStatus, answer_.abData) == (2, answer)


@pytest.mark.parametrize("name", ["gemalto-pc-twin", "gemalto-pinpad-v1"])
def test_old_firmware_does_not_tell_its_features(name):
    assert Host(MODELS[name]).ask(PC_to_RDR_Escape(abData=b"\x6a")).bError == 0x0A


def test_an_empty_packet_comes_before_the_parameters():
    host = Host(MODELS["gemalto-ct30"], FakeCard())
    host.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    parameters = bytes.fromhex("1110004D002000")
    host.send(PC_to_RDR_SetParameters(0, 1, 1, parameters))
    first, second = host.reader.bulk_in
    assert first == b""
    assert second[-7:] == parameters


def test_a_contactless_reader_knows_the_uid():
    host = Host(MODELS["acr122u"], FakeCard())
    host.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    answer = host.ask(PC_to_RDR_XfrBlock(abData=bytes.fromhex("FFCA000000")))
    assert answer.abData[-2:] == b"\x90\x00"


def test_a_banking_reader_answers_mct_commands():
    host = Host(MODELS["kobil-midentity"])
    info = host.ask(PC_to_RDR_Escape(abData=bytes.fromhex("20700000000001000000"))).abData
    fields, sw = {}, info[-2:]
    rest = info[:-2]
    while rest:
        fields[rest[0]], rest = rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
    assert fields[0x40] == b"vcard"
    assert sw == b"\x90\x00"
    select = host.ask(PC_to_RDR_Escape(abData=bytes.fromhex("2071"))).abData
    assert (len(select), select[6:11]) == (25, b"1.1.0")
    assert host.ask(PC_to_RDR_Escape(abData=bytes.fromhex("2072"))).abData == b"\x6d\x00"


def test_a_modification_for_the_spr532_has_three_indexes_and_no_messages():
    host = Host(MODELS["scm-spr532"], FakeCard())
    host.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    assert host.ask(message(MODIFY)).bError == MODIFY.offsets["messages"]
    raw = bytearray(bytes(MODIFY))
    raw[10] = 0
    host.send(PC_to_RDR_Secure(abData=b"\x01" + bytes(raw)))
    assert host.reader.pinpad.waiting


PIN_CODE = """
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1))
def transmit(command):
    return bytes(check(SCardTransmit(card, SCARD_PCI_T1, list(bytes.fromhex(command))))).hex()
def control(code, data):
    return bytes(check(SCardControl(card, code, list(bytes.fromhex(data))))).hex()
say(transmit("00A4040006A0000000 18FF"))
say(control(0x42330006, "1E1E820800080402010904000000000D000000" "0020000008" + "FF" * 8))
say(transmit("00400000FF"))
change = "1E1E820800000808040302030904000102000000150000000024000010" + "FF" * 16
say(control(0x42330007, change))
say(transmit("00400000FF"))
"""


@pytest.mark.libccid
@pytest.mark.parametrize("name", [name for name in REAL_MODELS if MODELS[name].has_pinpad])
def test_the_genuine_driver_takes_pins_from_the_model(name):
    reader = CcidReader(MODELS[name])
    reader.insert(Card(PinDump()))
    reader.pinpad.queue("123456", "OK", "123456", "OK", "1234567", "OK", "1234567", "OK")
    with endpoint(reader, driver="libccid") as pcsc:
        selected, verified, verify, changed, change = ask(pcsc.environ, PIN_CODE)
    assert selected == "9000"
    assert verify == "0020000008" + b"123456".hex() + "ffff" + "9000"
    assert change == "0024000010" + b"123456".hex() + "ffff" + b"1234567".hex() + "ff" + "9000"
    assert {len(verified), len(changed)} == {4}


def told(value):
    if isinstance(value, int) and not isinstance(value, bool):
        return f"0x{int(value):X}"
    return repr(value)


def test_each_model_has_the_values_of_its_device():
    """The source for real devices is libccid's readers/*.txt."""
    lines = []
    for name, model in MODELS.items():
        lines += [name]
        for part in (model, model.descriptor, model.pinpad):
            lines += [
                f"  {type(part).__name__}.{each.name}: {told(getattr(part, each.name))}"
                for each in (fields(part) if part is not None else ())
                if each.name not in ("descriptor", "pinpad")
            ]
    golden.check("models", lines)
