from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.hello import Hello
from applets.pin_dump import PinDump, counting
from ifd_bridge.driver.capabilities import DEVICE_REMOVED
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.driver.part10 import GET_FEATURE_REQUEST
from ifd_bridge.ifdh.api import Answer, Attribute, Code, Power, Tag
from readers import CANCEL, MODELS
from readers import OK as OK_KEY
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.models import PINPAD, PLAIN, TWO_SLOT, at_level
from readers.reader import CcidReader
from tests.kits import golden
from tests.kits.bridge.fakes import ABSENT, FAILED, FakeCable, answer
from tests.kits.conversation import ATRS, COMMANDS, short
from tests.kits.conversation import answer as spoken
from tests.kits.reader_host import FakeCard
from vcard import DEFAULT_ATR, Card

STATUS = answer(0x81)
T0, T1 = 1, 2
SELECT_HELLO = bytes.fromhex("00A404000AA00000006203010C0601")
SELECT_DUMP = bytes.fromhex("00A4040006A000000018FF")
OK = Answer(Code.SUCCESS, b"\x90\x00")


def whole(model=PLAIN, card=None):
    """Driver, reader and card in one piece: the first slot, the reader, the cable."""
    reader = CcidReader(model)
    cable = DirectCable(reader)
    driver = Driver(cable, model)
    assert driver.opened is Code.SUCCESS
    if card:
        reader.insert(card)
    return driver.slots[0], reader, cable


def scripted(*answers, features=None, options=None, atr=None, **fields):
    """A slot whose reader sends prepared answers; the messages after start-up."""
    level = ExchangeLevel.EXTENDED_APDU
    bits = (Descriptor().dwFeatures if features is None else features) & ~0x70000 | level
    model = replace(PLAIN, descriptor=Descriptor(dwFeatures=bits, **fields))
    cable = FakeCable(STATUS, STATUS, *answers)
    slot = Driver(cable, model, options).slots[0]
    if atr is not None:
        slot.atr = bytes.fromhex(atr)
    cable.sent.clear()
    cable.timeouts.clear()
    return slot, cable


# The whole


def test_a_card_is_powered_selected_and_talked_to():
    slot, _, _ = whole(card=Card(Hello()))
    assert slot.power_icc(Power.UP) == Answer(Code.SUCCESS, DEFAULT_ATR)
    assert slot.set_protocol_parameters(T1) == Answer(Code.SUCCESS)
    assert slot.transmit_to_icc(SELECT_HELLO, 1) == OK
    assert slot.transmit_to_icc(bytes(5), 1).data == b"Hello world!\x90\x00"
    assert slot.power_icc(Power.RESET).data == DEFAULT_ATR
    assert slot.transmit_to_icc(bytes(5), 1).data == b"\x6d\x00"
    assert slot.power_icc(Power.DOWN) == Answer(Code.SUCCESS)
    assert slot.transmit_to_icc(bytes(5), 1) == Answer(Code.COMMUNICATION_ERROR)


@pytest.mark.parametrize("longest", [271, 65554])
@pytest.mark.parametrize("length", [1, 255, 256, 257, 4096, 65535])
def test_extended_apdus_go_both_ways_whatever_a_message_holds(length, longest):
    model = replace(PLAIN, descriptor=Descriptor(dwMaxCCIDMessageLength=longest))
    slot, _, _ = whole(model, Card(PinDump()))
    slot.power_icc(Power.UP)
    assert slot.transmit_to_icc(SELECT_DUMP, 1) == OK
    size = length.to_bytes(2, "big")
    data = counting(length)
    case_3 = bytes.fromhex("8032000000") + size + data
    assert slot.transmit_to_icc(case_3, 1) == OK
    case_2 = bytes.fromhex("8034") + size + b"\0" + size
    assert slot.transmit_to_icc(case_2, 1) == Answer(Code.SUCCESS, data + b"\x90\x00")
    case_4 = bytes.fromhex("8036") + size + b"\0" + size + data + size
    assert slot.transmit_to_icc(case_4, 1) == Answer(Code.SUCCESS, data + b"\x90\x00")


