from dataclasses import replace
from itertools import count

import pytest

from ifd_bridge.driver.known_reader import FirmwareFeatures, KnownReader
from ifd_bridge.driver.link import Link
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.driver.startup import open_reader, texts
from ifd_bridge.ifdh.api import Code
from readers.models import PINPAD, PLAIN
from tests.kits.bridge.fakes import FakeCable, answer

STATUS = answer(0x81)
EMPTY = answer(0x81, status=0x42, error=0xFE)
BROKEN = answer(0x81, status=0x40, error=0xFB)
REFUSED = answer(0x83, status=0x42, error=0x0A)
FEATURES = bytes.fromhex("02100002600000000400000001040C000000000000")


def opened(*answers, model=PLAIN, slots=1, language="en"):
    cable = FakeCable(*answers)
    sequence = count()
    links = [Link(cable, number, sequence) for number in range(slots)]
    code, reader = open_reader(links, KnownReader.of(model), DriverOptions(language=language))
    return code, reader, cable


def known_as(vendor, product, model=PINPAD):
    return replace(model, vendor_id=vendor, product_id=product)


@pytest.mark.parametrize("status", [STATUS, EMPTY])
def test_a_reader_is_woken_and_asked_again(status):
    code, _, cable = opened(status, status)
    assert code is Code.SUCCESS
    assert [message[0] for message in cable.sent] == [0x65, 0x65]
    assert cable.timeouts == [3.0, 0.1]


def test_every_slot_is_opened():
    code, _, cable = opened(*[STATUS] * 6, slots=3)
    assert code is Code.SUCCESS
    assert [message[5] for message in cable.sent] == [0, 0, 1, 1, 2, 2]
    assert [message[6] for message in cable.sent] == [0, 1, 2, 3, 4, 5]


def test_the_second_answer_may_fail_once():
    assert opened(None, BROKEN, STATUS)[0] is Code.SUCCESS


@pytest.mark.parametrize("silent", [(None, None, None), (STATUS, BROKEN, BROKEN), (STATUS, None)])
def test_a_reader_that_does_not_answer_is_refused(silent):
    assert opened(*silent)[0] is Code.COMMUNICATION_ERROR


def test_the_worst_slot_counts():
    assert opened(STATUS, STATUS, None, None, None, slots=2)[0] is Code.COMMUNICATION_ERROR


@pytest.mark.parametrize("reader", [(0x09820008 >> 16, 0x0008), (0x08E6, 0x3478)])
def test_a_keypad_s_texts_are_loaded_and_must_be(reader):
    model = known_as(*reader)
    code, _, cable = opened(STATUS, STATUS, answer(0x83), REFUSED, model=model, language="fr_FR")
    assert code is Code.SUCCESS
    assert cable.sent[2][10:] == texts("fr")
    assert opened(STATUS, STATUS, REFUSED, REFUSED, model=model)[0] is Code.COMMUNICATION_ERROR


def test_ten_texts_of_sixteen_characters_are_loaded():
    for language in ["en", "fr", "de", "xx", ""]:
        raw = texts(language)
        assert len(raw) == 165
        assert raw.startswith(bytes.fromhex("B2A0004D4C"))


def test_a_gemalto_reader_is_asked_for_its_features():
    model = known_as(0x08E6, 0x3437)
    code, reader, cable = opened(STATUS, STATUS, answer(0x83, FEATURES), model=model)
    assert code is Code.SUCCESS
    assert reader.firmware == FirmwareFeatures(2, True, 4, 12)
    assert cable.sent[2][10:] == b"\x6a"


@pytest.mark.parametrize("said", [REFUSED, answer(0x83, b"\x01"), None])
def test_features_that_are_not_told_do_no_harm(said):
    code, reader, _ = opened(STATUS, STATUS, said, model=known_as(0x08E6, 0x3437))
    assert (code, reader.firmware) == (Code.SUCCESS, None)
