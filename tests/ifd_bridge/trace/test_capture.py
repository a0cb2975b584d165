"""Events of readers become a capture that Wireshark understands."""

import io
from dataclasses import replace

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.trace import events
from ifd_bridge.trace.capture import Capture
from ifd_bridge.trace.mask import Masker
from readers import CcidReader, models
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.ccid.message import PC_to_RDR_Escape
from readers.models import at_level
from readers.usb.descriptors import configuration_descriptor
from readers.usb.hid import REPORT_DESCRIPTOR, interface_descriptors
from tests.kits.bridge import tshark
from tests.kits.fido2.platform import fido
from vcard import Card
from vcard.hid import hid_function_of

POST = "00A404000BA0000003974349445F0100"
SELECT = "00A404000AA00000006203010C0601"


class Bench:
    """Readers whose events go into a capture, all at one time."""

    def __init__(self, *chosen, pins=False, raw=False):
        self.file = io.BytesIO()
        self.models = {f"reader {n}": model for n, model in enumerate(chosen)}
        self.capture = Capture(self.file, self.identify, raw=raw)
        self.pins, self.mask = pins, Masker()
        self.readers = [CcidReader(model) for model in chosen]
        for name, reader in zip(self.models, self.readers, strict=True):
            reader.tap = lambda told, name=name: self.tell(name, told)

    def identify(self, name):
        model = self.models.get(name)
        return model and replace(model, name=name, product_name=model.name)

    def tell(self, name, told):
        event = events.Event(1.0, name, told)
        self.capture(event if self.pins else self.mask(event))

    def send(self, number, *messages):
        reader = self.readers[number]
        for message in messages:
            reader.handle(message, 0.0)
        answers = list(reader.bulk_in)
        reader.bulk_in.clear()
        return answers

    def packets(self):
        """The data of every packet, with the endpoint it went to or came from."""
        raw, found = self.file.getvalue(), []
        while raw:
            kind, size = int.from_bytes(raw[:4], "little"), int.from_bytes(raw[4:8], "little")
            if kind == 6:
                length = int.from_bytes(raw[20:24], "little")
                packet = raw[28 : 28 + length]
                if len(packet) > 64:
                    found.append((packet[11], packet[10], packet[64:]))
            raw = raw[size:]
        return found


def xfr(apdu: str, seq: int = 1, level: int = 0) -> bytes:
    data = bytes.fromhex(apdu)
    return (
        b"\x6f" + len(data).to_bytes(4, "little") + bytes((0, seq, 0))
        + level.to_bytes(2, "little") + data
    )  # fmt: skip


POWER_ON = bytes.fromhex("62000000000000000000")


def test_several_readers_are_several_devices():
    bench = Bench(models.PLAIN, models.TWO_SLOT)
    for reader in bench.readers:
        reader.insert(Card(Hello()))
    addresses = {address for address, _, _ in bench.packets()}
    assert addresses == {2, 3}
    assert [data for _, endpoint, data in bench.packets() if endpoint == 0x83] == [
        b"\x50\x03",
        b"\x50\x03",
    ]


def test_messages_are_captured_as_they_were():
    bench = Bench(models.PLAIN)
    bench.readers[0].insert(Card(Hello()))
    answers = bench.send(0, POWER_ON, xfr(SELECT))
    sent = [data for _, endpoint, data in bench.packets() if endpoint in (0x01, 0x82)]
    assert sent == [POWER_ON, answers[0], xfr(SELECT), answers[1]]


def test_pieces_of_a_long_command_are_put_together():
    bench = Bench(models.PLAIN)
    bench.readers[0].insert(Card(Hello()))
    bench.send(0, POWER_ON, xfr(SELECT[:8], 7, 1), xfr(SELECT[8:], 8, 2))
    bulk = [data for _, endpoint, data in bench.packets() if endpoint in (0x01, 0x82)]
    assert bulk[2:] == [xfr(SELECT, 8), bytes.fromhex("80020000000008000000 9000")]
    raw = Bench(models.PLAIN, raw=True)
    raw.readers[0].insert(Card(Hello()))
    raw.send(0, POWER_ON, xfr(SELECT[:8], 7, 1), xfr(SELECT[8:], 8, 2))
    bulk = [data for _, endpoint, data in raw.packets() if endpoint in (0x01, 0x82)]
    assert bulk[2:4] == [xfr(SELECT[:8], 7, 1), bytes.fromhex("80000000000007000010")]