def test_a_short_reader_takes_261_bytes_and_no_more():
    slot, _, _ = whole(at_level(PLAIN, ExchangeLevel.SHORT_APDU), Card(PinDump()))
    slot.power_icc(Power.UP)
    slot.transmit_to_icc(SELECT_DUMP, 1)
    longest = bytes.fromhex("80360100FF") + counting(255) + b"\0"
    assert len(longest) == 261
    assert slot.transmit_to_icc(longest, 1).data == counting(256) + b"\x90\x00"
    extended = bytes.fromhex("80320000000100") + counting(256)
    assert slot.transmit_to_icc(extended, 1) == Answer(Code.COMMUNICATION_ERROR)


def test_a_card_that_takes_its_time_gets_it():
    slot, _, cable = whole(card=Card(PinDump()))
    slot.power_icc(Power.UP)
    slot.set_protocol_parameters(T1)
    slot.transmit_to_icc(SELECT_DUMP, 1)
    assert slot.transmit_to_icc(bytes.fromhex("803800FF"), 1) == OK
    assert cable.now == pytest.approx(255, abs=1)


@pytest.mark.parametrize("back", [False, True])
def test_a_card_removed_during_an_apdu_is_no_empty_success(back):
    slot, reader, cable = whole(card=Card(PinDump()))
    slot.power_icc(Power.UP)
    slot.transmit_to_icc(SELECT_DUMP, 1)

    def take_out(now):
        cable.meanwhile = None
        card = reader.eject()
        if back:
            reader.insert(card)

    cable.meanwhile = take_out
    assert slot.transmit_to_icc(bytes.fromhex("80380010"), 1) == Answer(Code.ICC_NOT_PRESENT)
    assert slot.icc_presence() is Code.ICC_NOT_PRESENT
    assert slot.icc_presence() is (Code.ICC_PRESENT if back else Code.ICC_NOT_PRESENT)


def test_two_slots_share_their_sequence_numbers_and_nothing_else():
    reader = CcidReader(TWO_SLOT)
    first, second = Driver(DirectCable(reader), TWO_SLOT).slots
    reader.insert(Card(Hello()), slot=1)
    assert first.power_icc(Power.UP) == Answer(Code.ERROR_POWER_ACTION)
    assert second.power_icc(Power.UP).data == DEFAULT_ATR
    assert (first.atr, second.atr) == (b"", DEFAULT_ATR)
    assert first.icc_presence() is Code.ICC_NOT_PRESENT
    assert second.icc_presence() is Code.ICC_PRESENT


def test_capabilities_and_controls_are_those_of_the_reader():
    slot, _, _ = whole(PINPAD, Card(Hello()))
    slot.power_icc(Power.UP)
    assert slot.get_capabilities(Tag.ATR).data == DEFAULT_ATR
    assert slot.get_capabilities(Attribute.ICC_PRESENCE).data == b"\x02"
    assert slot.get_capabilities(0x7FFF0003) == Answer(Code.ERROR_TAG)
    assert slot.set_capabilities(0x7FFF0003, b"x") == Answer(Code.ERROR_TAG)
    assert slot.set_capabilities(DEVICE_REMOVED, b"\x01") == Answer(Code.SUCCESS)
    assert len(slot.control(GET_FEATURE_REQUEST, b"").data) == 24
    assert slot.control(1, b"") == Answer(Code.ERROR_NOT_SUPPORTED)


# Presence


def test_presence_is_what_the_slot_status_says():
    cases = [
        (answer(0x81, status=0), Code.ICC_PRESENT),
        (answer(0x81, status=1), Code.ICC_PRESENT),
        (answer(0x81, status=2), Code.ICC_NOT_PRESENT),
        (answer(0x81, status=3), Code.COMMUNICATION_ERROR),
        (answer(0x81, status=0x42, error=0xFE), Code.ICC_NOT_PRESENT),
        (answer(0x81, status=0x41, error=0xFE), Code.ICC_PRESENT),
        (answer(0x81, status=0x40, error=0xFB), Code.COMMUNICATION_ERROR),
        (None, Code.COMMUNICATION_ERROR),
    ]
    for raw, code in cases:
        slot, cable = scripted(raw)
        assert slot.icc_presence() is code
        assert cable.timeouts == [3.0]


def test_a_card_that_lost_its_power_by_itself_was_swapped():
    inactive = answer(0x81, status=1)
    slot, _ = scripted(answer(data=b"\x3b\0"), inactive, inactive, answer(0x81), inactive)
    slot.power_icc(Power.UP)
    assert slot.icc_presence() is Code.ICC_NOT_PRESENT
    assert slot.icc_presence() is Code.ICC_PRESENT
    slot.power_icc(Power.DOWN)
    assert slot.icc_presence() is Code.ICC_PRESENT


