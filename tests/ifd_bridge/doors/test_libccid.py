"""The distribution's own libccid drives our readers."""

from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.doors import libccid
from ifd_bridge.doors.libccid import LibccidDoor, LibccidSerialDoor, copy
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.pcscd.daemon import PcscdError
from ifd_bridge.worlds.endpoint import BareReader, endpoint
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from readers.models.real import GEMALTO_PC_TWIN
from tests.kits.pcsc.program import Program, ask
from vcard import Card

SELECT = [0, 0xA4, 4, 0, 10, *Hello.aid]
HELLO = f"""
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, PROTOCOL))
pci = SCARD_PCI_T0 if protocol == 1 else SCARD_PCI_T1
say([bytes(check(SCardTransmit(card, pci, c))).hex() for c in ({SELECT}, [0, 0, 0, 0, 12])])
"""
GREETING = ["9000", b"Hello world!".hex() + "9000"]
pytestmark = pytest.mark.libccid


def hello(model, driver, protocol):
    reader = CcidReader(model)
    reader.insert(Card(Hello()))
    with endpoint(reader, driver=driver) as pcsc:
        [answers] = ask(pcsc.environ, HELLO.replace("PROTOCOL", str(protocol)))
    return answers


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("level", list(ExchangeLevel))
def test_hello_at_every_exchange_level_over_usb(level, protocol):
    assert hello(models.at_level(models.PLAIN, level), "libccid", protocol) == GREETING


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("model", [models.PLAIN, models.PINPAD])
def test_hello_over_a_serial_line(model, protocol):
    tpdu = models.at_level(model, ExchangeLevel.TPDU)
    assert hello(tpdu, "libccid-serial", protocol) == GREETING


def test_insert_and_eject_are_seen_over_usb():
    reader = CcidReader(models.PLAIN)
    watch = """
say("ready")
say(settle(reader, SCARD_STATE_PRESENT) >> 16)
say(settle(reader, SCARD_STATE_EMPTY) >> 16)
"""
    with endpoint(reader, driver="libccid") as pcsc, Program(pcsc.environ, watch) as client:
        assert client.hear() == "ready"
        reader.insert(Card(Hello()))
        assert client.hear() == 1
        reader.eject()
        assert client.hear() == 2


def test_both_slots_of_a_reader_are_driven():
    reader = CcidReader(models.TWO_SLOT)
    reader.insert(Card(Hello()), 1)
    code = "reader = names[1]" + HELLO.replace("PROTOCOL", "2")
    with endpoint(reader, driver="libccid") as pcsc:
        assert ask(pcsc.environ, code) == [GREETING]


def test_a_reader_with_the_descriptor_at_its_end_is_taken():
    odd = replace(models.PLAIN, quirks=models.Quirk.ENDPOINT_DESCRIPTOR)
    assert hello(odd, "libccid", 2) == GREETING


@pytest.mark.parametrize("driver", ["bridge", "libccid", "libccid-serial"])
def test_an_administrator_lets_escapes_through(driver):
    code = """
card, _ = check(SCardConnect(ctx, reader, SCARD_SHARE_DIRECT, 0))
features = bytes(check(SCardControl(card, SCARD_CTL_CODE(3400), [])))
say([features[start] for start in range(0, len(features), 6)])
"""
    for options, there in (("", False), ("?ifdDriverOptions=0x0001", True)):
        with endpoint(CcidReader(GEMALTO_PC_TWIN), driver=driver + options) as pcsc:
            [features] = ask(pcsc.environ, code)
        assert (0x13 in features) is there


def test_a_library_that_is_missing_is_named(tmp_path):
    with pytest.raises(PcscdError, match="apt install libccid"):
        copy(tmp_path / "libccid.so", tmp_path)


def test_a_list_of_readers_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(libccid, "INFO", tmp_path / "Info.plist")
    with pytest.raises(PcscdError, match=r"Info\.plist is missing: apt install libccid"):
        LibccidDoor([BareReader(CcidReader(models.PLAIN))]).open(tmp_path)


def test_where_readers_cannot_be_plugged_in_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(libccid, "why_not", lambda: "no namespace")
    with pytest.raises(PcscdError, match="no namespace"):
        LibccidDoor([BareReader(CcidReader(models.PLAIN))]).open(tmp_path)


def test_a_door_that_is_not_open_has_no_plugs():
    with pytest.raises(RuntimeError, match="not been entered"):
        LibccidDoor([]).unplug(0)


def test_a_reader_is_added_only_if_the_driver_knows_its_numbers_by_its_name(tmp_path):
    door = LibccidDoor([BareReader(CcidReader(models.PLAIN))])
    door.open(tmp_path)
    for model, known in (
        (replace(models.PLAIN, name="Zed"), "1209:0001 as 'Virtual Reader'"),
        (replace(models.PLAIN, product_id=0x7FFF), "1209:7fff not"),
    ):
        with pytest.raises(ValueError, match=f"the driver knows {known}"):
            door.add([BareReader(CcidReader(model))])
    assert door.slots == 1
    door.add([BareReader(CcidReader(models.PINPAD), 2)])
    assert door.slots == 2
    door.close()


def test_a_reader_that_the_driver_would_never_come_back_from_is_refused(tmp_path):
    odd = replace(models.PLAIN.descriptor, dwFeatures=0x40030, bVoltageSupport=0x88)
    place = BareReader(CcidReader(replace(models.PLAIN, descriptor=odd)))
    with pytest.raises(ValueError, match="never come back from 'Virtual Reader': bVoltageSupport"):
        LibccidDoor([place])
    door = LibccidDoor([])
    door.open(tmp_path)
    with pytest.raises(ValueError, match="never come back"):
        door.add([place])
    door.close()
    automatic = DriverOptions(voltage=0)
    assert LibccidDoor([place], automatic).slots == 1


def test_the_address_of_a_reader_that_was_removed_is_free(tmp_path):
    door = LibccidDoor(
        [BareReader(CcidReader(models.PLAIN)), BareReader(CcidReader(models.PLAIN), 2)]
    )
    door.open(tmp_path)
    door.unplug(0)
    door.remove(0)
    door.add([BareReader(CcidReader(models.PINPAD), 1)])
    assert [face.address for face in door._devices] == [2, 1]
    door.plug(2)
    door.close()


def test_serial_readers_do_not_come_and_go():
    door = LibccidSerialDoor([])
    for move in (door.plug, door.unplug):
        with pytest.raises(RuntimeError, match="serial line"):
            move(0)
    with pytest.raises(RuntimeError, match="cannot be added: readers on serial lines"):
        door.add([BareReader(CcidReader(models.PLAIN))])


def test_a_serial_line_needs_a_reader_that_exchanges_tpdus():
    with pytest.raises(ValueError, match="exchanges no TPDUs"):
        LibccidSerialDoor([BareReader(CcidReader(models.PLAIN))])