def test_blocks_are_replaced_by_the_apdus_in_them():
    bench = Bench(at_level(models.PLAIN, ExchangeLevel.TPDU))
    bench.readers[0].insert(Card(Hello(), atr=bytes.fromhex("3B800181")))
    block = bytes((0, 0, 15)) + bytes.fromhex(SELECT)
    lrc = 0
    for byte in block:
        lrc ^= byte
    bench.send(0, POWER_ON, xfr((block + bytes((lrc,))).hex(), 5))
    bulk = [data for _, endpoint, data in bench.packets() if endpoint in (0x01, 0x82)]
    assert xfr(SELECT, 5) in bulk
    assert bulk[-1] == bytes.fromhex("80020000000005000000 9000")
    configurations = [data for _, _, data in bench.packets() if len(data) == 93]
    descriptor = Descriptor.parse(configurations[0][18:72])
    assert descriptor.exchange_level is ExchangeLevel.EXTENDED_APDU


def test_failures_and_time_extensions_of_blocks_stay_as_they_were():
    bench = Bench(at_level(models.PLAIN, ExchangeLevel.TPDU))
    block = "00000000000000010000"
    bench.capture(events.Event(0.0, "reader 0", events.MessageOut(0, xfr("00C101FE3E"))))
    for answer in ("80" + block[2:14] + "800300", "80" + block[2:14] + "40FE00", "", "80"):
        bench.capture(events.Event(0.0, "reader 0", events.MessageIn(0, bytes.fromhex(answer))))
    bench.capture(
        events.Event(0.0, "reader 0", events.MessageIn(0, bytes.fromhex("8000000000000100000000")))
    )
    bulk = [data for _, endpoint, data in bench.packets() if endpoint in (0x01, 0x82)]
    assert [data[7:9].hex() for data in bulk] == ["8003", "40fe", ""]
    text = bench.file.getvalue()
    assert b"time extension, 3 times" in text
    assert b"a packet without data" in text


def test_the_answer_to_a_pin_entry_is_a_whole_apdu_too():
    bench = Bench(at_level(models.PINPAD, ExchangeLevel.TPDU))
    name = "reader 0"
    bench.capture(
        events.Event(0.0, name, events.MessageOut(0, bytes.fromhex("6901000000000900000004")))
    )
    bench.capture(
        events.Event(0.0, name, events.ResponseReceived(0, b"\0\x20\0\0", b"\x90\0"), 0.0)
    )
    block = bytes.fromhex("80060000000009000000 000002900092")
    bench.capture(events.Event(0.0, name, events.MessageIn(0, block)))
    assert bench.packets()[-1][2] == bytes.fromhex("80020000000009000000 9000")


def test_a_fault_on_purpose_is_told_beside_the_answer_that_it_struck():
    bench = Bench(models.PLAIN)
    bench.tell("reader 0", events.FaultStruck(0, "?? B0 ...: status 6F00"))
    assert b"on purpose" not in bench.file.getvalue()
    for _ in range(2):
        bench.tell("reader 0", events.MessageIn(0, bytes.fromhex("80020000000001000000 6F00")))
    assert bench.file.getvalue().count(b"fault on purpose: ?? B0 ...: status 6F00") == 1


def test_a_reader_that_is_plugged_in_again_is_a_new_device():
    bench = Bench(models.PLAIN)
    bench.tell("reader 0", events.Interrupted(0, b"\x50\x03"))
    bench.tell("reader 0", events.Unplugged(0))
    bench.tell("reader 0", events.Plugged(0))
    bench.tell("reader 0", events.Interrupted(0, b"\x50\x03"))
    assert bench.file.getvalue().count(b"reader 0 was plugged in") == 2
    sent = [(address, data) for address, endpoint, data in bench.packets() if endpoint == 0x83]
    assert sent == [(2, b"\x50\x03"), (3, b"\x50\x03")]


INIT = bytes.fromhex("FFFFFFFF8600080001020304050607").ljust(64, b"\0")


def test_the_first_report_shows_the_other_interface():
    bench = Bench(models.MODELS["yubikey"])
    bench.tell("reader 0", events.ReportOut(0, INIT))
    bench.tell("reader 0", events.ReportIn(0, bytes(64)))
    found = [data for _, endpoint, data in bench.packets() if endpoint == 0x80]
    both = configuration_descriptor(bench.identify("reader 0"), interface_descriptors())
    assert found[-2:] == [both, REPORT_DESCRIPTOR]
    sent = [(endpoint, data) for _, endpoint, data in bench.packets() if endpoint & 15 in (4, 5)]
    assert sent == [(0x04, INIT), (0x85, bytes(64))]
    assert b"CTAPHID INIT: channel FFFFFFFF, 8 bytes" in bench.file.getvalue()


@tshark.needs_tshark
@pytest.mark.slow
def test_tshark_reads_reports_as_those_of_a_fido_interface(tmp_path):
    bench = Bench(models.MODELS["yubikey"])
    key = hid_function_of(fido().on_card())
    bench.tell("reader 0", events.ReportOut(0, INIT))
    for report in key.receive(INIT, 0.0):
        bench.tell("reader 0", events.ReportIn(0, report))
    path = tmp_path / "capture.pcapng"
    path.write_bytes(bench.file.getvalue())
    assert tshark.malformed(path) == []
    text = tshark.read(path, "-V")
    for words in ("bInterfaceClass: HID (0x03)", "HID Data: ffffffff860011", "FIDO Alliance"):
        assert words in text, text[-3000:]