def test_an_absent_card_has_no_atr():
    slot, _ = scripted(answer(data=b"\x3b\0"), answer(0x81, status=ABSENT))
    slot.power_icc(Power.UP)
    slot.icc_presence()
    assert slot.atr == b""


# Power


def test_a_mute_card_is_tried_at_every_voltage():
    cases = [
        (0x08, 1, 7, [0]),
        (0x04, 1, 7, [0]),
        (0, 0, 7, [0]),
        (0, 1, 7, [1, 3, 2]),
        (0, 2, 7, [2, 1, 3]),
        (0, 3, 7, [3, 2, 1]),
        (0, 1, 2, [2, 1, 3]),
        (0, 1, 4, [3, 2, 1]),
        (0, 2, 1, [1, 3, 2]),
        (0, 1, 0, [1, 3, 2]),
    ]
    for features, first, supported, tried in cases:
        mute = answer(status=0x41, error=0xFE)
        slot, cable = scripted(
            *[mute] * 4,
            features=features,
            options=DriverOptions(voltage=first),
            bVoltageSupport=supported,
        )
        assert slot.power_icc(Power.UP) == Answer(Code.ERROR_POWER_ACTION)
        assert [message[7] for message in cable.sent] == tried
        assert set(cable.timeouts) == {60.0}


def test_the_next_voltage_may_do():
    mute, atr = answer(status=0x41, error=0xFE), answer(data=b"\x3b\x00")
    slot, _ = scripted(mute, atr, features=0)
    assert slot.power_icc(Power.RESET) == Answer(Code.SUCCESS, b"\x3b\x00")


def test_a_silent_reader_is_asked_once():
    slot, cable = scripted(None, features=0)
    assert slot.power_icc(Power.UP) == Answer(Code.ERROR_POWER_ACTION)
    assert len(cable.sent) == 1


def test_an_atr_ends_after_33_bytes():
    slot, _ = scripted(answer(data=bytes(40)))
    assert slot.power_icc(Power.UP) == Answer(Code.SUCCESS, bytes(33))


def test_powering_down_can_fail_and_other_actions_do_not_exist():
    slot, cable = scripted(answer(0x81, status=FAILED))
    assert slot.power_icc(Power.DOWN) == Answer(Code.ERROR_POWER_ACTION)
    assert slot.power_icc(499) == Answer(Code.NOT_SUPPORTED)
    assert len(cable.sent) == 1


# Protocol

PARAMETERS = answer(0x82)
BY_HAND = int(Features.AUTO_VOLTAGE)


def test_what_is_sent_depends_on_what_the_reader_does_itself():
    cases = [
        (None, "3B00", T0, ["61 1100000a00"]),
        (None, "3B800181", T1, ["61 1110004d002000"]),
        (0x40, "3B800181", T1, []),
        (0x80, "3B1018", T0, ["61 1800000a00"]),
        (BY_HAND, "3B00", T0, ["61 1100000a00"]),
        (BY_HAND, "3B80800101", T1, ["6f ff01fe", "61 1110004d002000"]),
        (BY_HAND, "3B1018", T0, ["6f ff1018f7", "61 1800000a00"]),
        (BY_HAND, "3B90181000", T0, ["61 1800000a00"]),  # TA2: no PPS, the speed is fixed
    ]
    for features, atr, protocol, sent in cases:
        answers = [answer(data=bytes.fromhex(line[3:])) for line in sent if line.startswith("6f")]
        slot, cable = scripted(*answers, PARAMETERS, features=features, atr=atr)
        assert slot.set_protocol_parameters(protocol) == Answer(Code.SUCCESS)
        assert [f"{message[0]:02x} {message[10:].hex()}" for message in cable.sent] == sent
        assert all(message[7] == protocol - 1 for message in cable.sent if message[0] == 0x61)


