from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.driver import atr_rules
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.ifdh.api import ScardProtocol
from readers.ccid.descriptor import Descriptor
from readers.models import PLAIN
from tests.kits import golden
from tests.kits.conversation import ATRS
from tests.kits.vectors import rows
from vcard.atr.atr import Atr

T0, T1 = ScardProtocol


def atr(text):
    return Atr.parse(bytes.fromhex(text))


def reader(rates=(), **fields):
    descriptor = Descriptor(bNumDataRatesSupported=len(rates), **fields)
    return KnownReader.of(replace(PLAIN, descriptor=descriptor, data_rates=rates))


def test_an_atr_that_ends_too_early_is_malformed():
    cases = [
        ("3B00", False),
        ("3B", True),
        ("3B02AB", True),
        ("3B9011", True),
        ("3B8001", True),
        ("3B800181", False),
        ("3B901101", True),
        ("3B80", True),
    ]
    for text, wrong in cases:
        assert atr_rules.malformed(atr(text)) is wrong


def test_the_default_protocol_is_that_of_ta2_or_of_the_first_td():
    for text, protocol in [
        ("3B00", 0),
        ("3B800181", 1),
        ("3B80800101", 0),
        ("3B9011011100", 1),
        ("3B80110091", 0),
    ]:
        assert atr_rules.default_protocol(atr(text)) == protocol


def test_the_parameters_of_an_atr():
    cases = [
        ("3B00", T0, None, "1100000A00"),
        ("3B800181", T1, None, "1110004D002000"),
        ("3F00", T0, None, "1102000A00"),
        ("3F800181", T1, None, "1112004D002000"),
        ("3B4005", T0, None, "1100050A00"),
        ("3BD018FF4014", T0, 0x18, "1800FF1400"),
        ("3B808171FE450100", T1, None, "1111004500FE00"),
        ("3B808111 FF 00", T1, None, "1110004D00FE00"),
        ("3B808111 00 00", T1, None, "1110004D002000"),
        ("3BFA1300FF813180450031C173C00100009000B1", T1, None, "1110FF75008000"),
    ]
    for text, protocol, fidi, expected in cases:
        found = atr_rules.parameters(atr(text), protocol, fidi)
        assert found.hex().upper() == expected


def test_the_time_a_command_may_take():
    cases = [
        ("3B00", T0, 232.2),
        ("3B800181", T1, 201.0),
        ("3B8081211131", T1, 1.783),
        ("3B10 11", T0, 232.2),
        ("3B10 01", T0, 232.2),
        ("3B10 70", T0, 60.0),
        ("3B10 10", T0, 60.0),
    ]
    for text, protocol, seconds in cases:
        given_atr = atr(text)
        data = atr_rules.parameters(given_atr, protocol, None)
        assert atr_rules.timeout_s(given_atr, protocol, data, 4000) == pytest.approx(
            seconds, rel=0.002
        )


def test_short_times_are_never_below_the_default():
    fast = atr_rules.timeout_s(atr("3B00"), T0, bytes.fromhex("1100000000"), 10**6)
    assert fast == 3.0
    assert atr_rules.timeout_s(atr("3B00"), T0, bytes.fromhex("1100000A00"), 0) == 60.0


def test_the_speed_is_what_card_and_reader_have_in_common():
    cases = [
        ("3B00", {}, (), None),
        ("3B1011", {}, (), None),
        ("3B1001", {}, (), None),
        ("3B1018", {}, (), 0x18),
        ("3B1018", {}, (129032,), 0x18),
        ("3B1018", {}, (10752,), None),
        ("3B1094", {"dwMaxDataRate": 50000}, (), None),
        ("3B1097", {"dwMaxDataRate": 130000}, (), 0x95),
        ("3B1097", {"dwMaxDataRate": 130000}, (62500,), 0x94),
        ("3B1097", {"dwMaxDataRate": 130000}, (9600,), None),
        ("3B1097", {"dwMaxDataRate": 9600}, (), None),
        ("3B1098", {"dwMaxDataRate": 20000}, (), None),
        ("3B10FF", {}, (), None),
    ]
    for text, fields, rates, expected in cases:
        assert atr_rules.pps1(atr(text), reader(rates, **fields)) == expected