def test_faults_and_pin_entries_are_told_in_comments():
    bench = Bench(models.PINPAD)
    entry = "691C00000000DF000000001E8200000804020109040000000D0020008008FFFFFFFFFFFFFFFF"
    bench.send(0, POWER_ON, bytes.fromhex(entry), b"\x6f")
    text = bench.file.getvalue()
    assert b"reader 0 was plugged in" in text
    assert b"fault: ICC_MUTE" in text
    assert b"wPINMaxExtraDigit: 4 to 8 digits" in text
    assert b"too short" in text


@pytest.mark.parametrize("pins", [False, True])
def test_a_pin_is_in_a_capture_only_if_asked_for(pins):
    bench = Bench(models.PLAIN, pins=pins)
    bench.readers[0].insert(Card(PinDump()))
    bench.send(
        0,
        POWER_ON,
        xfr("00A4040007A000000018FF01"),
        xfr("00200080083132333435363738"),
        xfr("0040000000"),
    )
    assert (b"12345678" in bench.file.getvalue()) is pins


def test_a_reader_that_nobody_knows_is_left_out():
    bench = Bench()
    bench.capture(events.Event(0.0, "stranger", events.CardInserted(0)))
    bench.capture(events.Event(0.0, "stranger", events.Interrupted(0, b"\x50\x03")))
    assert bench.packets() == []


@tshark.needs_tshark
@pytest.mark.slow
def test_tshark_reads_a_capture_as_ccid_with_iso_7816_inside(tmp_path):
    levels = [models.PINPAD, *(at_level(models.PLAIN, ExchangeLevel(n)) for n in ExchangeLevel)]
    bench = Bench(*levels)
    for number, reader in enumerate(bench.readers):
        reader.insert(Card(Hello()))
        bench.send(number, POWER_ON)
    bench.send(
        0, xfr(POST), xfr(SELECT), xfr("0000000000"), xfr(SELECT[:8], 7, 1), xfr(SELECT[8:], 8, 2)
    )
    bench.readers[0].eject()
    bench.send(0, xfr(POST))
    path = tmp_path / "capture.pcapng"
    path.write_bytes(bench.file.getvalue())
    text = tshark.read(path, "-V")
    for words in ("PC_to_RDR_XfrBlock", "PC_to_RDR_IccPowerOn", "RDR_to_PC_DataBlock",
                  "URB transfer type: URB_INTERRUPT", "Instruction: Select file"):  # fmt: skip
        assert words in text
    assert "a0000003974349445f0100" in text.replace(":", "").lower()
    assert "alformed" not in text
    fields = tshark.read(
        path, "-T", "fields", "-e", "usbccid.bMessageType", "-e", "iso7816.apdu.ins"
    )
    assert fields.splitlines().count("0x6f\t0xa4") == 4


def escape(data):
    return bytes(PC_to_RDR_Escape(abData=bytes.fromhex(data)))


@pytest.mark.parametrize(("asked", "kept"), [("02", ""), ("010203", ""), ("01020304", "01020304")])
def test_an_escape_that_is_too_short_for_an_apdu_stands_in_its_comment(asked, kept):
    """Wireshark hands the data of escapes to its dissector of APDUs."""
    bench = Bench(models.MODELS["gemalto-pc-twin"])
    bench.send(0, escape(asked))
    [sent] = [data for _, endpoint, data in bench.packets() if endpoint == 0x01]
    assert sent[10:].hex() == kept
    told = b"abData " + bytes.fromhex(asked).hex(" ").encode() + b": no APDU"
    assert (told in bench.file.getvalue()) == (not kept)


@tshark.needs_tshark
@pytest.mark.slow
def test_no_escape_is_malformed_to_tshark(tmp_path):
    bench = Bench(models.MODELS["gemalto-pinpad"])
    bench.send(0, escape("02"), escape("6a"), escape("0102"), escape("01020304"), escape("b2a0"))
    path = tmp_path / "capture.pcapng"
    path.write_bytes(bench.file.getvalue())
    assert tshark.malformed(path) == []


@tshark.needs_tshark
@pytest.mark.slow
def test_blocks_as_they_were_are_malformed_to_tshark(tmp_path):
    """This proves that the search for malformed packets works."""
    bench = Bench(at_level(models.PLAIN, ExchangeLevel.TPDU), raw=True)
    bench.readers[0].insert(Card(Hello(), atr=bytes.fromhex("3B800181")))
    bench.send(0, POWER_ON, xfr("00C10120E0"), xfr("00400C00A404000AA00000006203010C06"))
    path = tmp_path / "capture.pcapng"
    path.write_bytes(bench.file.getvalue())
    assert tshark.malformed(path)