@pytest.mark.parametrize(
    ("confirm", "first"), [("ff1018f7", 0x18), ("ff00ff", 0x11), ("ff1018", 0x18)]
)
def test_a_speed_holds_if_the_card_echoes_it(confirm, first):
    reply = answer(data=bytes.fromhex(confirm))
    slot, cable = scripted(reply, PARAMETERS, features=BY_HAND, atr="3B1018")
    assert slot.set_protocol_parameters(T0).code is Code.SUCCESS
    assert cable.sent[1][10] == first


def test_what_can_go_wrong_has_its_code():
    cases = [
        ("3B00", 4, [], Code.ERROR_NOT_SUPPORTED),
        ("3B00", 3, [], Code.PROTOCOL_NOT_SUPPORTED),
        ("", T0, [], Code.PROTOCOL_NOT_SUPPORTED),
        ("3B", T0, [], Code.PROTOCOL_NOT_SUPPORTED),
        ("3B801000", T1, [], Code.PROTOCOL_NOT_SUPPORTED),
        ("3B801010", T0, [], Code.COMMUNICATION_ERROR),
        ("0000", T0, [], Code.COMMUNICATION_ERROR),
        ("3B800181", T0, [answer(data=b"\xff\x01\xfe")], Code.ERROR_PTS_FAILURE),
        ("3B800181", T0, [answer(status=0x40, error=0xFD)], Code.ERROR_PTS_FAILURE),
        ("3B00", T0, [answer(0x82, status=0x40, error=0)], Code.NOT_SUPPORTED),
        ("3B00", T0, [answer(0x82, status=0x40, error=0x0A)], Code.SUCCESS),
        ("3B00", T0, [answer(0x82, status=0x40, error=0x7F)], Code.SUCCESS),
        ("3B00", T0, [answer(0x82, status=0x40, error=0xF6)], Code.COMMUNICATION_ERROR),
        ("3B00", T0, [None], Code.COMMUNICATION_ERROR),
    ]
    for atr, protocol, answers, code in cases:
        slot, _ = scripted(*answers, features=BY_HAND, atr=atr)
        assert slot.set_protocol_parameters(protocol) == Answer(code)


def test_a_protocol_that_the_reader_has_not_is_refused():
    slot, cable = scripted(atr="3B800181", dwProtocols=T0)
    assert slot.set_protocol_parameters(T1) == Answer(Code.ERROR_NOT_SUPPORTED)
    assert cable.sent == []


def test_a_card_that_insists_on_a_speed_that_is_not_there_is_refused():
    model = replace(PLAIN, data_rates=(9600,))
    slot = Driver(FakeCable(STATUS, STATUS), model).slots[0]
    slot.atr = bytes.fromhex("3B90181000")
    assert slot.set_protocol_parameters(T0) == Answer(Code.COMMUNICATION_ERROR)


def test_the_card_s_time_follows_from_its_atr():
    slot, cable = scripted(PARAMETERS, answer(), answer(), atr="3B8081211131")
    slot.set_protocol_parameters(T1)
    slot.transmit_to_icc(bytes(5), 1)
    slot.transmit_to_icc(bytes.fromhex("FFC2010600"), 1)
    assert cable.timeouts == [pytest.approx(1.783, abs=0.001)] * 2 + [90.0]


# Faults


def test_a_reader_that_does_not_answer_is_not_opened():
    assert Driver(FakeCable(), PLAIN).opened is Code.COMMUNICATION_ERROR


@given(
    raws=st.lists(st.binary(max_size=40) | st.binary(min_size=10, max_size=12), max_size=12),
    level=st.sampled_from([ExchangeLevel.SHORT_APDU, ExchangeLevel.EXTENDED_APDU]),
)
def test_whatever_a_reader_says_every_call_is_answered(raws, level):
    model = at_level(PINPAD, level)
    cable = FakeCable(STATUS, STATUS, *raws)
    slot = Driver(cable, model).slots[0]
    verify = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008") + b"\xff" * 8
    calls = (
        lambda: slot.power_icc(Power.UP),
        lambda: slot.set_protocol_parameters(T1),
        lambda: slot.transmit_to_icc(bytes(5), 1),
        lambda: slot.transmit_to_icc(bytes(300), 1),
        lambda: slot.control(0x42330006, verify),
        lambda: slot.get_capabilities(Attribute.ICC_PRESENCE),
        lambda: slot.power_icc(Power.DOWN),
    )
    for call in calls:
        answer = call()
        assert isinstance(answer.code, Code)
        assert len(answer.data) <= 65548