def test_a_card_that_insists_on_a_speed_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="insists on 129032 bit/s"):
        atr_rules.pps1(atr("3B90181100"), reader((10752,)))


def test_a_pps_request_ends_with_its_check():
    assert atr_rules.pps_request(1, None).hex() == "ff01fe"
    assert atr_rules.pps_request(0, 0x18).hex() == "ff1018f7"


def test_a_pps_answer_may_be_shorter_but_not_different():
    cases = [
        ("ff01fe", "ff01fe", True),
        ("ff01fe", "ff00ff", False),
        ("ff1018f7", "ff1018f7", True),
        ("ff1018f7", "ff00ff", True),
        ("ff1018f7", "ff1018", True),
        ("ff1018f7", "ff1011", False),
        ("ff01fe", "ff01fe00", False),
        ("ff01fe", "", True),
    ]
    for request_hex, confirm, accepted in cases:
        assert (
            atr_rules.pps_accepted(bytes.fromhex(request_hex), bytes.fromhex(confirm)) is accepted
        )


@given(st.binary(min_size=1, max_size=33), st.sampled_from(ScardProtocol))
def test_any_atr_gives_parameters(raw, protocol):
    some = Atr.parse(raw)
    data = atr_rules.parameters(some, protocol, None)
    assert len(data) == (5 if protocol == T0 else 7)
    assert atr_rules.timeout_s(some, protocol, data, 4000) > 0


def test_a_missing_check_byte_is_forgiven_where_the_last_protocol_is_t0():
    assert not atr_rules.malformed(atr("3B808000"))
    assert atr_rules.malformed(atr("3B808001"))
    assert not atr_rules.malformed(atr("3B80808100"))
    assert atr_rules.malformed(atr("3B80808001"))


READERS = {
    "usual": reader(),
    "slow": reader(dwMaxDataRate=9600, dwDefaultClock=3580),
    "listed": reader((10752, 21504, 43010, 86021, 344086), dwMaxDataRate=344086),
    "T=0": reader(dwProtocols=1, dwMaxDataRate=115200),
}


def tried(rule, *args):
    """Return the result of a rule, or its error."""
    try:
        said = rule(*args)
    except ValueError as error:
        return f"refused: {error}"
    if isinstance(said, float):
        return f"{said:.6g}"
    return said.hex() if isinstance(said, bytes) else str(said)


def test_every_rule_says_of_every_atr_what_it_always_said():
    """Spec: ISO/IEC 7816-3, 8 to 11; libccid, ifdhandler.c (IFDHSetProtocolParameters)."""
    atrs = [Atr.parse(bytes.fromhex(row[0])) for row in rows("atr.txt")]
    atrs += [Atr.parse(raw) for raw in ATRS if raw is not None]
    for ta1 in (0x12, 0x18, 0x95, 0x97, 0xD6):
        blocks = bytes((0x3B, 0x90, ta1, 1, ta1 ^ 0x91))
        atrs += [Atr.parse(bytes((0x3B, 0x10, ta1))), Atr.parse(blocks)]
    names = ("malformed", "default_protocol", "uses_crc", "ifsc")
    rules, lines = [getattr(atr_rules, name) for name in names], []
    for one in {each.raw: each for each in atrs}.values():
        lines.append(f"{one.raw.hex()} {' '.join(tried(rule, one) for rule in rules)}")
        speeds = {name: tried(atr_rules.pps1, one, each) for name, each in READERS.items()}
        lines.append(f"  speeds {speeds}")
        for protocol, fidi in product((T0, T1), (None, 0x18, 0x95)):
            data = atr_rules.parameters(one, protocol, fidi)
            waits = tried(atr_rules.timeout_s, one, protocol, data, 4000)
            lines.append(f"  {protocol.name} {fidi} {data.hex()} {waits} s")
    golden.check("atr_rules", lines)