def test_a_silent_reader_is_not_tried_at_another_voltage():
    atr = answer(data=b"\x3b\x00")
    slot, cable = scripted(None, atr, features=0, options=DriverOptions(voltage=1))
    assert slot.power_icc(Power.UP) == Answer(Code.ERROR_POWER_ACTION)
    assert [message[7] for message in cable.sent] == [1]


# Long conversations


class Told(DirectCable):
    """A cable that records its messages."""

    def __init__(self, reader):
        super().__init__(reader)
        self.lines = []

    def exchange(self, message, timeout_s=3.0, extended=lambda _: None, data=None):
        self.lines.append(f"  > {short(message + (data or b''))} within {timeout_s:.2f} s")
        try:
            answer = super().exchange(message, timeout_s, extended, data)
        except TimeoutError:
            self.lines.append("  < nothing")
            raise
        self.lines.append(f"  < {short(answer)}")
        return answer


PINS = (
    bytes.fromhex("1E1E820800080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF"),
    bytes.fromhex("001E820800080407FF0904000000000D0000000020008008FFFFFFFFFFFFFFFF"),
    bytes.fromhex("1E1E820800000808040302030904000102000000150000000024008010") + b"\xff" * 16,
    bytes.fromhex("1E1E82080000080804010202090400010000001500000000240080 10") + b"\xff" * 16,
    bytes(5),
)
CODES = (
    GET_FEATURE_REQUEST,
    0x42330006,
    0x42330007,
    0x4233000A,
    0x42330012,
    0x42000001,
    0x42330008,
)
MODELS_SPOKEN_TO = {
    "extended": PLAIN, "short": at_level(PINPAD, ExchangeLevel.SHORT_APDU),
    "tpdu": at_level(PINPAD, ExchangeLevel.TPDU), "two-slot": TWO_SLOT, "pinpad": PINPAD,
    "character": at_level(PLAIN, ExchangeLevel.CHARACTER), "sim-t0": MODELS["sim-t0"],
    "gemalto-pinpad": MODELS["gemalto-pinpad"], "scm": MODELS["scm-scr331-di"],
}  # fmt: skip


def calls(name):
    """Yield the messages of a driver during a hundred calls, and the result of each call."""
    dice, reader = Random(name), CcidReader(MODELS_SPOKEN_TO[name])
    cable = Told(reader)
    slot = Driver(cable, reader.model).slots[0]
    for _ in range(100):
        if reader.slots[0].card is None:
            reader.insert(FakeCard(dice.choice(ATRS), spoken))
            yield f"insert {(reader.slots[0].card.atr or b'').hex()}"
        elif dice.random() < 0.06:
            reader.eject()
            yield "eject"
        kind = dice.choice(("power", "protocol", "send", "send", "send", "control", "ask", "there"))
        if not slot.atr and dice.random() < 0.5:
            kind = "power"
        match kind:
            case "power":
                given = dice.choice((Power.UP, Power.UP, Power.RESET, Power.DOWN))
                call = slot.power_icc
            case "protocol":
                given, call = dice.choice((T0, T1)), slot.set_protocol_parameters
            case "send":
                given, call = (
                    dice.choice(COMMANDS),
                    lambda raw: slot.transmit_to_icc(raw, dice.choice((0, 1))),
                )
            case "control":
                code = dice.choice(CODES)
                given, call = dice.choice(PINS), lambda raw, code=code: slot.control(code, raw)
                kind = f"control {code:X}"
                if reader.model.has_pinpad:
                    reader.pinpad.queue(
                        *dice.choice((("1234", OK_KEY), ("1", OK_KEY), (CANCEL,))) * 3
                    )
            case "ask":
                given, call = dice.choice((*Attribute, *Tag, 0x99)), slot.get_capabilities
            case _:
                given, call = "", lambda _: slot.icc_presence()
        said = call(given)
        reader.pinpad.forget()
        shown = short(given) if isinstance(given, bytes) else given
        yield f"{kind} {shown}"
        yield from cable.lines
        cable.lines.clear()
        yield f"  {said.name if isinstance(said, Code) else f'{said.code.name} {short(said.data)}'}"


@pytest.mark.parametrize("name", MODELS_SPOKEN_TO)
def test_a_long_conversation_goes_as_it_always_went(name):
    golden.check(f"driver-{name}", calls(name))
